//! The functions of the module without the console, for programs that draw nothing. It is built with
//! the feature `functions` alone.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// No byte of this program's memory outlives what it belonged to.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

// What is exported stands in `relight::api`.
use relight as _;

// There is nothing to start.
fn main() {}
