// Fetches the parts that the release build cuts out of the program (src/lazy.rs). The tool that cuts writes
// a loader of its own, which holds nothing against a sum, knows one program a page and no Node. The browser
// or boot.js has held this file against its sum; `cargo xtask dist` writes those of the parts into it.
const SUMS = {};

// What the program that asks exports. A page may have the module twice.
let exports = null;
// Why the last part could not be had: "missing", "changed", or "replaced" by another release.
let failure = null;

// Where it is: an address, or the part itself.
let place = new URL("relight_rest.wasm", import.meta.url);

// Bundlers that do not know `new URL(…, import.meta.url)` put it somewhere else, and say where.
export function restAt(other) {
  place = other;
}

export function loadFor(program) {
  exports = program;
}

export function loadFailure() {
  return failure;
}

// The name is the tool's. `callback` is a place in the program's table of functions, to be called with `data`
// and whether the part is there.
export async function __wasm_split_load_rest(callback, data) {
  const program = exports;
  const name = "relight_rest.wasm";
  let isLoaded = false;
  try {
    const part = await compiled(name, await place);
    await WebAssembly.instantiate(part, { __wasm_split: program });
    isLoaded = true;
  } catch {
    // Whoever waits for it is told. A page that is being left gives up what it fetches, which is no error.
    failure ??= "missing";
  }
  program.__indirect_function_table.get(callback)(data, isLoaded);
}

async function compiled(name, place) {
  failure = null;
  if (place instanceof WebAssembly.Module) return place;
  if (place instanceof ArrayBuffer || ArrayBuffer.isView(place)) return WebAssembly.compile(place);
  const url = new URL(place, import.meta.url);
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
  // Hosts that do not know what wasm is send it as something else.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

// Why a part does not do: the page itself is another by now; or it cannot be had; or it was changed. One that
// was cut off on its way, as when a network changes, is none that was changed.
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
