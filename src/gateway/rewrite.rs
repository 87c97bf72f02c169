//! Changes where a request goes, before the router sees it: by its host, or by its path.

use super::{Plan, Route};

/// A step before the router.
pub trait Rewrite {
    /// The target that is routed in place of the client's; none if it stays.
    fn rewrite(&self, host: &str, target: &str) -> Option<String>;

    /// Whether an endpoint, by its configured path, may answer a request for `host`.
    fn admits(&self, _host: &str, _endpoint: &str) -> bool {
        true
    }

    /// What `rewrite` puts before paths, which clients mustn't see in a redirect.
    fn hidden_prefix(&self, _host: &str) -> Option<String> {
        None
    }
}

/// The target after all steps; none if the client's own stays.
pub fn rewritten(steps: &[Box<dyn Rewrite>], host: &str, target: &str) -> Option<String> {
    steps.iter().fold(None, |changed: Option<String>, step| {
        step.rewrite(host, changed.as_deref().unwrap_or(target)).or(changed)
    })
}

/// Where a request goes after the [`Rewrite`] steps.
pub(super) struct Rewritten {
    pub route: Route,
    pub params: Vec<(String, String)>,
    /// The new target; none if it's the client's own.
    pub target: Option<String>,
}

// === impl Plan: rewriting ===

impl Plan {
    /// Where a request for `host` goes. The paths of the gateway itself are the same for every host.
    pub(super) fn route_of(&self, method: &str, host: &str, target: &str) -> Rewritten {
        let steps = &self.service.rewrites;
        let (route, params) = self.route(method, target);
        if steps.is_empty() || matches!(route, Route::Health | Route::Debug | Route::Echo) {
            return Rewritten { route, params, target: None };
        }
        let changed = rewritten(steps, host, target);
        let (route, params) = match &changed {
            Some(target) => self.route(method, target),
            None => (route, params),
        };
        let route = match route {
            Route::Endpoint(id) => {
                let path = &self.endpoint(id).info.path;
                let is_admitted = steps.iter().all(|step| step.admits(host, path));
                if is_admitted { route } else { Route::NotFound }
            }
            Route::Redirect(redirect) => {
                let prefixes = steps.iter().filter_map(|step| step.hidden_prefix(host));
                Route::Redirect(prefixes.fold(redirect, |redirect, prefix| redirect.without_prefix(&prefix)))
            }
            other => other,
        };
        let params = if route == Route::NotFound { Vec::new() } else { params };
        Rewritten { route, params, target: changed }
    }
}
