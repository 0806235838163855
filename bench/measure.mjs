// What all measurements share.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readFile } from "node:fs/promises";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The release build. */
export const dist = resolve(process.env.RELIGHT_DIST ?? resolve(here, "../dist"));

/** Where `cargo xtask bench` installs the peers: outside the sources. */
const packages = process.env.RELIGHT_BENCH_PACKAGES ?? resolve(here, "../target/bench");

/** Takes a peer from there. */
export const require = createRequire(resolve(packages, "package.json"));

/** The middle value, or the mean of the two. */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The module in this process; the small one is `relight-core`. */
export async function loadModule(name = "relight") {
  const relight = await import(pathToFileURL(resolve(dist, `${name}.js`)));
  await relight.default({ module_or_path: await readFile(resolve(dist, `${name}_bg.wasm`)) });
  return relight;
}

/** Distinct ids of the shapes that the clouds give. */
export const tencentIds = (count) =>
  Array.from({ length: count }, (_, index) => `ins-${(36 ** 7 + index * 7919).toString(36)}`);
export const alibabaIds = (count) =>
  Array.from({ length: count }, (_, index) => `i-bp${String(index * 7919).padStart(18, "0")}`);

/**
 * Runs every subject in turn, round by round, so that other load on the machine affects all of them
 * alike. A subject runs once and returns how long that took, in milliseconds. Returns for each the
 * median over the rounds of the mean of a round.
 */
export async function inTurn(subjects, { rounds, runs, warmUpRounds = 3 }) {
  const means = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds + warmUpRounds; round += 1) {
    for (const [name, run] of Object.entries(subjects)) {
      let sum = 0;
      for (let count = 0; count < runs; count += 1) sum += await run();
      if (round >= warmUpRounds) means[name].push(sum / runs);
    }
  }
  return Object.fromEntries(Object.entries(means).map(([name, values]) => [name, median(values)]));
}
