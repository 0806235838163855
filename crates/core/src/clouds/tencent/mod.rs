//! Tencent Cloud CVM, API version 2017-03-12.
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
pub(super) struct Tencent;
impl Protocol for Tencent {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn request_headers(&self) -> &'static [&'static str] {
        &[
            "x-tc-action",
            "x-tc-version",
            "x-tc-region",
            "x-tc-timestamp",
            "x-tc-token",
            "x-tc-language",
        ]
    }

    fn answer_headers(&self) -> &'static [&'static str] {
        &[]
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
        sign::Tc3.prepare(sign::input(request.content(), signer))
    }
}

impl Decoder for Tencent {
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

impl Lister for Tencent {
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

    fn decode_list(&self, cursor: Option<&str>, response: &Response) -> Result<ListPage, Fault> {
        decode::list_page(request::offset(cursor), response)
    }
}
