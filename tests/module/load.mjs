// The module, loaded as Node programs load it: from its bytes.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The folder of the release build. */
export const dist = resolve(process.env.RELIGHT_DIST ?? resolve(here, "../../dist"));

/** Which of the modules: the whole one, `relight-core`, or `relight-sign`. */
const chosen = process.env.RELIGHT_MODULE ?? "relight";

/** The signing vectors, as the module's `SignInput` with what is expected. */
export async function vectors() {
  const all = [];
  for (const name of ["acs-v1", "acs3", "tc3", "zc2"]) {
    const file = resolve(here, "../vectors", `${name}.json`);
    for (const vector of JSON.parse(await readFile(file, "utf8"))) {
      const input = { algorithm: vector.algorithm };
      for (const [key, value] of Object.entries(vector.input)) input[camel(key)] = value;
      const expected = {};
      for (const [key, value] of Object.entries(vector.expect)) expected[camel(key)] = value;
      all.push({ name: vector.name, input, expected });
    }
  }
  return all;
}

/** The module that is tested, or another, ready. */
export async function load(name = chosen) {
  const relight = await import(pathToFileURL(resolve(dist, `${name}.js`)));
  await relight.default({ module_or_path: await readFile(resolve(dist, `${name}_bg.wasm`)) });
  return relight;
}

function camel(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}
