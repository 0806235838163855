//! The list of a region's instances.

use crate::{
    model::{
        cloud::Cloud,
        outcome::{Fault, ListPage, Response},
        plan::Target,
        query::InstanceQuery,
    },
    signing::request::{Request, Unsigned},
};

/// How a cloud's instances are listed. Apart from [`Protocol`](super::Protocol) and
/// [`Decoder`](super::Decoder): who signs or decodes lists nothing. All functions are pure.
pub trait Lister: Sync {
    /// Whose it is.
    fn cloud(&self) -> &'static Cloud;

    /// The request for a page of the list of a region's instances, from `cursor` on
    /// ([`ListPage::next`](crate::model::outcome::ListPage::next)). It changes nothing and may be
    /// repeated.
    ///
    /// What a cloud compares exactly is asked of it: tags, some states, whole zones. The rest of the
    /// query is not, so that it finds the same in every cloud; what comes is searched once more.
    fn list(
        &self,
        target: &Target,
        query: &InstanceQuery,
        cursor: Option<&str>,
    ) -> Request<Unsigned>;

    /// The page that [`Lister::list`] has asked for from this cursor on, or
    /// the error in its place.
    fn decode_list(&self, cursor: Option<&str>, response: &Response) -> Result<ListPage, Fault>;
}
