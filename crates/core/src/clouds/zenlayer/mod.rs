//! Zenlayer Elastic Compute (ZEC).
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
pub(super) struct Zenlayer;
impl Protocol for Zenlayer {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn request_headers(&self) -> &'static [&'static str] {
        &["x-zc-action", "x-zc-version", "x-zc-timestamp", "x-zc-signature-method"]
    }

    fn answer_headers(&self) -> &'static [&'static str] {
        &[]
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
        sign::Zc2.prepare(sign::input(request.content(), signer))
    }
}

impl Decoder for Zenlayer {
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

impl Lister for Zenlayer {
    fn cloud(&self) -> &'static Cloud {
        &CLOUD
    }

    fn list(
        &self,
        _target: &Target,
        query: &InstanceQuery,
        cursor: Option<&str>,
    ) -> Request<Unsigned> {
        request::list(query, cursor)
    }

    fn decode_list(&self, cursor: Option<&str>, response: &Response) -> Result<ListPage, Fault> {
        decode::list_page(request::page_number(cursor), request::PAGE_SIZE, response)
    }
}
