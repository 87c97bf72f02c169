//! Which header lines of a request its endpoint needs: the host hands over no others. Marks say what the calls of a steady endpoint
//! do with them, so that the host may make the same calls for a request with other values.

use std::cell::RefCell;

use fjord_encoding::Output;
use fjord_http::canonical;
use fjord_http::headers::is_hop_by_hop;
use fjord_http::template::Variable;

use crate::gateway::{Endpoint, InputHeaders, Service};
use crate::platform::hops;
use crate::proxy::Backend;

/// The different lists of names, by number, in the order in which their endpoints were met.
#[derive(Default)]
pub(super) struct Needs(RefCell<Vec<Vec<String>>>);

/// In front of a name: it's needed only where the host doesn't tell who the client is.
pub const UNTOLD: &str = "?";

/// In front of a name, after [`UNTOLD`]: the calls repeat the line as it is, and depend on nothing else of its value.
pub const COPIED: &str = "=";

/// In front of a name, after [`UNTOLD`]: the calls depend on nothing of its value.
pub const UNSEEN: &str = "/";

/// In place of a name: the client's address, where the host tells it. With [`COPIED`] the calls repeat it as `X-Forwarded-For`.
pub const CLIENT: &str = ":client";

/// More lists than this make the rest of the endpoints take all header lines.
const MAX_LISTS: usize = 250;

// === impl Needs ===

impl Needs {
    /// The number of the list of an endpoint, or of what none answers; none if it needs all lines.
    pub(super) fn number(&self, endpoint: Option<&Endpoint>, service: &Service) -> Option<u32> {
        let names = names(endpoint, service)?;
        let mut lists = self.0.borrow_mut();
        let known = lists.iter().position(|list| *list == names);
        let number = known.unwrap_or(lists.len());
        if known.is_none() {
            if number == MAX_LISTS {
                return None;
            }
            lists.push(names);
        }
        Some(number as u32)
    }

    /// The names of a list.
    pub(super) fn names(&self, number: u32) -> Option<Vec<String>> {
        self.0.borrow().get(number as usize).cloned()
    }
}

/// All lines (none) where any step may read them that isn't a part of the pipe.
fn names(endpoint: Option<&Endpoint>, service: &Service) -> Option<Vec<String>> {
    let around = || service.outer.iter().chain(&service.global);
    let of_handlers = || {
        let handlers = endpoint.into_iter().flat_map(|endpoint| &endpoint.handlers);
        handlers.map(|handler| handler.request_headers())
    };
    if of_handlers().chain(around().map(|step| step.request_headers())).any(|read| read.is_none()) {
        return None;
    }
    let mut names = match endpoint.map(|endpoint| &endpoint.input_headers) {
        Some(InputHeaders::All) => return None,
        Some(InputHeaders::ContentType) => vec!["Content-Type".to_owned()],
        Some(InputHeaders::Listed(names)) => names.clone(),
        // A redirect's.
        None => vec!["X-Forwarded-Prefix".to_owned()],
    };
    let trust = &service.router.client_ip;
    let untold = if trust.is_given { "" } else { UNTOLD };
    let forwarded =
        trust.headers.iter().filter(|name| !names.contains(name)).map(|name| format!("{untold}{name}"));
    let forwarded: Vec<String> = forwarded.collect();
    names.extend(forwarded);
    let read = of_handlers().chain(around().map(|step| step.request_headers())).flatten().flatten();
    names.extend(read.map(|name| (*name).to_owned()));
    let logged = service.info.log.access.as_ref().map_or(&[][..], |access| access.request_headers());
    names.extend(logged.iter().map(|name| canonical(name).into_owned()));
    if endpoint.is_some_and(|endpoint| endpoint.info.output == Output::Negotiate) {
        names.push("Accept".to_owned());
    }
    names.sort();
    names.dedup();
    if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.is_steady && !chooses_by_header(endpoint)) {
        for name in &mut names {
            if let Some(mark) = use_of(name.trim_start_matches(UNTOLD), endpoint, service) {
                name.insert_str(if name.starts_with(UNTOLD) { UNTOLD.len() } else { 0 }, mark);
            }
        }
    }
    // What the router answers doesn't depend on the address.
    if !trust.is_given && endpoint.is_none_or(|endpoint| endpoint.is_steady && !chooses_by_header(endpoint)) {
        names.push(format!("{COPIED}{CLIENT}"));
    }
    Some(names)
}

/// Whether a URL that a steady endpoint calls has a header line's value in it.
fn chooses_by_header(endpoint: &Endpoint) -> bool {
    let of_url = |backend: &Backend| {
        backend.url.variables().any(|variable| matches!(variable, Variable::InputHeader(_)))
    };
    endpoint.pipe.backends().iter().any(|backend| of_url(backend) || backend.hosts.are_chosen_by_client())
}

/// What the calls of a steady endpoint do with a header line; none if they depend on it.
fn use_of(name: &str, endpoint: &Endpoint, service: &Service) -> Option<&'static str> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    // What the gateway itself reads, sets or leaves out.
    let own = ["Host", "Content-Length", "X-Forwarded-For", hops::FORWARDED, "X-Forwarded-Via", hops::HEADER];
    if own.into_iter().any(is)
        || is_hop_by_hop(name)
        || service.router.client_ip.headers.iter().any(|own| is(own))
    {
        return None;
    }
    // The gateway sets its own in a call that is made without the client's.
    let is_left_out = |backend: &Backend| {
        backend.input_headers.as_ref().is_some_and(|names| !names.iter().any(|kept| is(kept)))
    };
    if (is("User-Agent") || is("Accept-Encoding")) && endpoint.pipe.backends().iter().any(is_left_out) {
        return None;
    }
    let times = match &endpoint.input_headers {
        InputHeaders::Listed(names) => names.iter().filter(|listed| is(listed)).count(),
        InputHeaders::ContentType => usize::from(is("Content-Type")),
        InputHeaders::All => return None,
    };
    match times {
        0 => Some(UNSEEN),
        1 => Some(COPIED),
        _ => None,
    }
}
