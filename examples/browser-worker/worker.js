import init, { signRequest } from "../relight/relight-sign.js";

const ready = init();
addEventListener("message", async ({ data }) => {
  await ready;
  postMessage(await signRequest(data));
});
