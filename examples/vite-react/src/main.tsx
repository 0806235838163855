import { useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import init from "relight";
import type {} from "relight/react";

await init();

function Instances() {
  const element = useRef<HTMLElement>(null);
  const [last, setLast] = useState("nothing yet");
  useEffect(() => {
    const said = (event: Event) => setLast((event as CustomEvent<{ outcome: string }>).detail.outcome);
    element.current?.addEventListener("relight-outcome", said);
    return () => element.current?.removeEventListener("relight-outcome", said);
  }, []);
  return (
    <>
      <p>Last outcome: {last}</p>
      <relight-console ref={element} proxy="/proxy" lang="zh" />
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Instances />);
