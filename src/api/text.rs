//! Long texts into wasm.

use std::cell::OnceCell;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

/// The text that a value is; `None` if it is not one.
///
/// wasm-bindgen's own way looks at every character from JavaScript first, which takes longer than
/// hashing them; the encoder does not.
pub(super) fn text(value: &JsValue) -> Option<String> {
    thread_local! {
        static ENCODER: OnceCell<TextEncoder> = const { OnceCell::new() };
    }
    if !value.is_string() {
        return None;
    }
    let units = value.unchecked_ref::<JsText>().length() as usize;
    let mut bytes = vec![0; units];
    let count = ENCODER.with(|encoder| {
        let encoder = encoder.get_or_init(TextEncoder::new);
        let count = encoder.encode_into(value, &mut bytes);
        if count.read() as usize == units {
            return count;
        }
        // Not all ASCII. A UTF-16 unit takes at most three bytes.
        bytes = vec![0; units.saturating_mul(3)];
        encoder.encode_into(value, &mut bytes)
    });
    bytes.truncate(count.written() as usize);
    String::from_utf8(bytes).ok()
}

#[wasm_bindgen]
extern "C" {
    type JsText;
    #[wasm_bindgen(method, getter)]
    fn length(this: &JsText) -> u32;

    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, source: &JsValue, target: &mut [u8]) -> Count;

    type Count;
    #[wasm_bindgen(method, getter)]
    fn read(this: &Count) -> u32;
    #[wasm_bindgen(method, getter)]
    fn written(this: &Count) -> u32;
}
