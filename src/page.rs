//! The front of the page: defines the element, nothing else. It is built without the feature
//! `console`; with it, as when all is built at once, there is no front to start.

fn main() {
    #[cfg(not(feature = "console"))]
    relight::front::define();
}
