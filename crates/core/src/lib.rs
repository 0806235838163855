//! Relight's pure core.
