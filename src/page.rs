//! The front of the page: defines the element, nothing else. It is built without the feature
//! `console`; with it, as when all is built at once, there is no front to start.

/// Small. Unlike the module's it wipes nothing: the front signs nothing, so there are no copies of a
/// token, and its own the vault wipes.
#[cfg(all(target_arch = "wasm32", not(feature = "signing")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    #[cfg(not(feature = "signing"))]
    relight::front::define();
}
