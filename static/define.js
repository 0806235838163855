// What wasm-bindgen cannot generate: a class that extends HTMLElement.

// The values of attributes that have a list of them.
const VALUES = { theme: /^(light|dark)?$/, lang: /^((en|zh)(-.*)?)?$/i, routing: /^(hash)?$/ };
// Attributes of any element. Names with a dash or the like belong to frameworks and to the page.
const GLOBAL =
  /^(class|id|style|slot|part|title|dir|hidden|tabindex|role|inert|translate|draggable|nonce|is|on.+|.*[^a-z].*)$/;

// Warns of unknown attributes and values. A misspelt one would otherwise have no effect, silently.
function warnOfUnknown(host, known) {
  for (const { name, value } of host.attributes) {
    const list = known.join(", ");
    if (!known.includes(name) && !GLOBAL.test(name)) {
      console.warn(`<relight-console> has no attribute “${name}”; these are its own: ${list}. No secret is ever one.`);
    } else if (VALUES[name] && !VALUES[name].test(value)) {
      console.warn(`<relight-console>: “${name}” cannot be “${value.slice(0, 40)}”; see docs/public-names.md.`);
    }
  }
}

// `connect(host, shadowRoot)` renders the console and returns functions: `changed` for changed attributes,
// `call` for the methods, `unmount` to be called before `destroy`, and `destroy`.
export function define(name, version, attributes, connect) {
  // A page may load two copies of the module; the first one keeps the name.
  const first = customElements.get(name);
  if (first) {
    if (first.version !== version) {
      console.warn(
        `<${name}> is defined already, by ${first.version ? `version ${first.version}` : "something else"}: ` +
          `that stays, and version ${version} draws nothing. Load one version only.`,
      );
    }
    return;
  }
  customElements.define(name, class extends HTMLElement {
    static observedAttributes = attributes;
    static version = version;
    #mounted = null;
    #config = null;
    #json = null;
    #credentials = null;

    connectedCallback() {
      // A page may have set them before the class was defined: then they hide the accessors below.
      for (const name of ["config", "credentials"]) {
        if (Object.hasOwn(this, name)) {
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
      }
      if (this.#mounted) return;
      warnOfUnknown(this, attributes);
      this.#mounted = connect(this, this.shadowRoot ?? this.attachShadow({ mode: "open" }));
    }

    // The configuration as an object, in place of the file that the attribute points to.
    get config() {
      return this.#config ?? this.getAttribute("config");
    }

    set config(config) {
      if (config !== null && typeof config === "object") {
        // The same again, as frameworks set it at each render, changes nothing.
        const before = this.#json;
        this.#config = config;
        this.#json = toJson(config);
        if (before !== this.#json) this.#mounted?.changed();
      } else {
        this.#config = this.#json = null;
        this.setAttribute("config", config ?? "");
        this.#mounted?.changed();
      }
    }

    // A function that gives temporary keys.
    get credentials() {
      return this.#credentials;
    }

    set credentials(credentials) {
      const before = this.#credentials;
      this.#credentials = credentials ?? null;
      // Another function in place of the current one is called the next time, and changes nothing before.
      if (typeof before !== typeof this.#credentials) this.#mounted?.changed();
    }

    // Fills in fields by their names, as far as the operator leaves them open. Never a secret.
    prefill(values) {
      this.#mounted?.call("prefill", values);
    }

    // Wipes the key.
    lock() {
      this.#mounted?.call("lock");
    }

    // Sends no further call; calls in flight cannot be recalled.
    stop() {
      this.#mounted?.call("stop");
    }

    attributeChangedCallback(_name, before, after) {
      if (before !== after) this.#mounted?.changed();
    }

    // Moving an element removes it and adds it again: the console ends only if it stays removed. Calls in
    // flight are awaited, since their results belong in the journal.
    async disconnectedCallback() {
      await null;
      const mounted = this.#mounted;
      if (this.isConnected || !mounted) return;
      await new Promise((done) => mounted.unmount(done));
      if (this.isConnected || this.#mounted !== mounted) return;
      mounted.destroy();
      this.#mounted = null;
      // Frees what wasm holds for these functions now, and not at the next garbage collection.
      for (const each of Object.values(mounted)) each._wbg_cb_unref?.();
    }
  });
}

// The configuration as JSON; `NaN`, which equals nothing, if it cannot be written.
function toJson(config) {
  try {
    return JSON.stringify(config);
  } catch {
    return NaN;
  }
}

// The text of an element's configuration: its property, if that is an object; else the file that its
// attribute points to. `null` if there is none.
export async function configuration(host) {
  if (host.config !== null && typeof host.config === "object") {
    const text = toJson(host.config);
    if (typeof text === "string") return text;
    throw new Error("the property `config` cannot be written as JSON");
  }
  const url = host.getAttribute("config");
  if (!url) return null;
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw `HTTP ${answer.status}`;
    return await answer.text();
  } catch (error) {
    throw new Error(`${url}: ${error}`);
  }
}

// Whether this browser has ever saved a run, a form or a selection. A browser that cannot tell may have.
export async function hasSaved(name) {
  try {
    const { "relight-last": last, "relight-selections": selections } = localStorage;
    if (sessionStorage["relight-form"] || last || selections) return true;
    const databases = await indexedDB.databases();
    return databases.some((database) => database.name === name);
  } catch {
    return typeof indexedDB !== "undefined";
  }
}
