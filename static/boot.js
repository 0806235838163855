// Starts the front of the page. The names are relative to this file, so any sub-path will do.
import init from "./page.js";

await init({ module_or_path: new URL("./page_bg.wasm", import.meta.url) });
