//! Tencent Cloud CVM, API version 2017-03-12.

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

pub(super) struct Tencent;

impl Cloud for Tencent {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn host(&self, target: &Target) -> String {
        request::host(target)
    }

    fn request(&self, batch: &Batch) -> Request<Unsigned> {
        request::operation(batch)
    }

    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
        request::read(target, read, ids)
    }

    fn algorithms(&self) -> &'static [&'static dyn Algorithm] {
        &[&sign::Tc3]
    }

    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared {
        sign::Tc3.prepare(&sign::input(request.content(), signer))
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
