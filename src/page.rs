//! The front of the page: defines the element, nothing else.

fn main() {
    relight::front::define();
}
