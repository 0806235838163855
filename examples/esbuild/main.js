import init from "relight";
import wasm from "relight/relight_bg.wasm";

await init({ module_or_path: new URL(wasm, import.meta.url) });
