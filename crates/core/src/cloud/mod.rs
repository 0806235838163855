//! The clouds: one folder each, and the one list that everything walks.

pub mod alibaba;
pub mod tencent;
pub mod zenlayer;
