// The element in JSX, compiled by `tsc --strict` with the package and React 19 (`cargo xtask test examples`).
import { useRef } from "react";
import type { RelightConsoleElement } from "relight";
import type {} from "relight/react";
export function App() {
  const console = useRef<RelightConsoleElement>(null);
  return (
    <relight-console
      ref={console}
      lang="zh"
      theme="dark"
      config={{ allow: { clouds: ["tencent"] }, locked: ["language"], language: "zh" }}
      credentials={async ({ cloud }) => ({ keyId: cloud, secret: "", expiresAt: 1 })}
      onrelight-outcome={(event) => globalThis.console.log(event.detail.instanceId)}
      onrelight-before-send={(event) => event.detail.waitUntil(Promise.resolve(true))}
    />
  );
}
export function Wrong() {
  // @ts-expect-error there is no such theme
  return <relight-console theme="blue" />;
}
export function AlsoWrong() {
  // @ts-expect-error a detail has no such member
  return <relight-console onrelight-outcome={(event) => event.detail.secret} />;
}
