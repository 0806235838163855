//! `signRequest` alone, for programs that want nothing else. It is built with the feature `signing` alone.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// No byte of this program's memory outlives what it belonged to.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

// What is exported stands in `relight::api`.
use relight as _;

// There is nothing to start.
fn main() {}
