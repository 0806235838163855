//! Components and helpers shared by several pages.

pub(crate) mod connection;
pub(crate) mod copy;
pub(crate) mod undo;
pub(crate) mod copy_as;
pub(crate) mod dom;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod page_link;
pub(crate) mod pager;
pub(crate) mod shortcuts;
pub(crate) mod throttled;
pub(crate) mod unsigned;
pub(crate) mod untrusted_text;
