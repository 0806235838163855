//! The clouds: one folder each, and the one list of them.
//!
//! The facts about a cloud are data, its [`Cloud`]; its algorithms are in three traits:
//! [`Protocol`] for requests, [`Decoder`] for responses, [`Lister`] for lists. They are looked up
//! by cloud and not stored in it because a vtable links all of its methods: the form must not link
//! signatures, decoders or error texts. Nothing outside `clouds/<name>/` spells a cloud's name:
//! adding one is a folder with the same file names and a line in the list.

mod alibaba;
pub(crate) mod body;
mod command_line;
mod decoder;
mod errors;
pub mod headers;
mod lister;
mod protocol;
mod tencent;
#[cfg(test)]
mod testing;
mod xml;
mod zenlayer;

use crate::{
    model::{
        cloud::Cloud,
        plan::{Batch, Target},
    },
    signing::{
        Algorithm,
        request::{Request, Unsigned},
    },
};
pub use command_line::{CommandLine, UNSIGNED, curl};
pub use decoder::{Catalogue, Decoder, Grant};
pub use errors::effect;
pub(crate) use errors::{effect_on, family, is_common, unknown_effect};
pub use lister::Lister;
pub use protocol::{Protocol, Read};

/// Makes the lists of facts and of trait objects from the one list of clouds.
macro_rules! clouds {
    ($($folder:ident::$name:ident),+ $(,)?) => {
        /// Every cloud, in the order in which they are offered.
        pub static ALL: &[&Cloud] = &[$(&$folder::CLOUD),+];
        static PROTOCOLS: &[&dyn Protocol] = &[$(&$folder::$name),+];
        static DECODERS: &[&dyn Decoder] = &[$(&$folder::$name),+];
        static LISTERS: &[&dyn Lister] = &[$(&$folder::$name),+];
        // Not in a trait, so that programs that only sign do not contain it.
        static COMMAND_LINES: &[fn(&Batch) -> CommandLine] = &[$($folder::command_line),+];
    };
}

clouds![alibaba::Alibaba, tencent::Tencent, zenlayer::Zenlayer];

/// The cloud with this id.
pub fn by_id(id: &str) -> Option<&'static Cloud> {
    ALL.iter().copied().find(|cloud| cloud.id == id)
}

/// The protocol of a cloud.
#[allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "every cloud is in each of the lists: one macro writes them"
)]
pub fn protocol(cloud: &Cloud) -> &'static dyn Protocol {
    let mut all = PROTOCOLS.iter().copied();
    all.find(|protocol| protocol.cloud() == cloud).expect("a cloud of the list")
}

/// The lister of a cloud.
#[allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "every cloud is in each of the lists: one macro writes them"
)]
pub fn lister(cloud: &Cloud) -> &'static dyn Lister {
    let mut all = LISTERS.iter().copied();
    all.find(|lister| lister.cloud() == cloud).expect("a cloud of the list")
}

/// The host of requests to a target, as it is signed.
pub fn host(target: &Target) -> String {
    protocol(target.cloud).host(target)
}

/// The request that carries out a batch.
pub fn request(batch: &Batch) -> Request<Unsigned> {
    protocol(batch.spec().target().cloud).request(batch)
}

/// The batch as a command of the vendor's own tool, which signs with its configured key.
#[allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "every cloud is in each of the lists: one macro writes them"
)]
pub fn command_line(batch: &Batch) -> CommandLine {
    let mut all = ALL.iter().zip(COMMAND_LINES);
    let (_, line) =
        all.find(|(cloud, _)| **cloud == batch.spec().target().cloud).expect("a cloud of the list");
    line(batch)
}

/// The algorithm with this name, of any cloud.
///
/// ```
/// use relight_core::clouds::algorithm;
///
/// assert!(algorithm("TC3-HMAC-SHA256").is_some());
/// assert!(algorithm("HMAC-MD5").is_none());
/// ```
pub fn algorithm(name: &str) -> Option<&'static dyn Algorithm> {
    let mut all = PROTOCOLS.iter().flat_map(|protocol| protocol.algorithms()).copied();
    all.find(|algorithm| algorithm.name() == name)
}

/// The decoder of a cloud.
#[allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "every cloud is in each of the lists: one macro writes them"
)]
pub fn decoder(cloud: &Cloud) -> &'static dyn Decoder {
    let mut all = DECODERS.iter().copied();
    all.find(|decoder| decoder.cloud() == cloud).expect("a cloud of the list")
}

/// The catalogue of a cloud's errors.
pub fn catalogue(cloud: &Cloud) -> &'static Catalogue {
    decoder(cloud).catalogue()
}
