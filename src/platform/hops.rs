//! Counts the gateways that a request has come through, so that one which calls itself doesn't do so for ever.
//!
//! An ordinary call has no line about it. The count begins with a call to the host that the request itself came to, and
//! with a request that a gateway has sent: it has `X-Forwarded-Host`, and KrakenD's name as `User-Agent` or
//! `X-Forwarded-Via`. So a way back over other gateways is counted, too. Only one whose every step hides these lines
//! (`input_headers` of each backend) and has another host isn't.

use std::rc::Rc;

use fjord_http::url;

use super::effect::{Fetch, Request};

/// The header line with the count.
pub const HEADER: &str = "X-Fjord-Hops";

/// A line that gateways set. The host hands over all lines of a request that has it, or the one with the count.
pub const FORWARDED: &str = "X-Forwarded-Host";

/// Loop Detected: the answer to a request that goes round. Of all statuses of a backend's errors this one stays the client's,
/// so that it comes back through all the gateways.
pub const STATUS: u16 = 508;

/// A request that came through more gateways than this isn't answered. Each may call several backends: with three there are
/// up to 3⁶ calls then.
const LIMIT: u32 = 5;

/// How far a request has come.
#[derive(Debug, Default)]
pub struct Hops {
    gateways: u32,
    /// The host that it came to.
    host: Box<str>,
}

// === impl Hops ===

impl Hops {
    /// Those of a request.
    pub fn of(request: &Request) -> Self {
        let headers = &request.headers;
        let gateways = match headers.get(HEADER) {
            // What isn't a number is too large, or forged.
            Some(count) => count.parse().unwrap_or(u32::MAX),
            None if !headers.contains(FORWARDED) => 0,
            None => {
                let mut names =
                    ["User-Agent", "X-Forwarded-Via"].into_iter().filter_map(|name| headers.get(name));
                u32::from(names.any(|name| name.starts_with("KrakenD Version ")))
            }
        };
        Self { gateways, host: request.host.as_str().into() }
    }

    /// Whether there are so many that the request goes round in a loop.
    pub fn are_too_many(&self) -> bool {
        self.gateways > LIMIT
    }

    /// Tells a call's count to whoever answers it, where it may come back.
    pub(super) fn count(&self, fetch: &mut Fetch) {
        if self.gateways > 0 || url::authority(&fetch.url).eq_ignore_ascii_case(&self.host) {
            Rc::make_mut(&mut fetch.headers).set(HEADER, self.gateways.saturating_add(1).to_string());
        }
    }
}
