//! What is sent to a cloud.

use crate::{
    model::{
        cloud::Cloud,
        instance_id::InstanceId,
        plan::{Batch, Target},
    },
    signing::{
        Algorithm, Prepared, Signer,
        request::{Request, Unsigned},
    },
};

/// A cloud's hosts, requests and signatures. All functions are pure.
pub trait Protocol: Sync {
    /// The cloud.
    fn cloud(&self) -> &'static Cloud;

    /// The cloud's own request headers, in lower case.
    fn request_headers(&self) -> &'static [&'static str];

    /// The cloud's own response headers that are read, in lower case.
    fn answer_headers(&self) -> &'static [&'static str];

    /// The host of requests to this target, as it is signed.
    fn host(&self, target: &Target) -> String;

    /// The request that carries out a batch.
    fn request(&self, batch: &Batch) -> Request<Unsigned>;

    /// A read-only request. It may be repeated. Ids beyond the limit of the read are ignored: the
    /// caller must not pass them.
    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned>;

    /// The request that reads state, name, zone and address of up to
    /// [`Cloud::describe_ids_max`] instances: [`Protocol::read`] of [`Read::Instances`].
    fn describe(&self, target: &Target, ids: &[InstanceId]) -> Request<Unsigned> {
        self.read(target, Read::Instances, ids)
    }

    /// The signing algorithms, by their names in the string to sign; [`Protocol::prepare`] uses the
    /// first. Never empty.
    fn algorithms(&self) -> &'static [&'static dyn Algorithm];

    /// A signed request without its MAC: adds time, nonce, key id and token.
    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared;

    /// The same with the algorithm of this name; `None` if the cloud has no such algorithm.
    fn prepare_with(
        &self,
        algorithm: &str,
        request: &Request<Unsigned>,
        signer: &Signer,
    ) -> Option<Prepared> {
        let first = self.algorithms().first()?;
        (first.name() == algorithm).then(|| self.prepare(request, signer))
    }
}

/// The kinds of read-only requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// State, name, zone and address of up to [`Cloud::describe_ids_max`] instances.
    Instances,
    /// The state alone, of up to [`Cloud::status_ids_max`] instances.
    Status,
    /// The regions of the cloud, or its zones where requests have no regions. Takes no ids.
    Places,
}

impl Read {
    /// Every read.
    pub const ALL: [Read; 3] = [Read::Instances, Read::Status, Read::Places];
}
