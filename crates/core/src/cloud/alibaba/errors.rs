//! The errors of this cloud: one entry an error, nowhere else.

use crate::explain::Entry;

pub(crate) static ERRORS: &[Entry] = &[];
