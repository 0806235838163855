//! The clouds: one folder each, and the one list that everything walks.
//!
//! Facts about a cloud are data in its [`Manifest`]; what differs by algorithm is the trait
//! [`Cloud`]. Nothing outside `cloud/<name>/` spells a cloud's name: adding one is a folder with the
//! same file names and a line in [`ALL`].

mod alibaba;
mod manifest;
mod tencent;
mod zenlayer;

use std::fmt;

pub use manifest::{
    Credential, IdGrammar, Manifest, Mode, Operation, Parameter, ParameterKind, Region, Regions,
    Role, Shape, Site, Verb,
};

use crate::{
    answer::{BatchAnswer, Described, InstanceState, Response},
    eligibility::Eligibility,
    ids::InstanceId,
    plan::{Batch, Order, Target},
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
    fn host(&self, target: &Target) -> String;

    /// The request that carries out a batch.
    fn request(&self, batch: &Batch) -> Request<Unsigned>;

    /// The request that reads state, name, zone and address of up to
    /// [`Manifest::describe_ids_max`] instances (ids beyond that are the caller's mistake and left
    /// out). It changes nothing and may be repeated.
    fn describe(&self, target: &Target, ids: &[InstanceId]) -> Request<Unsigned>;

    /// The signing algorithms, by the names that stand in their string to sign; the first is the
    /// one that [`Cloud::prepare`] uses.
    fn algorithms(&self) -> &'static [&'static dyn Algorithm];

    /// Everything of a signed request but the MAC: adds time, nonce, key id and token.
    fn prepare(&self, request: &Request<Unsigned>, signer: &Signer) -> Prepared;

    /// What an answer says of each instance of the batch: exactly one outcome for each, in the
    /// batch's order. Never panics and never guesses: what is not understood is `unknown`.
    fn decode(&self, batch: &Batch, response: &Response) -> BatchAnswer;

    /// What a describe answer says, or the error in it.
    fn decode_describe(&self, response: &Response) -> Described;

    /// Whether the order may be carried out on an instance in this state, and why not.
    fn eligibility(&self, order: &Order, instance: &InstanceState) -> Eligibility;
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
