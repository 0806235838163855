// The types of the settings and of `prefill` against the schema of relight.json: neither has a name
// that the other lacks.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";

const folder = resolve(process.env.RELIGHT_DIST ?? "dist");
const types = await readFile(resolve(folder, "relight.d.ts"), "utf8");
const schema = JSON.parse(await readFile(resolve(folder, "relight.schema.json"), "utf8"));

/** The members of an interface and of the objects in it, without comments. */
function members(name) {
  const start = types.indexOf(`export interface ${name} {`);
  assert.ok(start >= 0, name);
  const body = types.slice(start, types.indexOf("\n}\n", start)).replaceAll(/\/\*[^]*?\*\//g, "");
  return new Set([...body.matchAll(/(?:^|[{;\s])(\$?\w+)\?:/g)].map((found) => found[1]));
}

/** The settings and those in them. */
function settings() {
  const names = [];
  const walk = ({ $ref, properties = {}, anyOf = [], type }) => {
    if ($ref) return walk(schema.$defs[$ref.split("/").at(-1)]);
    anyOf.forEach(walk);
    if (type && type !== "object") return;
    for (const [name, value] of Object.entries(properties)) {
      names.push(name);
      walk(value);
    }
  };
  walk(schema);
  // Where the name itself is a value.
  const values = ["en", "zh", ...schema.$defs.CloudId.enum];
  return new Set(names.filter((name) => !values.includes(name)));
}

test("the type of the settings has the names of the schema", () => {
  const known = settings();
  assert.ok(known.size > 25 && known.has("typedCountAbove") && known.has("lockAfterSeconds"), [...known].join());
  const typed = members("Settings");
  assert.deepEqual([...known].filter((name) => !typed.has(name) && name !== "url"), []);
  assert.deepEqual([...typed].filter((name) => !known.has(name)), []);
});
