//! What stands on more than one page.

pub(crate) mod copy;
pub(crate) mod dom;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod page_link;
pub(crate) mod pager;
pub(crate) mod untrusted_text;
