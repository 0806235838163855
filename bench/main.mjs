// `cargo xtask bench` runs this: it measures, prints, and writes BENCHMARKS.md.
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { explain } from "./explain.mjs";
import { ids } from "./ids.mjs";
import { require } from "./measure.mjs";
import { page } from "./page.mjs";
import { sign } from "./sign.mjs";

const { values: options } = parseArgs({
  options: {
    chromium: { type: "string" },
    sandbox: { type: "string" },
    write: { type: "string" },
    command: { type: "string" },
  },
});

const load = loadavg()[0];
const lines = ["# Benchmarks", ""];
const say = (...more) => lines.push(...more);

const version = (name) => require(`${name}/package.json`).version;
say(
  `Written by \`${options.command ?? "node bench/main.mjs"}\`, never by hand. Both sides run in turn,`,
  "round by round, in one process or one browser; figures are medians of the rounds.",
  "",
  `Machine: ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${process.platform}`,
  `${process.arch}, Node ${process.versions.node}; load ${load.toFixed(1)} at the start.`,
  "",
);

console.log("signing …");
say(
  "## Signing one reboot of 100 instances",
  "",
  "From parameters to a signed request that is ready to send, in Node. The SDKs' HTTP layer is",
  "replaced, and their time ends when they call it. “From parameters” checks every id and builds the",
  "request; “field by field” signs a request that the caller has built.",
  "",
  `Peers: tencentcloud-sdk-nodejs-cvm ${version("tencentcloud-sdk-nodejs-cvm")}, @alicloud/ecs20140526 ${version("@alicloud/ecs20140526")}.`,
  "",
  "| | module | SDK | times as fast | wanted |",
  "|---|---:|---:|---:|---:|",
);
for (const { what, ours, theirs, ratio, wanted } of await sign()) {
  say(`| ${what} | ${ours.toFixed(1)} µs | ${theirs.toFixed(1)} µs | ${ratio.toFixed(2)} | ${wanted} |`);
}

console.log("checking ids …");
const inNode = await ids();
say("", "## Checking 10,000 pasted ids", "", "| where | time | wanted |", "|---|---:|---:|");
say(`| Node | ${inNode.toFixed(1)} ms | under 16 ms |`);

if (options.chromium) {
  console.log("loading the page …");
  const { browser, links, idle, hands, ids: inChromium, mac, element, cycles, keys } =
    await page(options.chromium, options.sandbox);
  say(`| Chromium | ${inChromium.toFixed(1)} ms | under 16 ms |`);
  say(
    "",
    "A key press in the field of the ids, in Chromium: everything that runs for it, rendering by Yew",
    "included. Each press checks the whole text again, so with 10,000 ids it costs one check and what does",
    "not depend on their number. The form alone: before the part that is fetched later has loaded.",
    "",
    "| in | 10 ids, median | longest | 10,000 ids, median | longest | ratio | wanted |",
    "|---|---:|---:|---:|---:|---:|---:|",
  );
  for (const [where, { few, many }] of Object.entries(keys)) {
    const figures = [few.median, few.max, many.median, many.max].map((time) => `${time.toFixed(1)} ms`);
    const ratio = (many.median / few.median).toFixed(1);
    say(`| ${where} | ${figures.join(" | ")} | ${ratio} | under 16 ms |`);
  }
  say(
    "",
    "A signature of 100 instances in Chromium with the key in the module's memory takes",
    `${mac.module.toFixed(0)} µs; one MAC through WebCrypto, as the console signs, ${mac.webCrypto.toFixed(0)} µs more: ${(1 + mac.webCrypto / mac.module).toFixed(2)} times as long`,
    "together.",
  );
  say(
    "",
    "## The page",
    "",
    `With brotli and an empty cache over links that ${browser} emulates, against the same form in`,
    "plain HTML and JS (`bench/peer-page`), which offers the same clouds, regions, operations, options",
    "and languages and counts ids. Ready: the frame in which an id that is written to the field is",
    "counted, from the first frame on. Complete: the second part, which is fetched from then on, is",
    "there, too. Memory: of the idle page, after a collection.",
    "",
    "| | page | plain | ratio | wanted |",
    "|---|---:|---:|---:|---:|",
  );
  const compare = (what, unit, scale, [ours, theirs], wanted = "") => {
    const ratio = theirs > 0 ? (ours / theirs).toFixed(2) : "";
    const [one, other] = [ours, theirs].map((value) => `${(value / scale).toFixed(0)} ${unit}`);
    say(`| ${what} | ${one} | ${other} | ${ratio} | ${wanted} |`);
  };
  const wanted = ["within 1.8", "within 2.0"];
  for (const [place, [link, { ours, theirs }]] of Object.entries(links).entries()) {
    compare(`${link}: first paint`, "ms", 1, [ours.firstPaint, theirs.firstPaint]);
    compare(`${link}: ready`, "ms", 1, [ours.ready, theirs.ready], wanted[place]);
    compare(`${link}: complete`, "ms", 1, [ours.complete, theirs.complete]);
  }
  const [{ ours, theirs }] = Object.values(links);
  compare("transferred until complete", "kB", 1000, [ours.bytes, theirs.bytes]);
  compare("memory, JS and DOM", "kB", 1000, [idle.ours.memory, idle.theirs.memory]);
  compare("memory, wasm", "kB", 1000, [idle.ours.wasm, idle.theirs.wasm]);
  const { list, filter, longest, taps } = hands;
  const time = (value) => `${value.toFixed(1)} ms`;
  say(
    "",
    "## What hands do",
    "",
    `${hands.count.toLocaleString("en")} instances of Tencent's in the sandbox, read in ${list.calls} calls and`,
    `${(list.time / 1000).toFixed(1)} s. A letter in the search among them, until the rows that match are in the document,`,
    "without layout and paint; the peer is plain JavaScript that filters the same rows by name, id and",
    "address and puts fifty in a table.",
    "",
    "| | page | plain | ratio | wanted |",
    "|---|---:|---:|---:|---:|",
    `| median | ${time(filter.page.median)} | ${time(filter.plain.median)} | ${(filter.page.median / filter.plain.median).toFixed(1)} | a frame |`,
    `| longest | ${time(filter.page.max)} | ${time(filter.plain.max)} | ${(filter.page.max / filter.plain.max).toFixed(1)} | a frame |`,
    "",
    "The longest task of the page's main thread, layout and paint included; wanted are 50 ms:",
    "",
    "| while | longest task |",
    "|---|---:|",
    `| the list is read | ${time(list.longest)} |`,
    `| it is searched | ${time(filter.longest)} |`,
    `| 10,000 ids are pasted | ${time(longest.pasting)} |`,
    `| the same into a \`<textarea>\` of an empty page | ${time(longest.plain)} |`,
    `| they are checked, up to the review | ${time(longest.checking)} |`,
    `| they are sent and watched | ${time(longest.running)} |`,
    "",
    "From the loaded page until a restart of three instances is sent:",
    "",
    "| | taps | of them into a field, to paste |",
    "|---|---:|---:|",
    ...Object.entries(taps).map(([how, one]) => `| ${how} | ${one.taps} | ${one.pastes} |`),
  );
  const { some, all } = cycles;
  const row = (what, key, unit, scale) =>
    `| ${what} | ${(some[key] / scale).toFixed(0)}${unit} | ${(all[key] / scale).toFixed(0)}${unit} |`;
  say(
    "",
    "## The element in another page",
    "",
    "From the moment that `<relight-console>` is connected until an id that is written to its field is",
    `counted: median ${element.warm.median.toFixed(0)} ms, longest ${element.warm.max.toFixed(0)} ms, once the module is there. From the import of the`,
    `module on, with an empty cache over the first link: ${element.cold.toFixed(0)} ms.`,
    "",
    "What remains of elements that were added to a page and removed again, after a collection:",
    "",
    "| | after 200 | after 1,000 |",
    "|---|---:|---:|",
    row("memory, JS", "heap", " kB", 1000),
    row("memory, wasm", "wasm", " kB", 1000),
    row("nodes", "nodes", "", 1),
    row("listeners on window and document", "listening", "", 1),
  );
}

console.log("explaining texts …");
const ms = (value) => (value === undefined ? "" : value.toFixed(1));
say(
  "",
  "## Explaining a text",
  "",
  "Milliseconds for each 100 kB of a text of 100 kB and of one of 2 MB, in Node and natively. Wanted:",
  "under 100. What costs the same for each 100 kB of both grows with the text and no faster.",
  "",
  "| a text of | Node, 100 kB | Node, 2 MB | native, 100 kB | native, 2 MB |",
  "|---|---:|---:|---:|---:|",
);
for (const { what, module, moduleLarge, native, nativeLarge } of await explain()) {
  say(`| ${what} | ${ms(module)} | ${ms(moduleLarge)} | ${ms(native)} | ${ms(nativeLarge)} |`);
}

const text = `${lines.join("\n")}\n`;
console.log(`\n${text}`);
if (options.write) await writeFile(options.write, text);
