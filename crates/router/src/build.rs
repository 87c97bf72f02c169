//! Puts endpoints into a router, and says what is odd about them.

use std::collections::BTreeMap;

use super::conflict::{Conflict, ConflictKind, RouteRef};
use super::pattern::Pattern;
use super::{Answer, Options, Route, Router};

/// A router that isn't complete yet.
struct Building<'r> {
    router: Router,
    routes: &'r [Route<'r>],
    /// The one that was read last: all take turns with its memory.
    pattern: Pattern<'r>,
    conflicts: Vec<Conflict>,
    /// For `auto_options` the different paths and their methods, by what the paths match.
    allowed: BTreeMap<String, (&'r str, Vec<&'r str>)>,
}

// === impl Router ===

impl Router {
    /// Builds the router. An endpoint that can't be registered is left out and reported; the first of two equal ones stays.
    pub fn new(routes: &[Route<'_>], options: Options) -> (Self, Vec<Conflict>) {
        let router = Self { options, ..Self::default() };
        let (conflicts, allowed) = (Vec::new(), BTreeMap::new());
        let mut building = Building { router, routes, pattern: Pattern::default(), conflicts, allowed };
        for route in routes {
            building.add(route);
        }
        building.report_wildcards();
        building.answer_options();
        (building.router, building.conflicts)
    }
}

// === impl Building ===

impl<'r> Building<'r> {
    // Rare cases are elsewhere: at a start this runs for each endpoint, and its code must be short (see
    // `plan::build::outline`).
    #[inline(never)]
    fn add(&mut self, route: &'r Route<'r>) {
        let mut pattern = std::mem::take(&mut self.pattern);
        if pattern.read_plain(route.path) {
            self.insert(route, &pattern);
        } else {
            self.add_odd(route);
        }
        self.pattern = pattern;
    }

    #[cold]
    fn add_odd(&mut self, route: &'r Route<'r>) {
        let mut form = String::new();
        match Pattern::read(route.path, self.router.options.disable_rest, &mut form) {
            Ok(pattern) => self.insert(route, &pattern),
            Err(error) => self.report(route, None, ConflictKind::Pattern(error)),
        }
    }

    fn insert(&mut self, route: &'r Route<'r>, pattern: &Pattern<'_>) {
        let mut refused = false;
        for (entry, kind) in self.router.insert(route.method, pattern, Answer::Endpoint(route.id)) {
            refused |= kind.is_refused();
            self.report(route, Some(entry), kind);
        }
        if self.router.options.auto_options && !route.builtin && !refused {
            self.allow(route, pattern);
        }
    }

    #[cold]
    fn report(&mut self, route: &Route<'_>, other: Option<u32>, kind: ConflictKind) {
        let other = other.and_then(|entry| self.route(entry)).map(RouteRef::from);
        self.conflicts.push(Conflict::new(RouteRef::from(route), other, kind));
    }

    fn route(&self, entry: u32) -> Option<&'r Route<'r>> {
        match self.router.entries.get(entry as usize)?.answer {
            Answer::Endpoint(id) => self.routes.iter().find(|route| route.id == id),
            Answer::Options(_) => None,
        }
    }

    #[inline(never)]
    fn allow(&mut self, route: &'r Route<'r>, pattern: &Pattern<'_>) {
        let (_, methods) = self.allowed.entry(pattern.shape()).or_insert_with(|| (route.path, Vec::new()));
        methods.push(route.method);
    }

    fn report_wildcards(&mut self) {
        let trees = self.router.trees.iter();
        let shared: Vec<u32> = trees.flat_map(|tree| tree.tree.shared_wildcards()).collect();
        for entry in shared {
            if let Some(route) = self.route(entry) {
                self.report(route, None, ConflictKind::Wildcard);
            }
        }
    }

    fn answer_options(&mut self) {
        for (path, mut methods) in std::mem::take(&mut self.allowed).into_values() {
            methods.sort_unstable();
            if let Ok(pattern) = Pattern::read(path, self.router.options.disable_rest, &mut String::new()) {
                // A configured OPTIONS endpoint of the same path stays, so a clash here is no news.
                self.router.insert("OPTIONS", &pattern, Answer::Options(methods.join(", ").into()));
            }
        }
    }
}
