// What a person does in the page, in Chromium against the sandbox: a list of 10,000 instances, a run of
// them, and how many taps and keys it takes to restart three.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { dist, tencentIds } from "./measure.mjs";
import { serve } from "./page.mjs";

const COUNT = 10_000;
const REGION = "ap-guangzhou";
const KEY = { keyId: "AKIDsandboxdemo000000000000000000001", secret: "sandbox-tencent-secret-000000001" };

export async function hands(browser, sandbox) {
  const folder = await mkdtemp(join(tmpdir(), "relight-bench-"));
  try {
    const file = join(folder, "fleet.json");
    await writeFile(file, JSON.stringify(fleet()));
    // The page's port is not known before the sandbox's, which must know it.
    const config = JSON.stringify({ proxy: "/proxy" });
    const cloud = await startSandbox(sandbox, file);
    const page = await serve(dist, { "/relight.json": config }, cloud.url);
    try {
      const large = await many(browser, page.url, cloud);
      const taps = await few(browser, page.url);
      return { count: COUNT, ...large, taps };
    } finally {
      page.close();
      cloud.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

function fleet() {
  return tencentIds(COUNT).map((instanceId, place) => ({
    cloud: "tencent",
    region: REGION,
    instanceId,
    name: `web-${place}`,
    state: "RUNNING",
    tags: { team: place % 3 ? "web" : "ledger" },
  }));
}

async function startSandbox(program, file) {
  const child = spawn(program, ["--port", "0", "--speed", "600", "--fleet", file], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const url of createInterface(child.stdout)) {
    return { url, stop: () => child.kill(), calls: async () => (await fetch(`${url}/sandbox/calls`)).json() };
  }
  throw new Error("the sandbox ended");
}

/** List, find, paste and run ten thousand. Times in milliseconds. */
async function many(browser, url, cloud) {
  const tab = await opened(browser, url);
  await fill(tab, KEY);
  const before = (await cloud.calls()).length;
  const start = performance.now();
  const read = await traced(tab, async () => {
    await tap(tab, "[data-action=list-instances]");
    await shown(tab, `[data-matching='${COUNT}']`);
    await gone(tab, "[data-action=stop-list]");
  });
  const list = { time: performance.now() - start, calls: (await cloud.calls()).length - before, longest: read };

  let filter;
  const filtering = await traced(tab, async () => (filter = await tab.evaluate(filterBoth)));

  const text = tencentIds(COUNT).join("\n");
  const pasting = await traced(tab, async () => {
    await tab.evaluate((text) => {
      const field = document.querySelector("relight-console").shadowRoot.querySelector("[name=instanceIds]");
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertFromPaste" }));
    }, text);
    await tab.waitForFunction((count) => {
      const root = document.querySelector("relight-console").shadowRoot;
      return root.querySelector("[data-count=valid] b")?.textContent.replaceAll(/\D/g, "") === String(count);
    }, {}, COUNT);
  });
  const plain = await plainPaste(browser, text);
  const checking = await traced(tab, async () => {
    await tap(tab, "[data-action=review]");
    await shown(tab, "[data-action=send]");
  });
  await type(tab, "typedCount", String(COUNT));
  await shown(tab, "[data-action=send][data-armed]:not([aria-disabled])");
  const running = await traced(tab, async () => {
    await tap(tab, "[data-action=send]");
    await shown(tab, "[data-stage=finished]", 300_000);
  });
  await tab.close();
  return { list, filter: { ...filter, longest: filtering }, longest: { pasting, plain, checking, running } };
}

/** The longest task while the same text is put into a field of an empty page: what of it is the browser's. */
async function plainPaste(browser, text) {
  const tab = await browser.newPage();
  await tab.setContent('<textarea rows="6" cols="60" spellcheck="false"></textarea>');
  const longest = await traced(tab, () =>
    tab.evaluate(async (text) => {
      document.querySelector("textarea").value = text;
      for (let frame = 0; frame < 2; frame += 1) await new Promise((done) => requestAnimationFrame(done));
    }, text),
  );
  await tab.close();
  return longest;
}

/**
 * Each letter of a search, in turn in the page and in plain JavaScript that filters the same rows and puts
 * the first fifty in a table: until the rows are in the document, without layout and paint.
 */
async function filterBoth() {
  const root = document.querySelector("relight-console").shadowRoot;
  const field = root.querySelector("[name=findInstances]");
  const matching = () => root.querySelector("[data-matching]").dataset.matching;
  const rows = Array.from({ length: 10_000 }, (_, place) => ({
    name: `web-${place}`,
    id: `ins-${(36 ** 7 + place * 7919).toString(36)}`,
    address: `10.0.${place >> 8}.${place & 255}`,
  }));
  const body = document.createElement("tbody");
  const plain = (text) => {
    const found = rows.filter((row) => Object.values(row).some((value) => value.includes(text)));
    body.replaceChildren(...found.slice(0, 50).map((row) => {
      const line = document.createElement("tr");
      line.append(...Object.values(row).map((value) => {
        const cell = document.createElement("td");
        cell.textContent = value;
        return cell;
      }));
      return line;
    }));
    return String(found.length);
  };
  const times = { page: [], plain: [] };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let round = 0; round < 6; round += 1) {
    for (const text of ["w", "we", "web", "web-", "web-7", "web-77", "web-777", "web-77", "web-7", "none", ""]) {
      await frame();
      let start = performance.now();
      const wanted = plain(text);
      times.plain.push(performance.now() - start);
      field.value = text;
      start = performance.now();
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
      for (let turn = 0; turn < 40 && (turn < 20 || matching() !== wanted); turn += 1) await null;
      times.page.push(performance.now() - start);
      if (text.startsWith("web") && matching() !== wanted) throw new Error(`${text}: ${matching()}, not ${wanted}`);
    }
  }
  const of = (all) => {
    const sorted = all.slice(11).sort((one, other) => one - other);
    return { median: sorted[sorted.length >> 1], max: sorted.at(-1) };
  };
  return { page: of(times.page), plain: of(times.plain) };
}

/** Taps and keys from a loaded page until three instances are sent; a paste is one key. */
async function few(browser, url) {
  const ids = tencentIds(3).join(" ");
  const link = `${url}?cloud=tencent&region=${REGION}&instanceIds=${encodeURIComponent(ids)}`;
  const counts = {};
  for (const [how, address, fields] of [
    ["ids by a link", link, KEY],
    ["everything pasted", `${url}?cloud=tencent&region=${REGION}`, { ...KEY, instanceIds: ids }],
  ]) {
    const tab = await opened(browser, address);
    let taps = 0;
    for (const [name, text] of Object.entries(fields)) {
      await tap(tab, `[name=${name}]`);
      await paste(tab, name, text);
      taps += 1;
    }
    await tap(tab, "[data-action=review]");
    await shown(tab, "[data-action=send][data-armed]:not([aria-disabled])");
    await tap(tab, "[data-action=send]");
    await shown(tab, "[data-step=run]");
    counts[how] = { taps: taps + 2, pastes: Object.keys(fields).length };
    await tab.close();
  }
  return counts;
}

async function opened(browser, url) {
  const context = await browser.createBrowserContext();
  const tab = await context.newPage();
  await tab.goto(url, { waitUntil: "networkidle0" });
  await shown(tab, "[name=cloud]");
  return tab;
}

async function fill(tab, fields) {
  await tab.evaluate(async (region) => {
    const root = document.querySelector("relight-console").shadowRoot;
    const set = async (name, value) => {
      const field = root.querySelector(`[name=${name}]`);
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
      await new Promise((done) => requestAnimationFrame(done));
    };
    await set("cloud", "tencent");
    await set("region", region);
  }, REGION);
  for (const [name, text] of Object.entries(fields)) await type(tab, name, text);
}

async function type(tab, name, text) {
  await tap(tab, `[name=${name}]`);
  await tab.keyboard.type(text);
  await tab.keyboard.press("Tab");
}

async function paste(tab, name, text) {
  await tab.evaluate((name, text) => {
    const field = document.querySelector("relight-console").shadowRoot.querySelector(`[name=${name}]`);
    field.value = text;
    for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true, composed: true }));
  }, name, text);
}

const inside = (selector) => `>>> ${selector}`;
const shown = (tab, selector, timeout = 120_000) => tab.waitForSelector(inside(selector), { visible: true, timeout });
const gone = (tab, selector) => tab.waitForSelector(inside(selector), { hidden: true, timeout: 120_000 });

async function tap(tab, selector) {
  const element = await shown(tab, selector);
  await element.evaluate((one) => one.scrollIntoView({ block: "center" }));
  await element.click();
}

/** The longest task of the page's main thread while something is done. */
async function traced(tab, run) {
  await tab.tracing.start({ categories: ["disabled-by-default-devtools.timeline", "__metadata"] });
  await run();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(await tab.tracing.stop()));
  const mains = new Set(
    traceEvents
      .filter((one) => one.name === "thread_name" && one.args.name === "CrRendererMain")
      .map((one) => `${one.pid} ${one.tid}`),
  );
  const tasks = traceEvents.filter((one) => one.name === "RunTask" && mains.has(`${one.pid} ${one.tid}`));
  if (tasks.length === 0) throw new Error("no task was traced");
  return Math.max(...tasks.map((one) => one.dur ?? 0)) / 1000;
}

