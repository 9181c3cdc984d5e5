//! Whatever happens, in whatever order: once all is well again, what was asked for runs once and nothing else does.
use super::*;
