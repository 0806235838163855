// Yew never removes the delegated listeners of an app, since an app usually lives as long as its page. Ours
// ends with its element: this records the listeners added to the root, and returns a function that removes
// them, frees what wasm holds for them, and their slots in its table. `_wbg_cb_unref` and the two exports are
// how wasm-bindgen, whose version is pinned, itself frees a closure; a test counts what is left.
export function noteListeners(root, wasm) {
  const added = [];
  root.addEventListener = (type, listener, options) => {
    if (listener?._wbg_cb_unref) added.push([type, listener, options]);
    return EventTarget.prototype.addEventListener.call(root, type, listener, options);
  };
  return () => {
    delete root.addEventListener;
    const listeners = new Set();
    for (const [type, listener, options] of added) {
      root.removeEventListener(type, listener, options);
      listener._wbg_cb_unref();
      listeners.add(listener);
    }
    const slots = wasm.__wbindgen_externrefs;
    for (let at = 0; at < slots?.length; at += 1) {
      if (listeners.has(slots.get(at))) wasm.__externref_table_dealloc(at);
    }
  };
}
