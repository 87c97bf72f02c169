//! What options do together.

use super::findings::Findings;
use crate::config::node::Node;

/// Checks what a whole document means.
pub(super) fn check(_root: &Node, _findings: &mut Findings<'_>) {}
