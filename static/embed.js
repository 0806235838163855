// The page in a frame (embed.html): reports its height and its events to the parent page, and handles the
// parent's messages. It exchanges messages only with origins that the operator has listed (`frames` of
// relight.json), and each is checked against a schema. No secret goes either way: events have none, and
// `prefill` takes none. docs/frames.md has the messages.

const element = document.querySelector("relight-console");

const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const among = (...values) => (value) => values.includes(value);

// The members of each message; those with a `?` are optional.
const MESSAGES = {
  prefill: { values: isObject },
  lock: {},
  stop: {},
  theme: { value: among("light", "dark", null) },
  lang: { value: among("en", "zh", null) },
  approval: { required: isFlag },
  answer: { id: Number.isInteger, allow: isFlag, "?reason": isText },
};

// Why a message is invalid: names only, never a value, which may be a secret.
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

// Each warning is given once, however often its cause occurs.
const warned = new Set();
function warnOnce(what, report = () => {}) {
  if (warned.has(what)) return;
  warned.add(what);
  console.warn(`relight: ${what}`);
  report(what);
}

// The origins of the ancestors, the nearest first; the referrer where the browser does not report them and
// there is one frame only.
function ancestors() {
  if (location.ancestorOrigins) return [...location.ancestorOrigins];
  return parent === top && document.referrer ? [new URL(document.referrer).origin] : [];
}

// The origins that the operator has listed. A file that cannot be read lists none; the console reports it.
async function listed() {
  try {
    const answer = await fetch(element.getAttribute("config"));
    const { frames } = await answer.json();
    return Array.isArray(frames) ? frames : [];
  } catch {
    return [];
  }
}

async function connect() {
  const origins = ancestors();
  const known = [location.origin, ...(await listed())];
  const untrusted = origins.find((origin) => !known.includes(origin));
  if (origins.length === 0 || untrusted !== undefined) {
    warnOnce(`the page around this one (${untrusted ?? "unknown"}) is not listed under “frames” in relight.json: nothing is said to it`);
    return;
  }
  const [origin] = origins;
  const post = (relight, more) => parent.postMessage({ relight, ...more }, origin);
  const reject = (what) => warnOnce(what, (message) => post("error", { detail: { kind: "message", message } }));

  let asks = false;
  let last = 0;
  const waiting = new Map();
  const handlers = {
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
    // From a browser extension, to the page itself.
    if (source === window) return;
    if (source !== parent || from !== origin) {
      warnOnce(`a message from ${from}, which is not the page around this one, is ignored`);
      return;
    }
    const fault = faultOf(data);
    if (fault !== null) return reject(fault);
    try {
      handlers[data.relight](data);
    } catch (error) {
      reject(error.message);
    }
  });

  for (const name of ["run-started", "outcome", "run-finished", "error"]) {
    element.addEventListener(`relight-${name}`, ({ detail }) => post(name, { detail }));
  }
  element.addEventListener("relight-before-send", (event) => {
    const { waitUntil, ...detail } = event.detail;
    const id = (last += 1);
    post("before-send", { id, detail });
    if (!asks) return;
    const answer = new Promise((yes, no) => {
      waiting.set(id, (allow, reason) => (allow ? yes(true) : no(new Error(reason ?? ""))));
    });
    waitUntil(answer);
  });

  await customElements.whenDefined("relight-console");
  post("ready", { version: 1 });
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(element.getBoundingClientRect().height);
    if (now !== height) post("resized", { height: (height = now) });
  }).observe(element);
}

// Outside of a frame there is no parent page.
if (parent !== window) connect();
