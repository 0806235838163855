//! Instances that are left for later while something else is done with some of them. Nothing that was
//! filled in is lost by going on with a part of it.

use crate::{form::Form, model::instance_id::InstanceId};
use std::collections::HashSet;

/// A form as it was, and those of its instances that nothing has been asked for since.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred {
    form: Form,
    ids: Vec<InstanceId>,
}

impl Deferred {
    /// The form as it is, before some of its instances are gone on with.
    pub(super) fn of(form: &Form) -> Self {
        Deferred {
            form: form.clone(),
            ids: form.parsed().ids.iter().map(|parsed| parsed.id.clone()).collect(),
        }
    }

    /// The form that they are in.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Those that would come back, beside what is in this form now.
    pub fn beside(&self, form: &Form) -> usize {
        if form.cloud() != self.form.cloud() {
            return self.ids.len();
        }
        let here: HashSet<&str> =
            form.parsed().ids.iter().map(|parsed| parsed.id.as_str()).collect();
        self.ids.iter().filter(|id| !here.contains(id.as_str())).count()
    }

    /// Takes out what is asked for. False if nothing is left.
    pub(super) fn without(&mut self, sent: &HashSet<&str>) -> bool {
        self.ids.retain(|id| !sent.contains(id.as_str()));
        !self.ids.is_empty()
    }

    /// The form with what is left of its instances, as it may be filled in now.
    pub(super) fn restore(self, now: &Form) -> Form {
        self.form.restored(&self.ids, now)
    }
}
