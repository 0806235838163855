// Checking 10,000 pasted ids with the module in this process.
import { inTurn, loadModule, tencentIds } from "./measure.mjs";

/** A list of ids, one a line. */
export const pasted = (count) => tencentIds(count).join("\n");

export async function ids() {
  const relight = await loadModule();
  const text = pasted(10_000);
  const { check } = await inTurn(
    {
      check: () => {
        const start = performance.now();
        const parsed = relight.parseInstanceIds(text, { cloud: "tencent" });
        const time = performance.now() - start;
        if (parsed.ids.length !== 10_000) throw new Error(`${parsed.ids.length} ids were found`);
        return time;
      },
    },
    { rounds: 15, runs: 2 },
  );
  return check;
}
