// The page in Chromium, over an emulated link, against the same form in plain HTML and JS.
import { createServer, request as forward } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { hands } from "./hands.mjs";
import { alibabaIds, dist, loadModule, median, require } from "./measure.mjs";
import { pasted } from "./ids.mjs";

const ROUNDS = 9;
const link = (megabits, latency, cpu) => {
  const bytes = (megabits * 1e6) / 8;
  return { network: { offline: false, latency, downloadThroughput: bytes, uploadThroughput: bytes }, cpu };
};
/** How many times slower the processor is than this machine's comes last. */
export const LINKS = {
  "10 Mb/s, 40 ms": link(10, 40, 1),
  "1.6 Mb/s, 150 ms, a processor four times slower": link(1.6, 150, 4),
};
const [LINK] = Object.values(LINKS);
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export async function page(chromium, sandbox) {
  const { launch } = require("puppeteer-core");
  const here = dirname(fileURLToPath(import.meta.url));
  const ours = await serve(dist, { "/bare.html": "<!doctype html><title>bare</title>" });
  const styles = resolve(here, "../static/relight.css");
  const peer = join(here, "peer-page");
  const plain = `const CLOUDS = ${JSON.stringify(offered((await loadModule()).clouds()))};\n`;
  const theirs = await serve(peer, {
    "/relight.css": await readFile(styles),
    "/plain.js": plain + (await readFile(join(peer, "plain.js"), "utf8")),
  });
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
    const sides = { ours: ours.url, theirs: theirs.url };
    const links = {};
    for (const [name, link] of Object.entries(LINKS)) {
      const loads = { ours: [], theirs: [] };
      for (let round = 0; round < ROUNDS + 1; round += 1) {
        const pair = {};
        for (const [side, url] of Object.entries(sides)) pair[side] = await load(browser, url, link);
        // The first of all also starts the browser's processes.
        if (round > 0) for (const side of Object.keys(pair)) loads[side].push(pair[side]);
      }
      const summary = (side) => ({
        firstPaint: median(loads[side].map((load) => load.firstPaint)),
        ready: median(loads[side].map((load) => load.ready)),
        complete: median(loads[side].map((load) => load.complete)),
        bytes: loads[side][0].bytes,
      });
      links[name] = { ours: summary("ours"), theirs: summary("theirs") };
    }
    return {
      browser: await browser.version(),
      links,
      idle: { ours: await idle(browser, sides.ours), theirs: await idle(browser, sides.theirs) },
      hands: await hands(browser, sandbox),
      ids: await ids(browser, ours.url),
      mac: await mac(browser, ours.url),
      element: await element(browser, ours.url),
      cycles: await cycles(browser, ours.url),
      keys: {
        "the form alone": await keys(browser, ours.url, false),
        "the whole console": await keys(browser, ours.url, true),
      },
    };
  } finally {
    await browser.close();
    ours.close();
    theirs.close();
  }
}

/** What the form shows of the clouds, for the peer to offer the same. */
function offered(clouds) {
  const named = ({ id, name }) => ({ id, name });
  return clouds.map(({ id, name, product, credential, sites, regionRequired, regions, operations, instanceId }) => ({
    id, name, product, credential, regionRequired, instanceId,
    sites: sites.map(named),
    regions: regions.map(named),
    operations: operations.map(({ name, verb, modes, parameters }) => ({
      name,
      verb,
      modes: modes.map(({ id, name, help }) => ({ id, name, help })),
      parameters: parameters.map(({ role, values, label, help }) => ({ role, values, label, help })),
    })),
  }));
}

/**
 * Defined in each page: how many valid ids the form says it has read. The form counts them in words at
 * first (“1 valid, 0 not sent”), and with a counter for each kind once the second part is there.
 */
function defineCounted() {
  globalThis.counted = (root) => {
    const text =
      root.querySelector("[data-count=valid] b, #valid")?.textContent ||
      root.querySelector("#ids-help")?.textContent.match(/^([\d,]+) valid/)?.[1];
    return Number(text?.replaceAll(",", ""));
  };
}

/**
 * One visit with an empty cache, in milliseconds from the start of the navigation. A page is ready in
 * the frame in which an id that is written to its field is counted; this is tried from the first frame
 * on. It is complete when the counters of the second part are there, too.
 */
async function load(browser, url, link) {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  await emulate(tab, link);
  await tab.evaluateOnNewDocument(defineCounted);
  await tab.evaluateOnNewDocument(() => {
    globalThis.whenComplete = new Promise((done) => {
      let ready;
      const look = async () => {
        const frame = performance.now();
        const root = document.querySelector("relight-console")?.shadowRoot ?? document;
        const field = root.querySelector("[name=instanceIds]");
        if (field && !ready) {
          field.value = "i-bp1g6zv0ce8oghu7k2mz";
          field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
          // Ours updates after the event, the peer during it.
          for (let turn = 0; turn < 9; turn += 1) await null;
          if (counted(root) === 1) ready = frame;
        }
        if (ready && root.querySelector("[data-count=valid] b, #valid")) return done({ ready, complete: frame });
        requestAnimationFrame(look);
      };
      look();
    });
  });
  await tab.goto(url, { waitUntil: "load" });
  const times = await tab.evaluate(async () => {
    const { ready, complete } = await globalThis.whenComplete;
    const painted = await new Promise((done) => {
      new PerformanceObserver((list) => {
        const entry = list.getEntriesByName("first-contentful-paint")[0];
        if (entry) done(entry.startTime);
      }).observe({ type: "paint", buffered: true });
    });
    const entries = [
      ...performance.getEntriesByType("navigation"),
      ...performance.getEntriesByType("resource"),
    ].filter((one) => one.startTime < complete);
    return { ready, complete, firstPaint: painted, bytes: entries.reduce((sum, one) => sum + one.transferSize, 0) };
  });
  await context.close();
  return times;
}

async function emulate(tab, { network, cpu }) {
  const session = await tab.createCDPSession();
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", network);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
}

/**
 * From `connectedCallback` to the frame in which an id that is written to the field is counted, in
 * milliseconds: in a page whose module is loaded; and from the import of the module on, with an empty
 * cache over the link.
 */
async function element(browser, url) {
  const visit = async (isCold) => {
    const context = await browser.createBrowserContext();
    const tab = await context.newPage();
    if (isCold) await emulate(tab, LINK);
    await tab.evaluateOnNewDocument(defineCounted);
    await tab.goto(`${url}bare.html`, { waitUntil: "load" });
    const times = await tab.evaluate(async (isCold) => {
      const usable = async (host) => {
        for (;;) {
          const field = host.shadowRoot?.querySelector("[name=instanceIds]");
          if (field) {
            field.value = "i-bp1g6zv0ce8oghu7k2mz";
            field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
            for (let turn = 0; turn < 20; turn += 1) await null;
            if (counted(host.shadowRoot) === 1) return performance.now();
          }
          await new Promise((done) => requestAnimationFrame(done));
        }
      };
      const once = async () => {
        const host = document.createElement("relight-console");
        const start = performance.now();
        document.body.append(host);
        const end = await usable(host);
        host.remove();
        return end - start;
      };
      const start = performance.now();
      const { default: init } = await import("./relight.js");
      await init();
      if (isCold) {
        const host = document.createElement("relight-console");
        document.body.append(host);
        return [(await usable(host)) - start];
      }
      const times = [];
      for (let count = 0; count < 24; count += 1) times.push(await once());
      return times.slice(4);
    }, isCold);
    await context.close();
    return times;
  };
  const cold = [];
  for (let round = 0; round < ROUNDS; round += 1) cold.push(...(await visit(true)));
  const warm = await visit(false);
  return { warm: { median: median(warm), max: Math.max(...warm) }, cold: median(cold) };
}

/** What remains of elements that were added to a page and removed again: after 200 and 1,000. */
async function cycles(browser, url) {
  const tab = await browser.newPage();
  const session = await tab.createCDPSession();
  await tab.goto(`${url}bare.html`, { waitUntil: "load" });
  await tab.evaluate(async () => {
    globalThis.listening = 0;
    for (const target of [window, document]) {
      const { addEventListener, removeEventListener } = target;
      target.addEventListener = (...args) => {
        globalThis.listening += 1;
        return addEventListener.apply(target, args);
      };
      target.removeEventListener = (...args) => {
        globalThis.listening -= 1;
        return removeEventListener.apply(target, args);
      };
    }
    const { default: init } = await import("./relight.js");
    globalThis.wasm = await init();
  });
  const left = async (count) => {
    await tab.evaluate(async (count) => {
      const turn = () => new Promise((done) => setTimeout(done));
      for (let cycle = 0; cycle < count; cycle += 1) {
        const host = document.createElement("relight-console");
        document.body.append(host);
        while (!host.shadowRoot.querySelector("[name=instanceIds]")) await turn();
        host.remove();
        while (host.shadowRoot.querySelector("[name=instanceIds]")) await turn();
      }
    }, count);
    // A collection may make more garbage.
    for (let turn = 0; turn < 3; turn += 1) {
      await session.send("HeapProfiler.collectGarbage");
      await tab.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    }
    const { JSHeapUsedSize, Nodes, JSEventListeners } = await tab.metrics();
    const [wasm, listening] = await tab.evaluate(() => [globalThis.wasm.memory.buffer.byteLength, globalThis.listening]);
    return { heap: JSHeapUsedSize, wasm, nodes: Nodes, listeners: JSEventListeners, listening };
  };
  const some = await left(200);
  const all = await left(800);
  await tab.close();
  return { some, all };
}

/** The memory of an idle page, after a collection. */
async function idle(browser, url) {
  const tab = await browser.newPage();
  const session = await tab.createCDPSession();
  await tab.goto(url, { waitUntil: "networkidle0" });
  await session.send("HeapProfiler.collectGarbage");
  const heap = await session.send("Runtime.getHeapUsage");
  const wasm = await tab.evaluate(async () => {
    if (!document.querySelector("relight-console")) return 0;
    // It has already started and returns its exports.
    const { initMain } = await import("./relight.js");
    return (await initMain()).memory.buffer.byteLength;
  });
  await tab.close();
  return { memory: heap.usedSize + heap.embedderHeapUsedSize, wasm };
}

/**
 * What a key press in the field of the ids costs, with few ids in it and with 10,000, in milliseconds:
 * everything that runs for it until Yew has rendered, without the browser's own layout and paint.
 */
async function keys(browser, url, whole) {
  const tab = await browser.newPage();
  await tab.evaluateOnNewDocument(defineCounted);
  // The form alone stays alone.
  if (!whole) {
    await tab.setRequestInterception(true);
    tab.on("request", (request) =>
      request.url().includes("relight_rest") ? request.abort() : request.continue());
  }
  await tab.goto(whole ? `${url}bare.html` : url, { waitUntil: "networkidle0" });
  const measure = (text) => tab.evaluate(async (text, whole) => {
    if (whole && !document.querySelector("relight-console")) {
      const relight = await import("./relight.js");
      await relight.default();
      relight.mount(document.body);
    }
    const root = document.querySelector("relight-console").shadowRoot;
    const find = (selector) => root.querySelector(selector);
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    while (!find("[name=instanceIds]")) await frame();
    const field = find("[name=instanceIds]");
    const cloud = find("[name=cloud]");
    cloud.value = "tencent";
    cloud.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
    await frame();
    const input = () =>
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
    field.value = text;
    input();
    const count = text.split("\n").length;
    while (counted(root) !== count) await frame();
    const times = [];
    for (let press = 0; press < 40; press += 1) {
      // The browser's own part of a key press, which is not measured.
      field.value = press % 2 ? text : `${text}\nx`;
      field.scrollHeight;
      await frame();
      const start = performance.now();
      input();
      // Yew renders in microtasks after the event.
      for (let turn = 0; turn < 20; turn += 1) await null;
      times.push(performance.now() - start);
      if (counted(root) !== count) throw new Error(`${counted(root)} ids are counted`);
    }
    const isAlone = !find("[data-count=valid]");
    if (isAlone === whole) throw new Error(whole ? "the second part is missing" : "the second part is there");
    return times.slice(8);
  }, text, whole);
  const few = await measure(pasted(10));
  const many = await measure(pasted(10_000));
  await tab.close();
  const of = (times) => ({ median: median(times), max: Math.max(...times) });
  return { few: of(few), many: of(many) };
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

/**
 * The cost of a non-extractable key: a whole signature with the key in the module's memory, and one MAC
 * of such a message through WebCrypto, which replaces one MAC of the former. In microseconds.
 */
async function mac(browser, url) {
  const tab = await browser.newPage();
  await tab.goto(url, { waitUntil: "load" });
  const times = await tab.evaluate(async (instanceIds) => {
    const relight = await import("./relight.js");
    await relight.default();
    const job = {
      accessKeyId: "EXAMPLE-KEY-ID-NOT-REAL",
      secret: "example-secret-key-not-real-0001",
      cloud: "alibaba",
      region: "cn-hangzhou",
      operation: "RebootInstances",
      instanceIds,
    };
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const bytes = new TextEncoder().encode(job.secret);
    const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
    const { stringToSign } = await relight.signRequest(job);
    const message = new TextEncoder().encode(stringToSign);
    const each = async (run) => {
      const start = performance.now();
      for (let count = 0; count < 100; count += 1) await run();
      return (performance.now() - start) * 10;
    };
    const times = { module: [], webCrypto: [] };
    for (let round = 0; round < 24; round += 1) {
      times.module.push(await each(() => relight.signRequest(job)));
      times.webCrypto.push(await each(() => crypto.subtle.sign("HMAC", key, message)));
    }
    return { module: times.module.slice(4), webCrypto: times.webCrypto.slice(4) };
  }, alibabaIds(100));
  await tab.close();
  return { module: median(times.module), webCrypto: median(times.webCrypto) };
}

/**
 * Serves a folder on a free port, each file with brotli; `more` adds or replaces paths, and what is below
 * /proxy goes to a sandbox, if there is one.
 */
export async function serve(folder, more = {}, sandbox = undefined) {
  const files = new Map();
  const put = (path, body) =>
    files.set(path, { type: TYPES[extname(path)] ?? "application/octet-stream", body });
  const add = async (path, file) => {
    const ready = await readFile(`${file}.br`).catch(() => undefined);
    put(path, ready ?? brotliCompressSync(await readFile(file)));
  };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && ![".br", ".gz"].includes(extname(file))) {
      await add(`/${file.slice(folder.length + 1)}`, file);
    }
  }
  for (const [path, text] of Object.entries(more)) put(path, brotliCompressSync(text));
  const server = createServer((request, response) => {
    if (sandbox && request.url.startsWith("/proxy/")) {
      const { method, headers } = request;
      return request.pipe(forward(sandbox + request.url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      }));
    }
    const name = request.url.split("?")[0];
    const path = name === "/" ? "/index.html" : name;
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
