//! The module's entry: defines the element, nothing else.

fn main() {
    relight::mount::define();
}
