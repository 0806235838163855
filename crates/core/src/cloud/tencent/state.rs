//! The states of this cloud's instances, and which orders they allow.

use crate::{
    answer::InstanceState,
    eligibility::{Eligibility, SkipReason},
    plan::Order,
};

pub(super) fn eligibility(_order: &Order, _instance: &InstanceState) -> Eligibility {
    Eligibility::Skipped(SkipReason::Busy)
}
