//! The list of instances to choose from, and selections with a name.

pub(crate) mod picker;
mod selections;
mod table;
