// What wasm-bindgen cannot write: a class that extends HTMLElement, and an import that waits.

// The values that an attribute can have, where that is a list.
const VALUES = { theme: /^(light|dark)?$/, lang: /^((en|zh)(-.*)?)?$/i, routing: /^(hash)?$/ };
// What any element may carry. Names with a dash or the like belong to frameworks and to the page.
const ANYBODYS =
  /^(class|id|style|slot|part|title|dir|hidden|tabindex|role|inert|translate|draggable|nonce|is|on.+|.*[^a-z].*)$/;

// Says what of an element's attributes means nothing. A misspelt one would else quietly do nothing.
function complain(host, known) {
  for (const { name, value } of host.attributes) {
    const list = known.join(", ");
    if (!known.includes(name) && !ANYBODYS.test(name)) {
      console.warn(`<relight-console> has no attribute “${name}”; these are its own: ${list}. No secret is ever one.`);
    } else if (VALUES[name] && !VALUES[name].test(value)) {
      console.warn(`<relight-console>: “${name}” cannot be “${value.slice(0, 40)}”; see docs/public-names.md.`);
    }
  }
}

// `connect(host, shadowRoot)` draws the console and returns functions: `changed` for when an attribute
// has, `ask` for the methods, `leave` to be called before `end`, and `end`.
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
    #drawn = null;
    #config = null;
    #written = null;
    #credentials = null;

    connectedCallback() {
      // A page may have set them before there was this class: then they hide those below.
      for (const name of ["config", "credentials"]) {
        if (Object.hasOwn(this, name)) {
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
      }
      if (this.#drawn) return;
      complain(this, attributes);
      this.#drawn = connect(this, this.shadowRoot ?? this.attachShadow({ mode: "open" }));
    }

    // The configuration as an object, instead of the address of a file; the attribute has that.
    get config() {
      return this.#config ?? this.getAttribute("config");
    }

    set config(config) {
      if (config !== null && typeof config === "object") {
        // The same again, as frameworks set it at each drawing, changes nothing.
        const before = this.#written;
        this.#config = config;
        this.#written = written(config);
        if (before !== this.#written) this.#drawn?.changed();
      } else {
        this.#config = this.#written = null;
        this.setAttribute("config", config ?? "");
        this.#drawn?.changed();
      }
    }

    // A function that gives temporary keys.
    get credentials() {
      return this.#credentials;
    }

    set credentials(credentials) {
      const before = this.#credentials;
      this.#credentials = credentials ?? null;
      // Another function in the place of one is asked the next time, and changes nothing before.
      if (typeof before !== typeof this.#credentials) this.#drawn?.changed();
    }

    // Fills in fields by their names, as far as the operator leaves them open. Never a secret.
    prefill(values) {
      this.#drawn?.ask("prefill", values);
    }

    // Forgets the key.
    lock() {
      this.#drawn?.ask("lock");
    }

    // Sends no further call; what is on its way cannot be recalled.
    stop() {
      this.#drawn?.ask("stop");
    }

    attributeChangedCallback(_name, before, after) {
      if (before !== after) this.#drawn?.changed();
    }

    // Moving an element takes it out and puts it in again: only what stays out has ended. A call that is
    // on its way is waited for, since what comes of it belongs in the journal.
    async disconnectedCallback() {
      await null;
      const drawn = this.#drawn;
      if (this.isConnected || !drawn) return;
      await new Promise((done) => drawn.leave(done));
      if (this.isConnected || this.#drawn !== drawn) return;
      drawn.end();
      this.#drawn = null;
      // What wasm holds for these functions goes now, and not when the browser next looks for garbage.
      for (const each of Object.values(drawn)) each._wbg_cb_unref?.();
    }
  });
}

// What the element reads of a configuration; of one that cannot be written it says so, each time.
function written(config) {
  try {
    return JSON.stringify(config);
  } catch {
    return NaN;
  }
}

// The text of an element's configuration: of its property, if that is an object; else of the file that
// its attribute points to. `null` if there is none.
export async function configuration(host) {
  if (host.config !== null && typeof host.config === "object") {
    const text = written(host.config);
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

// Whether this browser has ever kept a run. A browser that cannot tell may have.
export async function hasJournal(name) {
  try {
    const databases = await indexedDB.databases();
    return databases.some((database) => database.name === name);
  } catch {
    return typeof indexedDB !== "undefined";
  }
}
