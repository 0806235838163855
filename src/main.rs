//! The program's entry: defines the element, nothing else.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// No byte of this program's memory outlives what it belonged to.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() {
    relight::element::define();
}
