//! Which trace a request belongs to, as its header fields say: W3C Trace Context, and Zipkin's B3 in both of its forms.

use crate::Headers;

/// The trace of a request, and the span that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    /// The trace; 0 where only the decision is known (`b3: 0`).
    pub trace: u128,
    /// The span that made the request; 0 where only the decision is known.
    pub span: u64,
    /// Whether whoever made the request records it; none leaves the decision to the next.
    pub sampled: Option<bool>,
}

/// A form of the fields, by its name in `OTEL_PROPAGATORS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagator {
    /// `tracecontext`: `traceparent` and `tracestate`.
    TraceContext,
    /// `baggage`: the field of that name, as it comes.
    Baggage,
    /// `b3`: one field.
    B3,
    /// `b3multi`: a field for each part.
    B3Multi,
}

/// A longer `tracestate` or `baggage` isn't passed on (W3C asks for 512 characters and 8192 bytes).
const LONGEST: usize = 8192;

/// A number in so many lower-case digits. Each call to an origin writes one, and `format!` takes five times as long.
struct Hex<const DIGITS: usize>([u8; DIGITS]);

// === impl Propagator ===

impl Propagator {
    /// The form with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "tracecontext" => Some(Self::TraceContext),
            "baggage" => Some(Self::Baggage),
            "b3" => Some(Self::B3),
            "b3multi" => Some(Self::B3Multi),
            _ => None,
        }
    }

    /// The fields that it reads and writes.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::TraceContext => &["Traceparent", "Tracestate"],
            Self::Baggage => &["Baggage"],
            Self::B3 => &["B3"],
            Self::B3Multi => &["X-B3-Traceid", "X-B3-Spanid", "X-B3-Sampled", "X-B3-Flags"],
        }
    }

    /// The trace that the fields name; none if they name none, or not as the form asks.
    pub fn read(self, headers: &Headers) -> Option<Parent> {
        match self {
            Self::TraceContext => traceparent(headers.get("Traceparent")?),
            Self::Baggage => None,
            Self::B3 => b3(headers.get("B3")?),
            Self::B3Multi => b3_multi(headers),
        }
    }

    /// Adds the fields of a call that the span of `parent` makes.
    pub fn write(self, parent: Parent, headers: &mut Headers) {
        let Parent { trace, span, sampled } = parent;
        let sampled = if sampled == Some(true) { "1" } else { "0" };
        let (trace, span) = (Hex::<32>::of(trace), Hex::<16>::of(u128::from(span)));
        let (trace, span) = (trace.as_str(), span.as_str());
        match self {
            Self::TraceContext => {
                headers.set("Traceparent", ["00-", trace, "-", span, "-0", sampled].concat());
            }
            Self::Baggage => {}
            Self::B3 => headers.set("B3", [trace, "-", span, "-", sampled].concat()),
            Self::B3Multi => {
                headers.set("X-B3-Traceid", trace);
                headers.set("X-B3-Spanid", span);
                headers.set("X-B3-Sampled", sampled);
            }
        }
    }

    /// The field that is passed on as it came, beside what [`Propagator::write`] adds.
    pub fn passed(self) -> Option<&'static str> {
        match self {
            Self::TraceContext => Some("Tracestate"),
            Self::Baggage => Some("Baggage"),
            Self::B3 | Self::B3Multi => None,
        }
    }
}

// === impl Hex ===

impl<const DIGITS: usize> Hex<DIGITS> {
    fn of(mut number: u128) -> Self {
        let mut digits = [b'0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789abcdef"[(number & 0xf) as usize];
            number >>= 4;
        }
        Self(digits)
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("the digits are ASCII")
    }
}

/// The value of a field that is passed on as it came; none if it's longer than anybody must take.
pub fn passed<'h>(headers: &'h Headers, field: &str) -> Option<&'h str> {
    headers.get(field).filter(|value| !value.is_empty() && value.len() <= LONGEST)
}

/// `00-TRACE-SPAN-FLAGS`. Later versions may say more after these.
fn traceparent(text: &str) -> Option<Parent> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let version = hex(version, 2)?;
    if version == 0xff || version == 0 && parts.next().is_some() {
        return None;
    }
    let (trace, span) = (nonzero(trace, 32)?, nonzero(span, 16)?);
    Some(Parent { trace, span: span as u64, sampled: Some(hex(flags, 2)? & 1 == 1) })
}

/// `TRACE-SPAN-SAMPLED-PARENT`; the last two may be missing, and a decision may come alone.
fn b3(text: &str) -> Option<Parent> {
    let mut parts = text.trim().split('-');
    let first = parts.next()?;
    let Some(span) = parts.next() else {
        return Some(Parent { trace: 0, span: 0, sampled: Some(decision(first)?) });
    };
    let sampled = match parts.next() {
        Some(text) => Some(decision(text)?),
        None => None,
    };
    Some(Parent { trace: b3_trace(first)?, span: nonzero(span, 16)? as u64, sampled })
}

fn b3_multi(headers: &Headers) -> Option<Parent> {
    let debug = headers.get("X-B3-Flags") == Some("1");
    let sampled = match headers.get("X-B3-Sampled") {
        Some(text) => Some(decision(text)?),
        None => debug.then_some(true),
    };
    let Some(trace) = headers.get("X-B3-Traceid") else {
        return sampled.map(|sampled| Parent { trace: 0, span: 0, sampled: Some(sampled) });
    };
    let span = nonzero(headers.get("X-B3-Spanid")?, 16)? as u64;
    Some(Parent { trace: b3_trace(trace)?, span, sampled })
}

/// Zipkin's traces may have 64 bits only.
fn b3_trace(text: &str) -> Option<u128> {
    nonzero(text, 32).or_else(|| nonzero(text, 16))
}

fn decision(text: &str) -> Option<bool> {
    match text {
        "1" | "d" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

fn nonzero(text: &str, digits: usize) -> Option<u128> {
    hex(text, digits).filter(|number| *number != 0)
}

/// A number of exactly this many lower-case digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = text.len() == digits && text.bytes().all(is_digit);
    fits.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
    const SPAN: u64 = 0x00f0_67aa_0ba9_02b7;

    fn read(propagator: Propagator, fields: &[(&'static str, &str)]) -> Option<Parent> {
        let mut headers = Headers::new();
        fields.iter().for_each(|(name, value)| headers.add(*name, *value));
        propagator.read(&headers)
    }

    #[test]
    fn a_traceparent_is_read_as_w3c_asks() {
        let of = |sampled| Some(Parent { trace: TRACE, span: SPAN, sampled: Some(sampled) });
        for (text, parent) in [
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", of(true)),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02", of(false)),
            ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings", of(true)),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", None),
            ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", None),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", None),
            ("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01", None),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", None),
            ("00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None),
            ("", None),
        ] {
            assert_eq!(read(Propagator::TraceContext, &[("traceparent", text)]), parent, "{text}");
        }
    }

    #[test]
    fn b3_may_leave_the_decision_open_or_say_nothing_else() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
        let of = |sampled| Some(Parent { trace: TRACE, span: SPAN, sampled });
        let alone = |sampled| Some(Parent { trace: 0, span: 0, sampled: Some(sampled) });
        for (text, parent) in [
            (trace, of(None)),
            (&format!("{trace}-1"), of(Some(true))),
            (&format!("{trace}-0-05e3ac9a4f6e3b90"), of(Some(false))),
            ("0", alone(false)),
            ("d", alone(true)),
            ("x", None),
        ] {
            assert_eq!(read(Propagator::B3, &[("b3", text)]), parent, "{text}");
        }
        let ids = [("x-b3-traceid", "a3ce929d0e0e4736"), ("x-b3-spanid", "00f067aa0ba902b7")];
        let short = Some(Parent { trace: 0xa3ce_929d_0e0e_4736, span: SPAN, sampled: None });
        assert_eq!(read(Propagator::B3Multi, &ids), short);
        assert_eq!(read(Propagator::B3Multi, &[("x-b3-sampled", "0")]), alone(false));
        assert_eq!(read(Propagator::B3Multi, &ids[..1]), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for propagator in [Propagator::TraceContext, Propagator::B3, Propagator::B3Multi] {
            for sampled in [true, false] {
                let parent = Parent { trace: TRACE, span: SPAN, sampled: Some(sampled) };
                let mut headers = Headers::new();
                propagator.write(parent, &mut headers);
                assert_eq!(propagator.read(&headers), Some(parent));
                assert!(headers.iter().all(|(name, _)| propagator.fields().contains(&name)));
            }
        }
    }
}
