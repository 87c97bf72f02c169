//! The shape of a recipe's URLs: what its calls are for requests whose URLs have other values.

use std::ops::Range;

use crate::platform::{Effect, EffectId, Fetch};

/// URLs with marks ([`MARK`] and a digit) in the place of values. A request whose URL has plain values there leads to the same calls, with
/// the same values in theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The request's.
    pub url: String,
    /// Those of its calls, in their order.
    pub calls: Vec<String>,
}

/// A request's URL and the places of values in it.
pub struct Places {
    url: String,
    values: Vec<Range<usize>>,
}

/// In front of the number of a value.
pub const MARK: char = '\u{1}';

/// Values with a number of one digit.
const MOST: usize = 10;

/// What stands in place of the values to see where they go: all that a plain value may have, and no value has. A digit and an end follow.
const PROBE: &str = "Zq8~-_.x";

// === impl Places ===

impl Places {
    /// None without values, or with more than a shape has.
    pub fn new(url: &str, values: Vec<Range<usize>>) -> Option<Self> {
        let fits = (1..=MOST).contains(&values.len()) && !url.contains(PROBE) && !url.contains(MARK);
        fits.then(|| Self { url: url.to_owned(), values })
    }

    /// The URL with probes in place of the values.
    pub fn probed(&self) -> String {
        self.with(probe)
    }

    fn with(&self, make: impl Fn(usize) -> String) -> String {
        let (mut out, mut from) = (String::new(), 0);
        for (number, value) in self.values.iter().enumerate() {
            out.push_str(&self.url[from..value.start]);
            out.push_str(&make(number));
            from = value.end;
        }
        out.push_str(&self.url[from..]);
        out
    }

    /// The shape, if the effects of the request and those of the probed one are the same, but for values in URLs.
    pub fn shape(&self, effects: &[(EffectId, Effect)], probed: &[(EffectId, Effect)]) -> Option<Shape> {
        if effects.len() != probed.len() {
            return None;
        }
        let mut calls = Vec::new();
        for ((id, effect), (probed_id, probed)) in effects.iter().zip(probed) {
            match (effect, probed) {
                (Effect::Timer(ms), Effect::Timer(other)) if ms == other => {}
                (Effect::Fetch(fetch), Effect::Fetch(other)) if is_same(fetch, other) => {
                    let (mut marked, mut back) = (other.url.to_string(), other.url.to_string());
                    for (number, value) in self.values.iter().enumerate() {
                        marked = marked.replace(&probe(number), &mark(number));
                        back = back.replace(&probe(number), &self.url[value.clone()]);
                    }
                    if back != *fetch.url {
                        return None;
                    }
                    calls.push(marked);
                }
                _ => return None,
            }
            if id != probed_id {
                return None;
            }
        }
        Some(Shape { url: self.with(mark), calls })
    }
}

fn probe(number: usize) -> String {
    format!("{PROBE}{number}z")
}

fn mark(number: usize) -> String {
    format!("{MARK}{number}")
}

/// Whether two plain calls differ in their URLs alone.
fn is_same(one: &Fetch, other: &Fetch) -> bool {
    one.via == other.via
        && one.method == other.method
        && one.headers == other.headers
        && (one.stream, one.want_headers, one.gzip, one.cut_after)
            == (other.stream, other.want_headers, other.gzip, other.cut_after)
}
