// The page in Chromium, over an emulated link, against the same form in plain HTML and JS.
import { createServer } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { dist, median, require } from "./measure.mjs";
import { pasted } from "./ids.mjs";

const ROUNDS = 9;
const LINK = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export async function page(chromium) {
  const { launch } = require("puppeteer-core");
  const here = dirname(fileURLToPath(import.meta.url));
  const ours = await serve(dist);
  const styles = resolve(here, "../static/relight.css");
  const theirs = await serve(join(here, "peer-page"), { "/relight.css": styles });
  const browser = await launch({
    executablePath: chromium,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const loads = { ours: [], theirs: [] };
    for (let round = 0; round < ROUNDS + 1; round += 1) {
      const pair = { ours: await load(browser, ours.url), theirs: await load(browser, theirs.url) };
      // The first of all also starts the browser's processes.
      if (round > 0) for (const side of Object.keys(pair)) loads[side].push(pair[side]);
    }
    const middle = (side, key) => median(loads[side].map((load) => load[key]));
    const summary = (side) => ({
      firstPaint: middle(side, "firstPaint"),
      ready: middle(side, "ready"),
      bytes: middle(side, "bytes"),
      memory: middle(side, "memory"),
      wasm: middle(side, "wasm"),
    });
    return {
      browser: await browser.version(),
      ours: summary("ours"),
      theirs: summary("theirs"),
      ids: await ids(browser, ours.url),
    };
  } finally {
    await browser.close();
    ours.close();
    theirs.close();
  }
}

/** One visit with an empty cache, in milliseconds from the start of the navigation. */
async function load(browser, url) {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  const session = await tab.createCDPSession();
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINK);
  await tab.evaluateOnNewDocument(() => {
    globalThis.whenReady = new Promise((done) => {
      const look = () => {
        // Ours draws into its shadow root when it has started; the peer says so.
        const console = document.querySelector("relight-console");
        const field = console
          ? console.shadowRoot?.querySelector("[name=instanceIds]")
          : document.querySelector("[data-ready] [name=instanceIds]");
        if (field) done(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    });
  });
  await tab.goto(url, { waitUntil: "load" });
  const times = await tab.evaluate(async () => {
    const ready = await globalThis.whenReady;
    const painted = await new Promise((done) => {
      new PerformanceObserver((list) => {
        const entry = list.getEntriesByName("first-contentful-paint")[0];
        if (entry) done(entry.startTime);
      }).observe({ type: "paint", buffered: true });
    });
    const entries = [
      ...performance.getEntriesByType("navigation"),
      ...performance.getEntriesByType("resource"),
    ];
    return { ready, firstPaint: painted, bytes: entries.reduce((sum, one) => sum + one.transferSize, 0) };
  });
  await session.send("HeapProfiler.collectGarbage");
  const heap = await session.send("Runtime.getHeapUsage");
  const wasm = await tab.evaluate(async () => {
    if (!document.querySelector("relight-console")) return 0;
    // Already started, it gives what it has.
    const { default: init } = await import("./page.js");
    return (await init()).memory.buffer.byteLength;
  });
  await context.close();
  return { ...times, memory: heap.usedSize + heap.embedderHeapUsedSize, wasm };
}

/** Checking 10,000 ids with the module that draws the page. */
async function ids(browser, url) {
  const tab = await browser.newPage();
  await tab.goto(url, { waitUntil: "load" });
  const times = await tab.evaluate(async (text) => {
    const relight = await import("./relight.js");
    await relight.default();
    const times = [];
    for (let count = 0; count < 24; count += 1) {
      const start = performance.now();
      const parsed = relight.parseInstanceIds(text, { cloud: "tencent" });
      times.push(performance.now() - start);
      if (parsed.ids.length !== 10_000) throw new Error(`${parsed.ids.length} ids were found`);
    }
    return times.slice(4);
  }, pasted(10_000));
  await tab.close();
  return median(times);
}

/** A folder on a free port, each file with brotli. */
async function serve(folder, more = {}) {
  const files = new Map();
  const add = async (path, file) => {
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const ready = await readFile(`${file}.br`).catch(() => undefined);
    files.set(path, { type, body: ready ?? brotliCompressSync(await readFile(file)) });
  };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && ![".br", ".gz"].includes(extname(file))) {
      await add(`/${file.slice(folder.length + 1)}`, file);
    }
  }
  for (const [path, file] of Object.entries(more)) await add(path, file);
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : request.url.split("?")[0];
    const file = files.get(path);
    if (!file) return response.writeHead(404).end();
    const headers = { "content-type": file.type, "content-encoding": "br" };
    return response.writeHead(200, { ...headers, "content-length": file.body.length }).end(file.body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, close };
}
