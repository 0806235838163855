//! What an answer of this cloud says.

use crate::{
    answer::{BatchAnswer, Described, Fault, Outcome, Response},
    plan::Batch,
};

pub(super) fn decode(batch: &Batch, response: &Response) -> BatchAnswer {
    let fault = Fault::layer("not-understood", response.body.clone());
    BatchAnswer::uniform(batch.ids(), None, Outcome::Unknown, Some(fault))
}

pub(super) fn describe(response: &Response) -> Described {
    Described::Failed(Fault::layer("not-understood", response.body.clone()))
}
