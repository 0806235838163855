//! The form: what to do, to which instances, with which key.

pub(crate) mod compose;
pub(crate) mod target;
pub(crate) mod advanced;
pub(crate) mod find_region;
pub(crate) mod locked;
pub(crate) mod copy_link;
pub(crate) mod unusable;
pub(crate) mod ids;
pub(crate) mod last_ids;
pub(crate) mod field_error;
pub(crate) mod credential;
pub(crate) mod key_details;
pub(crate) mod saved_keys;
pub(crate) mod select;
