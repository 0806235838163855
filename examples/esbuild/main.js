import init from "relight";
import main from "relight/relight_bg.wasm";
import rest from "relight/relight_rest.wasm";

await init({ module_or_path: new URL(main, import.meta.url), rest: new URL(rest, import.meta.url) });
