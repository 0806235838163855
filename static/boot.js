// Starts the console. The names are relative to this file, so any sub-path will do.
import init from "./relight.js";

await init({ module_or_path: new URL("./relight_bg.wasm", import.meta.url) });
