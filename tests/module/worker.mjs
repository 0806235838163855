import { parentPort } from "node:worker_threads";
import { load, vectors } from "./load.mjs";

const relight = await load();
const { input } = (await vectors()).find(
  ({ name }) => name === "tc3:node-reboot-2-ids-compact-json",
);
const { signature } = await relight.signRequest(input);
let error;
try {
  relight.planRequests({ cloud: "tencent", operation: "RebootInstances", instanceIds: "ins-r8hr2upy" });
} catch (refusal) {
  error = refusal.kind;
}
const ids = relight.parseInstanceIds("ins-r8hr2upy").ids.map(({ id }) => id);
parentPort.postMessage({ ids, signature, error });
