// Where there is no page: Node and its workers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

test("loading defines nothing where there is no DOM", async () => {
  // The glue of wasm-bindgen uses `URL`; what Node defines for that is Node's.
  await fetch("data:,").then((answer) => answer.text());
  const before = new Set(Reflect.ownKeys(globalThis));
  const { load } = await import("./load.mjs");
  const relight = await load();
  assert.equal(typeof relight.signRequest, "function");
  assert.deepEqual(Reflect.ownKeys(globalThis).filter((key) => !before.has(key)), []);
  for (const name of ["window", "document", "customElements", "HTMLElement"]) {
    assert.equal(globalThis[name], undefined);
  }
});

test("the functions work in a worker", async () => {
  const worker = new Worker(new URL("./worker.mjs", import.meta.url));
  const [answer] = await once(worker, "message");
  await worker.terminate();
  assert.deepEqual(answer, {
    ids: ["ins-r8hr2upy"],
    signature: "af3f4304f3e5f7a578e9cb9b8acc228e18cc75dcfe7ecbb409639753b7541613",
    error: "region-missing",
  });
});
