// Loads the part that the release build splits off the program (src/lazy.rs). By hand, since the loader that
// the split tool generates has no integrity check, and supports one program per page and no Node. The browser
// or boot.js has checked this file against its sum; `cargo xtask dist` writes the sum of the part into it.
const SUMS = {};

// The exports of the program that loads the part. A page may have the module twice.
let exports = null;
// Why the part could not be loaded: "missing", "changed", or "replaced" by another release.
let failure = null;

// The part: its address, or its bytes or module.
let rest = new URL("relight_rest.wasm", import.meta.url);

// For bundlers that do not know `new URL(…, import.meta.url)`, and put it somewhere else.
export function restAt(source) {
  rest = source;
}

export function loadFor(program) {
  exports = program;
}

export function loadFailure() {
  return failure;
}

// The name is the tool's. `callback` is an index in the program's table of functions, to be called with `data`
// and whether the part is loaded.
export async function __wasm_split_load_rest(callback, data) {
  const program = exports;
  const name = "relight_rest.wasm";
  let isLoaded = false;
  try {
    const part = await compiled(name, await rest);
    await WebAssembly.instantiate(part, { __wasm_split: program });
    isLoaded = true;
  } catch {
    // The callback reports it. A page that is being left aborts its downloads, which is no error.
    failure ??= "missing";
  }
  program.__indirect_function_table.get(callback)(data, isLoaded);
}

async function compiled(name, source) {
  failure = null;
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const url = new URL(source, import.meta.url);
  if (url.protocol === "file:") {
    // In a variable, so that bundlers for browsers leave it alone.
    const files = "node:fs/promises";
    return WebAssembly.compile(await (await import(/* @vite-ignore */ files)).readFile(url));
  }
  const integrity = SUMS[name] ?? "";
  const response = await fetch(url, { integrity }).catch(() => null);
  if (!response?.ok) {
    failure = await reason(url, integrity);
    throw new Error(response ? `HTTP ${response.status}` : "not fetched");
  }
  // Some hosts send another content type.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

// Why the part is unusable: the page itself was replaced; or the part is missing; or it was changed. A download
// that was cut off, as when a network changes, is not a changed part. boot.js says why it has the same.
async function reason(url, integrity) {
  const anew = async (url, integrity = "") => {
    const response = await fetch(url, { cache: "reload", integrity }).catch(() => null);
    return response?.ok ? response.text().catch(() => null) : null;
  };
  const isThere = (await anew(url)) !== null;
  const isWhole = (await anew(url, integrity)) !== null;
  const boot = globalThis.document && [...document.scripts].find((script) => script.integrity && script.src.endsWith("/boot.js"));
  const page = boot && (await anew(location.pathname));
  // The next release may have no file of that name.
  if (page && !page.includes(boot.integrity)) return "replaced";
  return isThere && !isWhole ? "changed" : "missing";
}
