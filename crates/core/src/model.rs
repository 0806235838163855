//! Plain types and what follows from their values alone. Nothing here knows the list of clouds,
//! signs or decodes. A plan refers to its cloud by its facts.

pub mod cloud;
pub mod eligibility;
pub mod instance_id;
pub mod limits;
pub mod outcome;
pub mod plan;
pub mod query;
pub mod route;
