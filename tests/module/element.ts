// The element in a page that is written in TypeScript, compiled by `tsc --strict`. Lines marked
// `@ts-expect-error` would compile if a type were `any`.
import init, {
  mount,
  type BeforeSendDetail,
  type RelightConsoleElement,
  type Settings,
} from "../../dist/relight.js";

export async function embed(place: HTMLElement): Promise<() => void> {
  await init();
  const console = document.createElement("relight-console");
  const settings: Settings = { allow: { clouds: ["tencent"], instancesMax: 20 }, language: "zh", locked: ["language"] };
  console.config = settings;
  // @ts-expect-error there is no such language
  console.config = { language: "fr" };
  // @ts-expect-error there is nothing of that name to allow
  console.config = { allow: { cluods: [] } };
  console.credentials = async ({ cloud }) => {
    const answer = await fetch(`/keys?cloud=${cloud}`);
    return (await answer.json()) as { keyId: string; secret: string; token: string; expiresAt: number };
  };
  // @ts-expect-error a key has a secret
  console.credentials = () => ({ keyId: "" });
  console.prefill({ cloud: "tencent", instanceIds: ["ins-r8hr2upy"], dryRun: true });
  // @ts-expect-error a secret cannot be filled in from outside
  console.prefill({ secret: "" });
  console.addEventListener("relight-outcome", (event) => {
    const { instanceId, outcome } = event.detail;
    place.dataset[instanceId] = outcome;
    // @ts-expect-error there is no such outcome
    if (outcome === "rebooted") place.remove();
  });
  const ask = (event: CustomEvent<BeforeSendDetail>) => {
    event.detail.waitUntil(fetch("/tickets").then((answer) => answer.ok));
    const ids: string[] = event.detail.instanceIds;
    if (ids.length > 20) event.preventDefault();
  };
  console.addEventListener("relight-before-send", ask);
  console.removeEventListener("relight-before-send", ask);
  console.addEventListener("relight-error", ({ detail }) => place.append(`${detail.kind}: ${detail.message}`));
  // @ts-expect-error an error has no ids
  console.addEventListener("relight-error", ({ detail }) => detail.instanceIds);
  console.addEventListener("click", (event) => event.clientX);
  console.lock();
  console.stop();
  place.append(console);
  const found: RelightConsoleElement | null = document.querySelector("relight-console");
  found?.stop();

  const handle = mount(place, { proxy: "/proxy", lang: "zh", theme: "dark" });
  // @ts-expect-error there is no such theme
  mount(place, { theme: "blue" });
  const stop = handle.on("relight-run-finished", (event) => {
    const proven: number | undefined = event.detail.totals["proven"];
    place.title = String(proven);
  });
  // @ts-expect-error there is no such event
  handle.on("relight-run-begun", () => {});
  return stop;
}
