//! Prints the JSON Schema of `relight.json`, as it is published in `static/relight.schema.json`.

fn main() {
    print!("{}", relight_core::config::schema());
}
