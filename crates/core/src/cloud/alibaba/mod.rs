//! (being written)

mod errors;
