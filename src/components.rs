//! What is drawn, one component a file: values in, [`Intent`](crate::store::Intent)s out. None of them holds
//! what is sent. What is small and has no state is a function.

pub(crate) mod common;
pub(crate) mod form;
pub(crate) mod instances;
pub(crate) mod review;
pub(crate) mod run;
pub(crate) mod errors;
