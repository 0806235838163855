//! The measurements of BENCHMARKS.md.

use anyhow::{Result, bail};
use lexopt::Parser;

/// Measures and writes BENCHMARKS.md. Refused until there is a harness to run.
pub(crate) fn run(_arguments: Parser) -> Result<()> {
    bail!("there is no benchmark yet")
}
