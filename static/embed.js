// The page in a frame (embed.html): tells the page around it how high it is and what happens, and heeds
// what that asks for. It speaks only with origins that the operator has listed (`frames` of
// relight.json), and each message is held against a schema. No secret goes either way: events have
// none, and `prefill` takes none. docs/frames.md has the messages.

const element = document.querySelector("relight-console");

const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const among = (...values) => (value) => values.includes(value);

// What each message must have, and a `?` before what it may have.
const MESSAGES = {
  prefill: { values: isObject },
  lock: {},
  stop: {},
  theme: { value: among("light", "dark", null) },
  lang: { value: among("en", "zh", null) },
  approval: { required: isFlag },
  answer: { id: Number.isInteger, allow: isFlag, "?reason": isText },
};

// What is wrong with a message: names only, never a value, since that might be anything.
function faultOf(message) {
  if (!isObject(message) || !isText(message.relight)) return "a message is an object with the text `relight`";
  const { relight, ...rest } = message;
  const kind = relight.slice(0, 40);
  if (!Object.hasOwn(MESSAGES, relight)) {
    return `there is no message “${kind}”; these are: ${Object.keys(MESSAGES).join(", ")}`;
  }
  const wanted = MESSAGES[relight];
  for (const [name, fits] of Object.entries(wanted)) {
    const optional = name.startsWith("?");
    const bare = optional ? name.slice(1) : name;
    if (!(bare in rest) ? !optional : !fits(rest[bare])) return `“${kind}” needs a fitting “${bare}”`;
  }
  const extra = Object.keys(rest).find((name) => !(name in wanted) && !(`?${name}` in wanted));
  return extra === undefined ? null : `“${kind}” has no “${extra.slice(0, 40)}”`;
}

// Each thing is said once, however often it happens.
const said = new Set();
function once(what, tell = () => {}) {
  if (said.has(what)) return;
  said.add(what);
  console.warn(`relight: ${what}`);
  tell(what);
}

// The origins around this page, the nearest first; as far as the browser does not tell, whoever led to
// it, if there is one frame only.
function around() {
  if (location.ancestorOrigins) return [...location.ancestorOrigins];
  return parent === top && document.referrer ? [new URL(document.referrer).origin] : [];
}

// Those that the operator has listed. A file that cannot be read lists nobody; the console says so.
async function listed() {
  try {
    const answer = await fetch(element.getAttribute("config"));
    const { frames } = await answer.json();
    return Array.isArray(frames) ? frames : [];
  } catch {
    return [];
  }
}

async function speak() {
  const origins = around();
  const known = [location.origin, ...(await listed())];
  const stranger = origins.find((origin) => !known.includes(origin));
  if (origins.length === 0 || stranger !== undefined) {
    once(`the page around this one (${stranger ?? "unknown"}) is not listed under “frames” in relight.json: nothing is said to it`);
    return;
  }
  const [origin] = origins;
  const say = (relight, more) => parent.postMessage({ relight, ...more }, origin);
  const complain = (what) => once(what, (message) => say("error", { detail: { kind: "message", message } }));

  let asks = false;
  let last = 0;
  const waiting = new Map();
  const heed = {
    prefill: ({ values }) => element.prefill(values),
    lock: () => element.lock(),
    stop: () => element.stop(),
    theme: ({ value }) => (value ? element.setAttribute("theme", value) : element.removeAttribute("theme")),
    lang: ({ value }) => (value ? element.setAttribute("lang", value) : element.removeAttribute("lang")),
    approval: ({ required }) => {
      asks = required;
    },
    answer: ({ id, allow, reason }) => {
      if (!waiting.has(id)) throw new Error("“answer” has the id of nothing that was asked");
      waiting.get(id)(allow, reason);
      waiting.delete(id);
    },
  };
  addEventListener("message", ({ source, origin: from, data }) => {
    // Extensions of the browser speak with the page itself.
    if (source === window) return;
    if (source !== parent || from !== origin) {
      once(`a message from ${from}, which is not the page around this one, is ignored`);
      return;
    }
    const fault = faultOf(data);
    if (fault !== null) return complain(fault);
    try {
      heed[data.relight](data);
    } catch (error) {
      complain(error.message);
    }
  });

  for (const name of ["run-started", "outcome", "run-finished", "error"]) {
    element.addEventListener(`relight-${name}`, ({ detail }) => say(name, { detail }));
  }
  element.addEventListener("relight-before-send", (event) => {
    const { waitUntil, ...detail } = event.detail;
    const id = (last += 1);
    say("before-send", { id, detail });
    if (!asks) return;
    const answer = new Promise((yes, no) => {
      waiting.set(id, (allow, reason) => (allow ? yes(true) : no(new Error(reason ?? ""))));
    });
    waitUntil(answer);
  });

  await customElements.whenDefined("relight-console");
  say("ready", { version: 1 });
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(element.getBoundingClientRect().height);
    if (now !== height) say("resized", { height: (height = now) });
  }).observe(element);
}

// By itself it is the page like any other.
if (parent !== window) speak();
