// The one thing that wasm-bindgen cannot write: a class that extends HTMLElement.
// `connect(host, shadowRoot)` draws the console and returns two functions: `changed` for when an
// attribute has, and `end`.
export function define(name, attributes, connect) {
  // A page may load two copies of the module; the first one keeps the name.
  if (customElements.get(name)) return;
  customElements.define(name, class extends HTMLElement {
    static observedAttributes = attributes;
    #console = null;

    connectedCallback() {
      this.#console ??= connect(this, this.shadowRoot ?? this.attachShadow({ mode: "open" }));
    }

    attributeChangedCallback(_name, before, after) {
      if (before !== after) this.#console?.changed();
    }

    disconnectedCallback() {
      // Moving an element takes it out and puts it in again: only what stays out has ended.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.#console?.end();
        this.#console = null;
      });
    }
  });
}
