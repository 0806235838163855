//! Trunk's entry: defines the element, nothing else.

fn main() {
    relight::element::define();
}
