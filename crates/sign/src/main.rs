//! `relight/sign`: `signRequest` alone, for programs that want nothing else.

use js_sys::Promise;
use std::alloc::System;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Signs a request, given field by field or as a call of a cloud's operation.
///
/// The secret is used once, as the key of a MAC; its copies in the module's memory are wiped. The
/// promise is rejected with a `RelightError` when the input is not complete or breaks a rule.
#[wasm_bindgen(js_name = signRequest, unchecked_return_type = "Promise<SignedRequest>")]
pub fn sign_request(
    #[wasm_bindgen(unchecked_param_type = "SignInput")] input: &JsValue,
) -> Promise {
    relight_sign::sign_request(input)
}

// There is nothing to start.
fn main() {}
