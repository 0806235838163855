import type { CSSProperties } from "react";
import init, { type Settings } from "relight";
import type {} from "relight/react";

await init();

const config: Settings = {
  proxy: "/proxy",
  language: "zh",
  theme: "light",
  person: "李雷",
  preset: { cloud: "tencent", region: "ap-guangzhou", operation: "reboot", mode: "soft" },
  locked: ["cloud", "region", "operation", "mode", "proxy", "language", "theme"],
};

async function credentials({ cloud }: { cloud: string }) {
  const answer = await fetch(`keys?cloud=${cloud}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

const look = { "--accent": "#9a2a5e", "--accent-soft": "#f9eaf1" } as CSSProperties;

export default function App() {
  return <relight-console config={config} credentials={credentials} style={look} />;
}
