import { useState } from "react";
import { createRoot } from "react-dom/client";
import init from "relight";
import type {} from "relight/react";

await init();

function Instances() {
  const [last, setLast] = useState("nothing yet");
  return (
    <>
      <p>Last outcome: {last}</p>
      <relight-console proxy="/proxy" lang="zh" onrelight-outcome={({ detail }) => setLast(detail.outcome)} />
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Instances />);
