// What wasm-bindgen cannot write: a class that extends HTMLElement, and an import that waits.

// `connect(host, shadowRoot)` draws the console and returns three functions: `changed` for when an
// attribute has, `ask` for the methods, and `end`.
export function define(name, attributes, connect) {
  // A page may load two copies of the module; the first one keeps the name.
  if (customElements.get(name)) return;
  customElements.define(name, class extends HTMLElement {
    static observedAttributes = attributes;
    #drawn = null;
    #config = null;

    connectedCallback() {
      // A page may have set it before there was this class: then it hides the one below.
      if (Object.hasOwn(this, "config")) {
        const { config } = this;
        delete this.config;
        this.config = config;
      }
      this.#drawn ??= connect(this, this.shadowRoot ?? this.attachShadow({ mode: "open" }));
    }

    // The configuration as an object, instead of the address of a file; the attribute has that.
    get config() {
      return this.#config ?? this.getAttribute("config");
    }

    set config(config) {
      if (config !== null && typeof config === "object") {
        this.#config = config;
        this.#drawn?.changed();
      } else {
        this.#config = null;
        this.setAttribute("config", config ?? "");
        this.#drawn?.changed();
      }
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

    disconnectedCallback() {
      // Moving an element takes it out and puts it in again: only what stays out has ended.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.#drawn?.end();
        this.#drawn = null;
      });
    }
  });
}

let rest = null;
let load = async () => {
  const module = await import(new URL("../../../relight.js", import.meta.url).href);
  await module.default();
  return module;
};

// Lets the page's start-up fetch the rest in its own way: held against the sums of its release.
export function fetchRestBy(other) {
  load = other;
}

// The rest of the page, beside this file's folder: fetched once, and again only if that failed.
export function fetchRest() {
  rest ??= load().catch((error) => {
    rest = null;
    throw error;
  });
  return rest;
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
