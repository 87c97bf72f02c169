//! The documentation of a namespace or an option, for a terminal.

mod find;
mod page;
#[cfg(test)]
mod tests;

use crate::options::{Namespace, Opt, Scope};

/// What a name stands for.
#[derive(Debug, Clone)]
enum Subject {
    Namespace(&'static Namespace),
    Option {
        /// What it belongs to: a namespace, or the name of a part of the format.
        owner: Owner,
        /// Its way from there: `tiers[].tier_value`.
        path: String,
        option: &'static Opt,
    },
    /// A part of the format: the root, endpoints, backends …
    Part(Scope),
}

/// What an option belongs to.
#[derive(Debug, Clone, Copy)]
enum Owner {
    Namespace(&'static Namespace),
    Part(Scope),
}

/// An explanation, or what the asker may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explanation {
    /// The documentation.
    Found(String),
    /// Nothing has that name; the name that is nearest, if one is near.
    Unknown(Option<String>),
}

/// Explains a namespace (`qos/ratelimit/router`), an option of one (`qos/ratelimit/router.max_rate`), an option of the
/// format (`backend.url_pattern`), any option of that name (`url_pattern`), or what is at a JSON pointer.
pub fn explain(name: &str, color: bool) -> Explanation {
    let subjects = find::subjects(name.trim());
    if subjects.is_empty() {
        return Explanation::Unknown(find::nearest(name.trim()));
    }
    Explanation::Found(page::page(&subjects, color))
}
