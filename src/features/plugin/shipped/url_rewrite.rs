//! `url-rewrite`: serves endpoints under other paths.

use std::fmt;

use fjord_document::node::Node;
use fjord_pattern::{Finder, LINE_VISITS, Replacement};

use crate::gateway::Rewrite;
use crate::options::check::{Findings, Spot, looks};
use crate::options::{Options, Refusal, is_comment};

/// Paths and what they become.
pub(in crate::features::plugin) struct UrlRewrite {
    literal: Vec<(Box<str>, Box<str>)>,
    regexp: Vec<(Finder, Replacement)>,
}

/// No path is longer.
const LONGEST: usize = 16 << 10;

// === impl UrlRewrite ===

impl UrlRewrite {
    /// Reads the options.
    ///
    /// # Errors
    /// If there is nothing to rewrite, or a pattern isn't one.
    pub fn compile(options: &Options<'_>) -> Result<Self, Refusal> {
        let mut rewrites = Self { literal: Vec::new(), regexp: Vec::new() };
        let members = options.node("literal").map(Node::members).unwrap_or_default();
        for member in members.iter().filter(|member| !is_comment(&member.key)) {
            let target =
                member.value.as_str().ok_or_else(|| Refusal::new("url-rewrite: a path is a string"))?;
            rewrites.literal.push((Box::from(&*member.key), target.into()));
        }
        for pair in options.items("regexp")? {
            let [pattern, target] = pair.items() else {
                return Err(Refusal::new("url-rewrite: an item of regexp is a pattern and a path"));
            };
            let (Some(pattern), Some(target)) = (pattern.as_str(), target.as_str()) else {
                return Err(Refusal::new("url-rewrite: an item of regexp is two strings"));
            };
            let finder =
                Finder::new(pattern).map_err(|error| Refusal(format!("url-rewrite: regexp: {error}")))?;
            let replacement = finder.replacement(target);
            rewrites.regexp.push((finder, replacement));
        }
        if rewrites.literal.is_empty() && rewrites.regexp.is_empty() {
            return Err(Refusal::new("url-rewrite: there is nothing to rewrite"));
        }
        Ok(rewrites)
    }

    /// What a path becomes: by its own name, else by the first pattern that changes it.
    fn path(&self, path: &str) -> Option<String> {
        if let Some((_, target)) = self.literal.iter().find(|(from, _)| **from == *path) {
            return Some(target.to_string());
        }
        let mut visits = LINE_VISITS;
        self.regexp.iter().find_map(|(finder, replacement)| {
            let made = finder.replace_all(path, replacement, &mut visits, LONGEST).ok()?;
            (made != path).then_some(made)
        })
    }

    /// Says which patterns can't be read.
    pub fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
        let Some(list) = spot.get("regexp") else { return };
        for pair in list.items() {
            let count = pair.items().len();
            if count != 2 {
                findings
                    .add(pair.error("wrong-arguments", format!("a pattern and a path, found {count} items")));
            }
            if let Some(pattern) = pair.items().next()
                && let Some(text) = pattern.str()
            {
                looks::regex(&pattern, text, "the path can't be rewritten", findings);
            }
        }
    }
}

impl Rewrite for UrlRewrite {
    fn rewrite(&self, _: &str, target: &str) -> Option<String> {
        let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
        let made = self.path(path)?;
        // What isn't a path would be no request.
        made.starts_with('/').then(|| made + query)
    }
}

impl fmt::Debug for UrlRewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlRewrite").field("literal", &self.literal).finish_non_exhaustive()
    }
}
