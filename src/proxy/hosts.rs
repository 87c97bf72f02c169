//! Chooses a host for each call and builds the URL (spec §4, §12 load balancing).

use std::cell::RefCell;
use std::rc::Rc;

use fjord_http::host::HostVariable;
use fjord_http::{Host, UrlError, url};

use super::{Error, Kind, Request};
use crate::context::Cx;
use crate::options::assets;
use crate::platform::{Io, Via};

use super::discovery::Discovery;

/// The hosts of a backend. Repeated hosts act as weights.
pub struct Hosts {
    hosts: Vec<(Host, Via)>,
    /// Where the hosts are looked up, if they aren't listed.
    discovery: Option<Discovery>,
    /// The whole URL of a backend with one host and no variable: prepared once.
    fixed: Option<Rc<str>>,
}

/// The hosts that a request has tried, by their index.
#[derive(Default)]
pub(super) struct Tried(RefCell<Vec<usize>>);

// === impl Hosts ===

impl Hosts {
    /// The hosts, and the path of a pattern without variables.
    pub fn new(hosts: Vec<Host>, fixed_path: Option<&str>) -> Self {
        let fixed = match (&hosts[..], fixed_path) {
            ([host], Some(path)) => host.base().and_then(|base| url::join(base, path, "").ok()),
            _ => None,
        };
        let via = |host: Host| match &host {
            Host::Service { binding, .. } => (host.clone(), Via::Binding(Rc::from(&**binding))),
            Host::Template(_) => (host, Via::Public),
            Host::Fixed(_) => (host, Via::Network),
        };
        Self { hosts: hosts.into_iter().map(via).collect(), discovery: None, fixed: fixed.map(Rc::from) }
    }

    /// Hosts that are looked up.
    pub fn found_by(discovery: Discovery) -> Self {
        Self { hosts: Vec::new(), discovery: Some(discovery), fixed: None }
    }

    /// The worker's static assets, and the path of a pattern without variables.
    pub fn assets(fixed_path: Option<&str>) -> Self {
        let base = "http://assets".into();
        Self::new(vec![Host::Service { binding: assets::BINDING.into(), base }], fixed_path)
    }

    /// The hosts of a backend that calls something else: a layer takes its requests.
    pub fn elsewhere() -> Self {
        Self { hosts: Vec::new(), discovery: None, fixed: Some(Rc::from("")) }
    }

    /// Whether every call goes to the same host.
    pub fn is_one(&self) -> bool {
        self.discovery.is_none() && self.hosts.len() == 1
    }

    /// Whether a value of the client's request is a part of a host.
    pub fn are_chosen_by_client(&self) -> bool {
        self.hosts.iter().any(|(host, _)| matches!(host, Host::Template(_)))
    }

    /// URL and way of one call: a host chosen at random with equal chance, the path, and the forwarded query behind
    /// the pattern's own. A host of `tried` isn't chosen again before all are.
    ///
    /// # Errors
    /// If there is no host, or the URL can't be called.
    pub(super) async fn url(
        &self,
        cx: Cx<'_>,
        request: &Request,
        tried: Option<&Tried>,
    ) -> Result<(Rc<str>, Via), Error> {
        let Some(discovery) = &self.discovery else { return self.listed(cx.io, request, tried) };
        let host = Box::pin(discovery.host(cx)).await?;
        let url = url::join(&host, &request.path, &request.query.encode())?;
        Ok((url.into(), Via::Network))
    }

    fn listed(&self, io: &Io, request: &Request, tried: Option<&Tried>) -> Result<(Rc<str>, Via), Error> {
        let (host, via) = match &self.hosts[..] {
            [] => {
                let none = self.fixed.as_ref().map(|fixed| (Rc::clone(fixed), Via::Network));
                return none.ok_or_else(|| Error::new(Kind::NoHost));
            }
            [host] => host,
            hosts => match tried {
                None => &hosts[(io.random() % hosts.len() as u64) as usize],
                Some(tried) => &hosts[tried.next(io.random(), hosts)],
            },
        };
        if let (Some(url), true) = (&self.fixed, request.query.is_empty()) {
            return Ok((Rc::clone(url), via.clone()));
        }
        let base = match host {
            Host::Fixed(base) | Host::Service { base, .. } => base.as_ref().into(),
            Host::Template(template) => template
                .expand(|variable| match variable {
                    HostVariable::Header(name) => request.headers.get(name).map(Into::into),
                    HostVariable::Query(name) => request.query.get(name).map(Into::into),
                })
                .map_err(|error| Error::unfit(error.to_string()).with_status(400))?,
        };
        let url = url::join(&base, &request.path, &request.query.encode())?;
        Ok((url.into(), via.clone()))
    }
}

// === impl Tried ===

impl Tried {
    /// The index of a host that isn't equal to one that was tried; of any, once all were.
    fn next(&self, random: u64, hosts: &[(Host, Via)]) -> usize {
        let mut tried = self.0.borrow_mut();
        let is_new = |index: &usize| !tried.iter().any(|other| hosts[*other].0 == hosts[*index].0);
        let mut open: Vec<usize> = (0..hosts.len()).filter(is_new).collect();
        if open.is_empty() {
            tried.clear();
            open.extend(0..hosts.len());
        }
        let index = open[(random % open.len() as u64) as usize];
        tried.push(index);
        index
    }
}

impl From<UrlError> for Error {
    fn from(error: UrlError) -> Self {
        Error::unfit(error.to_string())
    }
}
