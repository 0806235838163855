import { parentPort } from "node:worker_threads";
import init, { explainError } from "relight/core";

await init();
parentPort.on("message", (text) => parentPort.postMessage(explainError(text, { locale: "zh" })));
