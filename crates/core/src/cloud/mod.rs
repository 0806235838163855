//! The clouds: one folder each, and the one list that everything walks.
//!
//! Facts about a cloud are data in its [`Manifest`]; what differs by algorithm is the trait
//! [`Cloud`]. Nothing outside `cloud/<name>/` spells a cloud's name: adding one is a folder with the
//! same file names and a line in [`ALL`].

mod alibaba;
mod manifest;
mod tencent;
#[cfg(all(test, feature = "engine"))]
mod testing;
mod zenlayer;

use std::fmt;

pub use manifest::{
    Credential, IdGrammar, Manifest, Mode, Operation, Parameter, ParameterKind, Region, Regions,
    Role, Shape, Site, Verb,
};

#[cfg(feature = "engine")]
use crate::{
    answer::{BatchAnswer, Described, DescribedInstance, Response},
    eligibility::Eligibility,
    plan::OperationSpec,
};
#[cfg(feature = "signing")]
use crate::{
    ids::InstanceId,
    plan::{Batch, Target},
    request::{Request, Unsigned},
    sign::{Algorithm, Prepared, Signer},
};

/// Every cloud, in the order in which they are offered.
pub static ALL: &[&dyn Cloud] = &[&alibaba::Alibaba, &tencent::Tencent, &zenlayer::Zenlayer];

/// The cloud with this id.
pub fn by_id(id: &str) -> Option<&'static dyn Cloud> {
    ALL.iter().copied().find(|cloud| cloud.manifest().id == id)
}

/// What differs between the clouds by algorithm. All functions are pure.
pub trait Cloud: Sync {
    /// The cloud's facts.
    fn manifest(&self) -> &'static Manifest;

    /// The host that a request to this target is signed for and must reach.
    #[cfg(feature = "signing")]
    fn host(&self, target: &Target) -> String;

    /// The request that carries out a batch.
    #[cfg(feature = "signing")]
    fn request(&self, batch: &Batch) -> Request<Unsigned>;

    /// A request that only reads. It changes nothing and may be repeated. Ids beyond the limit of
    /// that read are the caller's mistake and left out.
    #[cfg(feature = "signing")]
    fn read(&self, target: &Target, read: Read, ids: &[InstanceId]) -> Request<Unsigned>;

    /// The request that reads state, name, zone and address of up to
    /// [`Manifest::describe_ids_max`] instances: [`Cloud::read`] of [`Read::Instances`].
    #[cfg(feature = "signing")]
    fn describe(&self, target: &Target, ids: &[InstanceId]) -> Request<Unsigned> {
        self.read(target, Read::Instances, ids)
    }

    /// The signing algorithms, by the names that stand in their string to sign; the first is the
    /// one that [`Cloud::prepare`] uses. Never empty.
    #[cfg(feature = "signing")]
    fn algorithms(&self) -> &'static [&'static dyn Algorithm];

    /// Everything of a signed request but the MAC: adds time, nonce, key id and token.
    #[cfg(feature = "signing")]
    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared;

    /// The same with the algorithm of this name; `None` if the cloud has none of that name.
    #[cfg(feature = "signing")]
    fn prepare_with(
        &self,
        algorithm: &str,
        request: &Request<Unsigned>,
        signer: &Signer,
    ) -> Option<Prepared> {
        let first = self.algorithms().first()?;
        (first.name() == algorithm).then(|| self.prepare(request, signer))
    }

    /// What an answer says of each instance of the batch: exactly one outcome for each, in the
    /// batch's order. Never panics and never guesses: what is not understood is `unknown`.
    #[cfg(feature = "engine")]
    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer;

    /// What a describe answer says, or the error in it.
    #[cfg(feature = "engine")]
    fn decode_describe(&self, response: &Response) -> Described;

    /// Whether the order may be carried out on an instance in this state, and why not.
    #[cfg(feature = "engine")]
    fn eligibility(&self, spec: &OperationSpec, instance: &DescribedInstance) -> Eligibility;

    /// The smallest policy that allows this and nothing else, as the JSON text that the cloud's
    /// console takes. `None` where the cloud has no policies that could be written down.
    #[cfg(feature = "engine")]
    fn policy(&self, grant: &Grant<'_>) -> Option<String>;
}

/// What a policy is to allow.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The operation, by the cloud's own name, or as its policies spell it: `RebootInstances`,
    /// `product:RebootInstances`.
    pub action: &'a str,
    /// The resources as the cloud itself named them; if there are any, region and ids are not used.
    pub resources: &'a [&'a str],
    /// The region; empty if it is not known, which then means every one.
    pub region: &'a str,
    /// The instances; empty means all of the region.
    pub instance_ids: &'a [&'a str],
    /// Whether to allow the read that the console makes before and after, too.
    pub with_reads: bool,
}

impl Grant<'_> {
    /// The resources that it is for: as the cloud named them, or each instance by its name in the
    /// cloud's notation, where `*` is all of them.
    fn resource_names(&self, of_instance: impl Fn(&str) -> String) -> Vec<String> {
        if !self.resources.is_empty() {
            self.resources.iter().map(|resource| (*resource).to_owned()).collect()
        } else if self.instance_ids.is_empty() {
            vec![of_instance("*")]
        } else {
            self.instance_ids.iter().map(|id| of_instance(id)).collect()
        }
    }
}

/// What a request that only reads asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// State, name, zone and address of up to [`Manifest::describe_ids_max`] instances.
    Instances,
    /// The state alone, of up to [`Manifest::status_ids_max`] instances.
    Status,
    /// The regions of the cloud, or its zones where requests have no regions. Takes no ids.
    Places,
}

impl Read {
    /// Every read.
    pub const ALL: [Read; 3] = [Read::Instances, Read::Status, Read::Places];
}

impl PartialEq for dyn Cloud {
    fn eq(&self, other: &Self) -> bool {
        self.manifest().id == other.manifest().id
    }
}

impl Eq for dyn Cloud {}

impl fmt::Debug for dyn Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.manifest().id)
    }
}
