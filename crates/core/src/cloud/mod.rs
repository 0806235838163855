//! The clouds: one folder each, and the one list that everything walks.
//!
//! Facts about a cloud are data in its [`Manifest`]; what differs by algorithm is in two traits:
//! [`Protocol`] for what is sent, [`Decoder`] for what comes back. They are apart from [`Cloud`]
//! because a vtable brings all of its methods along: what only shows a form is to have no signature,
//! decoder or error text with it. Nothing outside `cloud/<name>/` spells a cloud's name: adding one
//! is a folder with the same file names and a line in the list.

mod alibaba;
#[cfg(feature = "engine")]
mod decoder;
mod manifest;
#[cfg(feature = "signing")]
mod protocol;
mod tencent;
#[cfg(all(test, feature = "engine"))]
mod testing;
mod zenlayer;

use std::fmt;

#[cfg(feature = "signing")]
use crate::sign::Algorithm;

#[cfg(feature = "engine")]
pub use decoder::{Catalogue, Decoder, Grant};
pub use manifest::{
    Credential, IdGrammar, Manifest, Mode, Operation, Parameter, ParameterKind, Region, Regions,
    Role, Shape, Site, Verb,
};
#[cfg(feature = "signing")]
pub use protocol::{Protocol, Read};

/// Makes a list of each trait out of the one list of clouds.
macro_rules! clouds {
    ($($cloud:path),+ $(,)?) => {
        /// Every cloud, in the order in which they are offered.
        pub static ALL: &[&dyn Cloud] = &[$(&$cloud),+];

        #[cfg(feature = "signing")]
        static PROTOCOLS: &[&dyn Protocol] = &[$(&$cloud),+];

        #[cfg(feature = "engine")]
        static DECODERS: &[&dyn Decoder] = &[$(&$cloud),+];
    };
}

clouds![alibaba::Alibaba, tencent::Tencent, zenlayer::Zenlayer];

/// The cloud with this id.
pub fn by_id(id: &str) -> Option<&'static dyn Cloud> {
    ALL.iter().copied().find(|cloud| cloud.manifest().id == id)
}

/// How a cloud is asked.
#[cfg(feature = "signing")]
#[allow(clippy::expect_used, reason = "every cloud is in each of the lists: one macro writes them")]
pub fn protocol(cloud: &dyn Cloud) -> &'static dyn Protocol {
    let is_of = |one: &&&dyn Protocol| one.manifest().id == cloud.manifest().id;
    PROTOCOLS.iter().find(is_of).copied().expect("a cloud of the list")
}

/// Every signing algorithm of every cloud.
#[cfg(feature = "signing")]
pub(crate) fn algorithms() -> impl Iterator<Item = &'static dyn Algorithm> {
    PROTOCOLS.iter().flat_map(|protocol| protocol.algorithms()).copied()
}

/// What a cloud's answers mean.
#[cfg(feature = "engine")]
pub fn decoder(cloud: &dyn Cloud) -> &'static dyn Decoder {
    decoder_of(cloud.manifest())
}

/// What is known of a cloud's errors.
#[cfg(feature = "engine")]
pub fn catalogue(manifest: &Manifest) -> &'static Catalogue {
    decoder_of(manifest).catalogue()
}

#[cfg(feature = "engine")]
#[allow(clippy::expect_used, reason = "every cloud is in each of the lists: one macro writes them")]
fn decoder_of(manifest: &Manifest) -> &'static dyn Decoder {
    let is_of = |one: &&&dyn Decoder| one.manifest().id == manifest.id;
    DECODERS.iter().find(is_of).copied().expect("a cloud of the list")
}

/// A cloud by its facts: all that a form needs.
pub trait Cloud: Sync {
    /// The cloud's facts.
    fn manifest(&self) -> &'static Manifest;
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
