import { once } from "node:events";
import { Worker } from "node:worker_threads";

const worker = new Worker(new URL("./worker.mjs", import.meta.url));
worker.postMessage("InvalidInstanceId.NotFound");
const [[explanation]] = await once(worker, "message");
console.log(explanation.code, explanation.title);
await worker.terminate();
