// Yew lets the listeners of an app stay for ever, with all that they hold, since its apps usually do.
// Here they come and go with their element: this notes those that are put on its root, and the function
// that it returns takes them off, lets go of what wasm holds for them, and of their places in its table.
// `_wbg_cb_unref` and the two exports are how wasm-bindgen, whose version is pinned, itself gives a
// closure back; a test counts what is left.
export function noteListeners(root, wasm) {
  const noted = [];
  root.addEventListener = (type, listener, options) => {
    if (listener?._wbg_cb_unref) noted.push([type, listener, options]);
    return EventTarget.prototype.addEventListener.call(root, type, listener, options);
  };
  return () => {
    delete root.addEventListener;
    const listeners = new Set();
    for (const [type, listener, options] of noted) {
      root.removeEventListener(type, listener, options);
      listener._wbg_cb_unref();
      listeners.add(listener);
    }
    const places = wasm.__wbindgen_externrefs;
    for (let at = 0; at < places?.length; at += 1) {
      if (listeners.has(places.get(at))) wasm.__externref_table_dealloc(at);
    }
  };
}
