//! Alibaba Cloud ECS, API version 2014-05-26.

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

pub(super) struct Alibaba;

impl Cloud for Alibaba {
    fn manifest(&self) -> &'static Manifest {
        &manifest::MANIFEST
    }

    fn host(&self, target: &Target) -> String {
        request::host(&target.region)
    }

    fn request(&self, batch: &Batch) -> Request<Unsigned> {
        request::operation(batch)
    }

    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned> {
        request::read(target, read, ids)
    }

    fn algorithms(&self) -> &'static [&'static dyn Algorithm] {
        &[&sign::Acs3, &sign::AcsV1]
    }

    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared {
        sign::Acs3.prepare(&sign::acs3_input(request.content(), signer))
    }

    fn prepare_with(
        &self,
        algorithm: &str,
        request: &Request<Unsigned>,
        signer: &Signer,
    ) -> Option<Prepared> {
        if algorithm == sign::Acs3.name() {
            Some(self.prepare(request, signer))
        } else if algorithm == sign::AcsV1.name() {
            Some(sign::AcsV1.prepare(&sign::acs_v1_input(request.content(), signer)))
        } else {
            None
        }
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
