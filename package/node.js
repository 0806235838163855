// The module where there is no address to fetch from: the wasm is read from beside it.
import { readFile } from "node:fs/promises";
import start from "../NAME.js";

export * from "../NAME.js";

export default async function init(input) {
  const module_or_path = input?.module_or_path ?? input;
  const beside = () => readFile(new URL("../NAME_bg.wasm", import.meta.url));
  return start({ module_or_path: module_or_path ?? (await beside()) });
}
