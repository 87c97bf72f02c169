//! Finds the endpoint of a request: gin's matching rules, without gin's panics (spec §3).
//!
//! Built once from the configured endpoints, read-only afterwards. A path without parameters costs one hash
//! lookup; one with parameters costs one lookup per segment, however many endpoints there are.

mod build;
mod clean;
mod conflict;
mod fold;
mod folds;
mod hash;
mod params;
pub mod pattern;
mod redirect;
mod texts;
mod tree;

#[cfg(test)]
mod gin_tests;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

pub use clean::clean_path;
pub use conflict::{Conflict, ConflictKind};
pub use params::{Found, ParamError, check_value};
pub use redirect::{Redirect, RedirectAnswer};
pub use redirect::{escape_html, escape_non_ascii};

use fjord_http::escape;
use params::{Names, Spans};
use pattern::Pattern;
use texts::{Text, Texts};
use tree::Tree;

/// The methods a built-in endpoint for "any" method is registered with.
pub const ANY_METHOD: [&str; 9] =
    ["GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE"];

/// The body of a 404 (spec §3).
pub const NOT_FOUND_BODY: &str = "404 page not found";
/// The body of a 405 (spec §3).
pub const METHOD_NOT_ALLOWED_BODY: &str = "405 method not allowed";
/// The content type of the two bodies above: exactly this, no charset (spec §3).
pub const PLAIN: &str = "text/plain";
/// The body of the server's own 400 for an invalid request target (spec §33), sent as `text/plain; charset=utf-8`.
pub const BAD_REQUEST_BODY: &str = "400 Bad Request";

/// One endpoint as the router needs it.
#[derive(Debug, Clone)]
pub struct Route<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path as configured: `/users/{id}`. gin's forms `:name` and `/*name` mean the same as in KrakenD.
    pub path: &'a str,
    /// What [`Found::route`] says when this endpoint is meant.
    pub id: usize,
    /// A built-in endpoint: not part of `auto_options`.
    pub builtin: bool,
}

/// The options of the `router` namespace that change which endpoint is found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// No redirect to the same path with a slash more or less.
    pub disable_redirect_trailing_slash: bool,
    /// No redirect to the cleaned path in the configured case.
    pub disable_redirect_fixed_path: bool,
    /// A path of another method is a 404, not a 405.
    pub disable_handle_method_not_allowed: bool,
    /// Match the cleaned path (`//`, `.`, `..` resolved).
    pub remove_extra_slash: bool,
    /// Answer `OPTIONS` for each path with the list of its methods.
    pub auto_options: bool,
    /// The service's `disable_rest`: a parameter may be a part of a segment.
    pub disable_rest: bool,
}

/// What a request's method and target lead to.
#[derive(Debug)]
pub enum Outcome<'r, 't> {
    /// An endpoint.
    Found(Found<'r, 't>),
    /// `auto_options`: 200, empty, with this `Allow`.
    Options {
        /// The methods of the path, sorted, joined with `, `.
        allow: &'r str,
    },
    /// The same resource under another path.
    Redirect(Redirect<'t>),
    /// No endpoint has this path.
    NotFound,
    /// Only endpoints of other methods have this path. KrakenD sends no `Allow` header (spec §3).
    MethodNotAllowed {
        /// The methods that have it.
        allow: Vec<&'r str>,
    },
    /// The target isn't one: no leading slash, a control character, an invalid percent escape (spec §33).
    BadRequest,
}

/// The compiled endpoints.
///
/// ```
/// use fjord_router::{Options, Outcome, Route, Router};
///
/// let user = Route { method: "GET", path: "/users/{id}", id: 7, builtin: false };
/// let (router, conflicts) = Router::new(&[user], Options::default());
/// assert!(conflicts.is_empty());
/// let Outcome::Found(found) = router.find("GET", "/users/42?full=1") else { panic!("no such path") };
/// assert_eq!((found.route, found.params().next()), (7, Some(("id", "42"))));
/// assert!(matches!(router.find("GET", "/nothing"), Outcome::NotFound));
/// ```
#[derive(Debug, Default)]
pub struct Router {
    options: Options,
    trees: Vec<MethodTree>,
    entries: Vec<Entry>,
    /// The parameters of all entries, one behind the other.
    names: Vec<Text>,
    texts: Texts,
}

#[derive(Debug)]
struct MethodTree {
    method: Box<str>,
    tree: Tree,
}

/// What is at the end of a path in a tree.
#[derive(Debug)]
struct Entry {
    answer: Answer,
    names: Range<u32>,
}

#[derive(Debug)]
enum Answer {
    Endpoint(usize),
    Options(Box<str>),
}

// === impl Router ===

impl Router {
    /// Adds an endpoint; says with which entries it conflicts. A duplicate isn't added.
    fn insert(&mut self, method: &str, pattern: &Pattern<'_>, answer: Answer) -> Vec<(u32, ConflictKind)> {
        let at = self.trees.iter().position(|tree| &*tree.method == method).unwrap_or_else(|| {
            self.trees.push(MethodTree { method: method.into(), tree: Tree::default() });
            self.trees.len() - 1
        });
        let index = self.entries.len() as u32;
        let first = self.names.len() as u32;
        self.names.extend(pattern.names().map(|name| self.texts.push(name)));
        self.entries.push(Entry { answer, names: first..self.names.len() as u32 });
        self.trees[at].tree.insert(pattern, index)
    }

    fn names(&self, entry: &Entry) -> Names<'_> {
        let names = self.names.get(entry.names.start as usize..entry.names.end as usize).unwrap_or_default();
        Names { texts: &self.texts, names }
    }

    /// The endpoint for `method` and the raw request target (path and query as they came in).
    pub fn find<'r, 't>(&'r self, method: &str, target: &'t str) -> Outcome<'r, 't> {
        if !is_target(target) {
            return Outcome::BadRequest;
        }
        let (raw_path, query) = match target.find('?') {
            Some(at) => target.split_at(at),
            None => (target, ""),
        };
        let Ok(decoded) = escape::unescape(raw_path) else { return Outcome::BadRequest };
        let path = if self.options.remove_extra_slash { cleaned(decoded) } else { decoded };
        let mut spans = Spans::default();
        if let Some(tree) = self.tree(method) {
            if let Some(index) = tree.find(&path, &mut spans) {
                let entry = &self.entries[index as usize];
                return match &entry.answer {
                    Answer::Endpoint(id) => Outcome::Found(Found::new(*id, path, self.names(entry), spans)),
                    Answer::Options(allow) => Outcome::Options { allow },
                };
            }
            if method != "CONNECT"
                && path != "/"
                && let Some(redirect) = self.redirect(tree, method, &path, raw_path, query)
            {
                return Outcome::Redirect(redirect);
            }
        }
        self.miss(method, &path)
    }

    /// The places of the values in the path of `target`, if the method and path lead to an endpoint and would do so with any other
    /// values of letters and digits. None without parameters, and for a path that is decoded or cleaned first.
    pub fn only_way(&self, method: &str, target: &str) -> Option<Vec<Range<usize>>> {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        if path.contains('%') || self.options.remove_extra_slash && clean_path(path) != path {
            return None;
        }
        self.tree(method)?.only_way(path)
    }

    fn redirect<'t>(
        &self,
        tree: &Tree,
        method: &str,
        path: &str,
        raw_path: &'t str,
        query: &'t str,
    ) -> Option<Redirect<'t>> {
        let get = method == "GET";
        // With `remove_extra_slash` gin matches the cleaned path, but redirects from the one it got.
        let decoded = escape::unescape(raw_path).ok()?;
        if !self.options.disable_redirect_trailing_slash {
            let toggled = toggle_slash(path);
            if tree.find(&toggled, &mut Spans::default()).is_some() {
                return Some(Redirect::trailing_slash(get, decoded, query));
            }
        }
        if !self.options.disable_redirect_fixed_path {
            let clean = clean_path(&decoded);
            let fixed = tree.find_folded(&clean).or_else(|| tree.find_folded(&toggle_slash(&clean)))?;
            return Some(Redirect::fixed_path(get, fixed, query));
        }
        None
    }

    fn miss<'r, 't>(&'r self, method: &str, path: &str) -> Outcome<'r, 't> {
        if self.options.disable_handle_method_not_allowed {
            return Outcome::NotFound;
        }
        let allow: Vec<&str> = self
            .trees
            .iter()
            .filter(|other| &*other.method != method)
            .filter(|other| other.tree.find(path, &mut Spans::default()).is_some())
            .map(|other| &*other.method)
            .collect();
        match allow.is_empty() {
            true => Outcome::NotFound,
            false => Outcome::MethodNotAllowed { allow },
        }
    }

    fn tree(&self, method: &str) -> Option<&Tree> {
        self.trees.iter().find(|tree| &*tree.method == method).map(|tree| &tree.tree)
    }
}

/// Whether Go's server takes `target` for a request target: it begins with a slash and has no control characters.
fn is_target(target: &str) -> bool {
    // No early return: this way the compiler looks at many bytes at once.
    let controls = target.bytes().fold(false, |found, byte| found | (byte < b' ') | (byte == 0x7f));
    target.starts_with('/') && !controls
}

fn cleaned(path: Cow<'_, str>) -> Cow<'_, str> {
    match path {
        Cow::Borrowed(text) => clean_path(text),
        Cow::Owned(text) => Cow::Owned(clean_path(&text).into_owned()),
    }
}

fn toggle_slash(path: &str) -> Cow<'_, str> {
    match path.strip_suffix('/') {
        Some(shorter) => Cow::Borrowed(shorter),
        None => Cow::Owned(format!("{path}/")),
    }
}
