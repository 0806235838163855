//! Plain types, and what follows from their values alone: no list of clouds, no signature, no answer is
//! read here. A plan names its cloud by its facts.

pub mod cloud;
pub mod eligibility;
pub mod instance_id;
pub mod limits;
pub mod outcome;
pub mod plan;
pub mod query;
pub mod route;
