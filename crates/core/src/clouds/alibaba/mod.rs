//! Alibaba Cloud ECS, API version 2014-05-26.
mod command_line;
mod decode;
mod errors;
mod manifest;
mod policy;
mod request;
mod sign;
mod state;
#[cfg(test)]
mod tests;
use super::{Catalogue, Decoder, Grant};
use super::{Lister, Protocol, Read};
use crate::{
    model::{
        cloud::Cloud,
        eligibility::Eligibility,
        instance_id::InstanceId,
        outcome::{BatchAnswer, Described, DescribedInstance, Fault, ListPage, Response},
        plan::{Batch, OperationSpec, Target},
        query::InstanceQuery,
    },
    signing::{
        Algorithm, Prepared, Signer,
        request::{Request, Unsigned},
    },
};

pub(super) use command_line::command_line;
pub(super) use manifest::CLOUD;

/// The protocol and decoder of this cloud.
pub(super) struct Alibaba;
impl Protocol for Alibaba {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn request_headers(&self) -> &'static [&'static str] {
        &[
            "x-acs-action",
            "x-acs-version",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-content-sha256",
            "x-acs-security-token",
        ]
    }

    fn answer_headers(&self) -> &'static [&'static str] {
        &["x-acs-request-id"]
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
        sign::Acs3.prepare(sign::acs3_input(request.content(), signer))
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
            Some(sign::AcsV1.prepare(sign::acs_v1_input(request.content(), signer)))
        } else {
            None
        }
    }
}

impl Decoder for Alibaba {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer {
        decode::decode(batch, response)
    }

    fn decode_describe(&self, response: &Response) -> Described {
        decode::describe(response)
    }

    fn eligibility(&self, spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility {
        state::eligibility(spec, instance)
    }

    fn policy(&self, grant: &Grant<'_>) -> Option<String> {
        policy::policy(grant)
    }

    fn catalogue(&self) -> &'static Catalogue {
        &errors::CATALOGUE
    }
}

impl Lister for Alibaba {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn list(
        &self,
        target: &Target,
        query: &InstanceQuery,
        cursor: Option<&str>,
    ) -> Request<Unsigned> {
        request::list(target, query, cursor)
    }

    fn decode_list(&self, _cursor: Option<&str>, response: &Response) -> Result<ListPage, Fault> {
        decode::list_page(response)
    }
}
