//! Lists of a region's instances.

use crate::{
    model::{
        cloud::Cloud,
        outcome::{Fault, ListPage, Response},
        plan::Target,
        query::InstanceQuery,
    },
    signing::request::{Request, Unsigned},
};

/// How a cloud's instances are listed. Separate from [`Protocol`](super::Protocol) and
/// [`Decoder`](super::Decoder), so that programs that sign or decode do not contain it. All
/// functions are pure.
pub trait Lister: Sync {
    /// The cloud.
    fn cloud(&self) -> &'static Cloud;

    /// The request for a page of the list of a region's instances, at `cursor`
    /// ([`ListPage::next`](crate::model::outcome::ListPage::next)). It changes nothing and may be
    /// repeated.
    ///
    /// Only what the cloud compares exactly is filtered there: tags, some states, whole zones. The
    /// rest of the query is matched here, so that it means the same for every cloud.
    fn list(
        &self,
        target: &Target,
        query: &InstanceQuery,
        cursor: Option<&str>,
    ) -> Request<Unsigned>;

    /// The page that [`Lister::list`] requested at this cursor, or its error.
    fn decode_list(&self, cursor: Option<&str>, response: &Response) -> Result<ListPage, Fault>;
}
