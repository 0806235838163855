import init from "./relight/relight.js";

await init();
