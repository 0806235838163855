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

/// How a cloud is asked: hosts, requests and signatures. All functions are pure.
pub trait Protocol: Sync {
    /// Whose it is.
    fn cloud(&self) -> &'static Cloud;

    /// The headers of this cloud's own that its requests may have, in lower case.
    fn request_headers(&self) -> &'static [&'static str];

    /// The headers of this cloud's own that its answers are read for, in lower case.
    fn answer_headers(&self) -> &'static [&'static str];

    /// The host that a request to this target is signed for and must reach.
    fn host(&self, target: &Target) -> String;

    /// The request that carries out a batch.
    fn request(&self, batch: &Batch) -> Request<Unsigned>;

    /// A request that only reads. It changes nothing and may be repeated. Ids beyond the limit of
    /// that read are the caller's mistake and left out.
    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned>;

    /// The request that reads state, name, zone and address of up to
    /// [`Cloud::describe_ids_max`] instances: [`Protocol::read`] of [`Read::Instances`].
    fn describe(&self, target: &Target, ids: &[InstanceId]) -> Request<Unsigned> {
        self.read(target, Read::Instances, ids)
    }

    /// The signing algorithms, by the names that stand in their string to sign; the first is the
    /// one that [`Protocol::prepare`] uses. Never empty.
    fn algorithms(&self) -> &'static [&'static dyn Algorithm];

    /// Everything of a signed request but the MAC: adds time, nonce, key id and token.
    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared;

    /// The same with the algorithm of this name; `None` if the cloud has none of that name.
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

/// What a request that only reads asks for.
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
