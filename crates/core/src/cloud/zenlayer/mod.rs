//! Zenlayer Elastic Compute (ZEC).

mod decode;
mod errors;
mod manifest;
mod request;
mod sign;
mod state;
#[cfg(test)]
mod tests;

use crate::{
    answer::{BatchAnswer, Described, InstanceState, Response},
    cloud::{Cloud, Manifest, Read},
    eligibility::Eligibility,
    ids::InstanceId,
    plan::{Batch, Order, Target},
    request::{Request, Unsigned},
    sign::{Algorithm, Prepared, Signer},
};

pub(super) struct Zenlayer;

impl Cloud for Zenlayer {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn host(&self, _: &Target) -> String {
        request::HOST.to_owned()
    }

    fn request(&self, batch: &Batch) -> Request<Unsigned> {
        request::operation(batch)
    }

    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
        request::read(target, read, ids)
    }

    fn algorithms(&self) -> &'static [&'static dyn Algorithm] {
        &[&sign::Zc2]
    }

    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared {
        sign::Zc2.prepare(&sign::input(request.content(), signer))
    }

    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer {
        decode::decode(batch, response)
    }

    fn decode_describe(&self, response: &Response) -> Described {
        decode::describe(response)
    }

    fn eligibility(&self, order: &Order, instance: &InstanceState) -> Eligibility {
        state::eligibility(order, instance)
    }
}
