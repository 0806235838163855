// Yew lets the listeners of an app stay for ever, with all that they hold, since its apps usually do.
// Here they come and go with their element: this notes those that are put on its root, and the function
// that it returns takes them off and lets go of what wasm holds for them. `_wbg_cb_unref` is how
// wasm-bindgen, whose version is pinned, itself gives a closure back; a test counts what is left.
export function noteListeners(root) {
  const noted = [];
  root.addEventListener = (type, listener, options) => {
    if (listener?._wbg_cb_unref) noted.push([type, listener, options]);
    return EventTarget.prototype.addEventListener.call(root, type, listener, options);
  };
  return () => {
    delete root.addEventListener;
    for (const [type, listener, options] of noted) {
      root.removeEventListener(type, listener, options);
      listener._wbg_cb_unref();
    }
  };
}
