//! One room per namespace of `extra_config`, in folders as the names have them: the options of a feature, then what it does.

use crate::registry::Namespace;

/// Every namespace.
pub(crate) static NAMESPACES: &[&Namespace] = &[];
