// Starts the page, and only with the files that it was published with. The browser has held this file
// against the sum in index.html; `cargo xtask dist` writes the sums of all others into it. While
// developing there are none, and nothing is held against anything.
const SUMS = {};

const own = import.meta.url;
const address = (name) => new URL(name, own).href;
const knowsPreloads = document.createElement("link").relList.supports("modulepreload");

// A file that is not what it should be, or is not there. `reason` is a word of `WORDS`.
class Unfit extends Error {
  constructor(reason, name) {
    super(`${name}: ${reason}`);
    this.reason = reason;
    this.file = name;
  }
}

// Ends well once the browser holds the module with this sum. What it holds then is what an import
// gets; after a failure nobody may import it, since some browsers would fetch it without a sum. WebKit
// preloads a module and never looks at its sum, nor whether there is a newer one: so what lies in the
// cache is held against the sum once more, which costs the others no way to the host.
function vouch(name) {
  const integrity = SUMS[name];
  if (!integrity) return;
  if (!knowsPreloads) return bytes(name);
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.integrity = integrity;
    link.href = address(name);
    link.onload = () => bytes(name).then(resolve, reject);
    link.onerror = async () => reject(new Unfit(await reason(name), name));
    document.head.append(link);
  });
}

// The answer with this file, once it is held against its sum. What is preloaded lies in the browser's
// cache; asked for in this way it is not fetched again, unless what lies there is of another release.
async function bytes(name) {
  const integrity = SUMS[name];
  if (!integrity) return fetch(address(name));
  for (const cache of ["force-cache", "reload"]) {
    const answer = await fetch(address(name), { integrity, cache }).catch(() => null);
    if (answer?.ok) return answer;
  }
  throw new Unfit(await reason(name), name);
}

// Why a file does not do: the page itself is another by now; or it cannot be had; or it was changed.
// One that was cut off on its way, as when a network changes, is none that was changed.
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

const WORDS = {
  en: {
    missing: (file) => `The page does not start: ${file} could not be fetched. Check the connection and reload.`,
    changed: (file) =>
      `The page does not start: ${file} is not the file that it was published with. If a new version is ` +
      `being put in place right now, reload in a minute. If it stays so, the file was changed: ` +
      `enter no key anywhere on this page, and tell whoever runs it.`,
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

function say(error) {
  const words = navigator.language.startsWith("zh") ? WORDS.zh : WORDS.en;
  const [reason, file] = error instanceof Unfit ? [error.reason, error.file] : ["failed", String(error)];
  for (const place of document.querySelectorAll("[data-start]")) {
    place.textContent = words[reason](file);
    place.dataset.start = reason;
  }
}

// Module and wasm of a program, both held against their sums. Both are asked for at once; nothing of them
// runs before `first` has ended well.
async function program(name, first) {
  // The script is ready by the time that the wasm is there, which is far larger.
  const script = Promise.all([vouch(`${name}.js`), first]).then(() => import(address(`${name}.js`)));
  const [module, wasm] = await Promise.all([script, bytes(`${name}_bg.wasm`)]);
  // The part of it that is fetched later is not waited for. While developing it is not cut.
  const start = module.initMain ?? module.default;
  if (name !== "relight") {
    await start({ module_or_path: wasm });
    return module;
  }
  // Nothing else is there to be done: to have it compiled elsewhere takes longer.
  const code = await wasm.arrayBuffer();
  let compiled = null;
  try {
    compiled = new WebAssembly.Module(code);
  } catch {
    // Chromium before 114 compiles no more than 4 kB in place, and all of it elsewhere.
  }
  if (compiled) module.initSync({ module: compiled });
  else await start({ module_or_path: code });
  return module;
}

// What the program imports: our own small scripts; and the style sheet.
async function ground() {
  const isImported = (name) => name.startsWith("snippets/") || name === "parts.js";
  await Promise.all(Object.keys(SUMS).filter(isImported).map(vouch));
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
    // A sheet that was refused is missing in some browsers and empty in others.
    if (!link.sheet?.cssRules.length) {
      const name = link.getAttribute("href").replace("./", "");
      throw new Unfit(await reason(name), name);
    }
  }
}

// `?demo`: the clouds are simulated in this tab.
async function demo() {
  if (!new URLSearchParams(location.search).has("demo")) return;
  const { start } = await program("demo");
  for (const console of document.querySelectorAll("relight-console")) start(console);
}

// The browser fetches what a page keeps from elsewhere, once, and whoever asks waits for it. Now there
// is time: all else is still on its way.
function fetchWhatIsKept() {
  try {
    localStorage.getItem("relight-language");
  } catch {
    // Where nothing may be kept the front manages without.
  }
}

try {
  const page = program("relight", Promise.all([ground(), demo()]));
  fetchWhatIsKept();
  await page;
} catch (error) {
  say(error);
  throw error;
}
