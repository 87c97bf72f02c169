//! Which header lines of a request its endpoint needs: the host hands over no others.

use std::cell::RefCell;

use fjord_encoding::Output;

use crate::gateway::{Endpoint, InputHeaders, Service};

/// The different lists of names, by number, in the order in which their endpoints were met.
#[derive(Default)]
pub(super) struct Needs(RefCell<Vec<Vec<String>>>);

/// In front of a name: it's needed only where the host doesn't tell who the client is.
pub const UNTOLD: &str = "?";

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
    let mark = if trust.is_given { "" } else { UNTOLD };
    let forwarded =
        trust.headers.iter().filter(|name| !names.contains(name)).map(|name| format!("{mark}{name}"));
    let forwarded: Vec<String> = forwarded.collect();
    names.extend(forwarded);
    let read = of_handlers().chain(around().map(|step| step.request_headers())).flatten().flatten();
    names.extend(read.map(|name| (*name).to_owned()));
    let logged = service.info.log.access.as_ref().map_or(&[][..], |access| access.request_headers());
    names.extend(logged.iter().map(|name| (*name).to_owned()));
    if endpoint.is_some_and(|endpoint| endpoint.info.output == Output::Negotiate) {
        names.push("Accept".to_owned());
    }
    names.sort();
    names.dedup();
    Some(names)
}
