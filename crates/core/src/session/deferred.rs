//! Deferred instances: the rest of a form while part of it is sent, so that nothing that was filled
//! in is lost.

use crate::{form::Form, model::instance_id::InstanceId};
use std::collections::HashSet;

/// A form, and those of its instances that were not sent since.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred {
    form: Form,
    ids: Vec<InstanceId>,
}

impl Deferred {
    /// The form before part of it is sent.
    pub(super) fn of(form: &Form) -> Self {
        Deferred {
            form: form.clone(),
            ids: form.parsed().ids.iter().map(|parsed| parsed.id.clone()).collect(),
        }
    }

    /// The form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The number of instances that restoring would add to this form.
    pub fn beside(&self, form: &Form) -> usize {
        if form.cloud() != self.form.cloud() {
            return self.ids.len();
        }
        let here: HashSet<&str> =
            form.parsed().ids.iter().map(|parsed| parsed.id.as_str()).collect();
        self.ids.iter().filter(|id| !here.contains(id.as_str())).count()
    }

    /// Removes instances that were sent. False if none is left.
    pub(super) fn without(&mut self, sent: &HashSet<&str>) -> bool {
        self.ids.retain(|id| !sent.contains(id.as_str()));
        !self.ids.is_empty()
    }

    /// The form with the remaining instances, under the current limits.
    pub(super) fn restore(self, now: &Form) -> Form {
        self.form.restored(&self.ids, now)
    }
}
