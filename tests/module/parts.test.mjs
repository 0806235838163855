// The program in two parts: `init` loads both, and an earlier call is refused with a reason.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { dist } from "./load.mjs";

const script = pathToFileURL(resolve(dist, "relight.js"));
const main = () => readFile(resolve(dist, "relight_bg.wasm"));
const rest = () => readFile(resolve(dist, "relight_rest.wasm"));
const first = ({ parseInstanceIds }) => parseInstanceIds("ins-r8hr2upy").ids[0].id;

const isNotLoaded = (error) =>
  error.name === "RelightError" && error.kind === "not-loaded" && error.message.length > 0;

// Each is a separate program: a module is identified by its address.
const another = () => import(`${script}?${another.count++}`);
another.count = 0;

test("a function that is called before the rest is there says so", async () => {
  const relight = await another();
  relight.initSync({ module: await main() });
  assert.throws(() => relight.clouds(), isNotLoaded);
  assert.throws(() => relight.explainError("x"), isNotLoaded);
  await assert.rejects(relight.signRequest({}), isNotLoaded);
  await relight.default();
  assert.equal(first(relight), "ins-r8hr2upy");
});

test("the rest may be given, and is asked for again where it could not be had", async () => {
  const relight = await another();
  const missing = new URL("nowhere.wasm", script);
  await assert.rejects(relight.default({ module_or_path: await main(), rest: missing }), isNotLoaded);
  assert.throws(() => relight.clouds(), isNotLoaded);
  await relight.default({ rest: await rest() });
  assert.equal(first(relight), "ins-r8hr2upy");
});

test("two programs of one release are two", async () => {
  const [one, other] = [await another(), await another()];
  const ready = [one, other].map(async ({ default: init }) => init({ module_or_path: await main() }));
  const [ours, theirs] = await Promise.all(ready);
  assert.notEqual(ours.memory, theirs.memory);
  assert.equal(first(one), first(other));
});
