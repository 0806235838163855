// Starts the page, and only with the files that it was published with. The browser has checked this file
// against its `integrity` in index.html; `cargo xtask dist` writes the sums of all others into it. In
// development there are none, and nothing is checked.
const SUMS = {};

const own = import.meta.url;
const address = (name) => new URL(name, own).href;
const knowsPreloads = document.createElement("link").relList.supports("modulepreload");

// A file that was changed or is missing. `reason` is a key of `MESSAGES`.
class IntegrityError extends Error {
  constructor(reason, name) {
    super(`${name}: ${reason}`);
    this.reason = reason;
    this.file = name;
  }
}

// Resolves once the browser has the module with this sum; an import then gets that module. After a failure it
// must not be imported, since some browsers would fetch it without a check. WebKit preloads a module without
// checking its sum, nor whether there is a newer one: so the cached file is checked once more, which costs
// the others no request.
function preload(name) {
  const integrity = SUMS[name];
  if (!integrity) return;
  if (!knowsPreloads) return bytes(name);
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.integrity = integrity;
    link.href = address(name);
    link.onload = () => bytes(name).then(resolve, reject);
    link.onerror = async () => reject(new IntegrityError(await reason(name), name));
    document.head.append(link);
  });
}

// The response with this file, checked against its sum. A preloaded file is in the browser's cache; with
// `force-cache` it is not fetched again, unless the cached one is of another release.
async function bytes(name) {
  const integrity = SUMS[name];
  if (!integrity) return fetch(address(name));
  for (const cache of ["force-cache", "reload"]) {
    const answer = await fetch(address(name), { integrity, cache }).catch(() => null);
    if (answer?.ok) return answer;
  }
  throw new IntegrityError(await reason(name), name);
}

// Why a file is unusable: the page itself was replaced; or the file is missing; or it was changed. A download
// that was cut off, as when a network changes, is not a changed file. parts.js has the same once more: this
// file must not import what it has not checked, and in the npm package parts.js is without this file.
async function reason(name) {
  const anew = async (url, integrity = "") => {
    const answer = await fetch(url, { cache: "reload", integrity }).catch(() => null);
    return answer?.ok ? answer.text() : null;
  };
  const isThere = (await anew(address(name))) !== null;
  const isWhole = (await anew(address(name), SUMS[name])) !== null;
  const ours = [...document.scripts].find((script) => script.src === own)?.integrity;
  const page = await anew(location.pathname);
  // The next release may have no file of that name.
  if (ours && page && !page.includes(ours)) return "replaced";
  return isThere && !isWhole ? "changed" : "missing";
}

const MESSAGES = {
  en: {
    missing: (file) => `The page does not start: ${file} could not be fetched. Check the connection and reload.`,
    changed: (file) =>
      `The page does not start: ${file} is not the file that it was published with. If a new version is ` +
      `being put in place right now, reload in a minute. If it stays so, the file was changed: ` +
      `enter no key on this page, and inform its administrator.`,
    replaced: () => "A newer version of this page was published while it was loading. Reload.",
    failed: (file) => `The page does not start in this browser: ${file}.`,
  },
  zh: {
    missing: (file) => `页面没有启动：无法获取 ${file}。请检查网络连接后重新加载。`,
    changed: (file) =>
      `页面没有启动：${file} 与发布时的文件不一致。如果正在部署新版本，请一分钟后重新加载；` +
      `如果一直如此，说明文件已被改动：不要在此页面输入任何密钥，并告知页面的运维人员。`,
    replaced: () => "加载期间页面发布了新版本，请重新加载。",
    failed: (file) => `页面无法在此浏览器中启动：${file}。`,
  },
};

function show(error) {
  const messages = navigator.language.startsWith("zh") ? MESSAGES.zh : MESSAGES.en;
  const [reason, file] = error instanceof IntegrityError ? [error.reason, error.file] : ["failed", String(error)];
  for (const notice of document.querySelectorAll("[data-start]")) {
    notice.textContent = messages[reason](file);
    notice.dataset.start = reason;
  }
}

// Module and wasm of a program, both checked against their sums. Both are requested at once; neither runs
// before `first` has resolved.
async function program(name, first) {
  // The script is ready before the wasm, which is far larger.
  const script = Promise.all([preload(`${name}.js`), first]).then(() => import(address(`${name}.js`)));
  const [module, wasm] = await Promise.all([script, bytes(`${name}_bg.wasm`)]);
  // `initMain` does not wait for the part that is fetched later. In development there is no such part.
  const start = module.initMain ?? module.default;
  if (name !== "relight") {
    await start({ module_or_path: wasm });
    return module;
  }
  // Compiled on this thread, which has nothing else to do: on another one it takes longer.
  const code = await wasm.arrayBuffer();
  let compiled = null;
  try {
    compiled = new WebAssembly.Module(code);
  } catch {
    // Chromium before 114 compiles no more than 4 kB on the main thread.
  }
  if (compiled) module.initSync({ module: compiled });
  else await start({ module_or_path: code });
  return module;
}

// What the program imports: our own small scripts; and the style sheet.
async function checkImports() {
  const isImported = (name) => name.startsWith("snippets/") || name === "parts.js";
  await Promise.all(Object.keys(SUMS).filter(isImported).map(preload));
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
    // A sheet that failed its check is missing in some browsers and empty in others.
    if (!link.sheet?.cssRules.length) {
      const name = link.getAttribute("href").replace("./", "");
      throw new IntegrityError(await reason(name), name);
    }
  }
}

// `?demo`: the clouds are simulated in this tab. The console offers that where they are published.
async function demo() {
  if (SUMS["demo.js"]) for (const console of document.querySelectorAll("relight-console")) console.dataset.demo = "";
  if (!new URLSearchParams(location.search).has("demo")) return;
  const { start } = await program("demo");
  for (const console of document.querySelectorAll("relight-console")) start(console);
}

// The first access to `localStorage` blocks while the browser reads it from the disk. Now there is time:
// everything else is still being fetched.
function warmUpStorage() {
  try {
    localStorage.getItem("relight-language");
  } catch {
    // Storage may be blocked; the form works without it.
  }
}

try {
  const page = program("relight", Promise.all([checkImports(), demo()]));
  warmUpStorage();
  await page;
} catch (error) {
  show(error);
  throw error;
}
