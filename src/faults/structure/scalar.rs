//! Values without values inside: booleans, numbers, texts.

use fjord_calendar::DurationError as Fault;
use fjord_document::node::Kind as Is;
use fjord_document::suggest;

use super::wrong;
use crate::options::check::{Findings, Spot};
use crate::options::duration::{self, DurationError};
use crate::options::pem::Pem;
use crate::options::{Kind, assets, whole};

pub(super) fn check(spot: &Spot<'_>, kind: &Kind, findings: &mut Findings<'_>) {
    match (kind, &spot.node.kind) {
        (Kind::Bool, Is::Bool(_))
        | (Kind::Str | Kind::Secret(_) | Kind::Binding | Kind::Reader, Is::String(_)) => {}
        (Kind::File, Is::String(name)) => {
            if !name.is_empty() && !findings.exists(name) {
                findings.add(spot.error("missing-file", format!("the file {name} doesn't exist")));
            }
        }
        (Kind::Folder, Is::String(path)) => {
            if assets::root(path, findings.files().get(assets::FOLDER).map(String::as_str)).is_none() {
                let fault = spot.error("outside-assets", assets::outside(path));
                findings.add(
                    fault.help("move it there, and write its path from the folder of the configuration"),
                );
            }
        }
        (Kind::Pem(pem), Is::String(text)) => pem_text(spot, *pem, text, findings),
        (Kind::Int { min, max }, Is::Number(text)) => match whole(spot.node) {
            Some(number) if (*min..=*max).contains(&number) => {}
            Some(_) => out_of_range(spot, text, range(*min, *max), findings),
            None if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') => {
                out_of_range(spot, text, range(*min, *max), findings);
            }
            None => findings.add(spot.error("not-whole", format!("expected a whole number, found {text}"))),
        },
        (Kind::IntEnum(numbers), Is::Number(text)) => {
            if !whole(spot.node).is_some_and(|number| numbers.contains(&number)) {
                let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                findings.add(spot.error("not-a-choice", format!("{text} is not {}", or(&list))));
            }
        }
        (Kind::Number { min, max }, Is::Number(text)) => match spot.f64() {
            Some(number) if number >= *min && number <= *max => {}
            _ => {
                let range = match (*min == f64::MIN, *max == f64::MAX) {
                    (false, false) => format!("from {min} to {max}"),
                    (false, true) => format!("{min} or more"),
                    (true, false) => format!("{max} or less"),
                    (true, true) => "that a computer can hold".to_owned(),
                };
                out_of_range(spot, text, range, findings);
            }
        },
        (Kind::Duration, Is::String(text)) => {
            if let Err(error) = duration::parse(text) {
                findings.add(bad_duration(spot, text, error));
            }
        }
        (Kind::Enum(texts), Is::String(text)) => {
            if !texts.contains(&&**text) {
                findings.add(not_a_choice(spot, text, texts));
            }
        }
        (Kind::Format(format), Is::String(text)) => {
            if !(format.test)(text) {
                let message = format!("expected {}, found \"{}\"", format.expected, clip(text));
                findings.add(spot.error("bad-format", message));
            }
        }
        _ => wrong(spot, kind, findings),
    }
}

/// A PEM file that isn't there or can't be read, or the name of a secret that can't be one.
fn pem_text(spot: &Spot<'_>, pem: Pem, text: &str, findings: &mut Findings<'_>) {
    match Pem::secret(text) {
        Some("") => {
            let message =
                format!("expected the name of a secret like env:CLIENT_KEY, found \"{}\"", clip(text));
            findings.add(spot.error("bad-format", message));
        }
        Some(_) => {}
        None if text.is_empty() => findings.add(spot.error("empty", "no file is named")),
        None if !findings.exists(text) => {
            findings.add(spot.error("missing-file", format!("the file {text} doesn't exist")));
        }
        None => {
            let fault = findings.files().get(text).and_then(|file| pem.check(file).err());
            if let Some(fault) = fault {
                findings.add(spot.error("bad-certificate", format!("{text}: {fault}")));
            }
        }
    }
}

fn out_of_range(spot: &Spot<'_>, text: &str, range: String, findings: &mut Findings<'_>) {
    findings.add(spot.error("out-of-range", format!("expected a number {range}, found {}", clip(text))));
}

fn range(min: i64, max: i64) -> String {
    match (min, max) {
        (i64::MIN, i64::MAX) => "of 64 bits".to_owned(),
        (min, i64::MAX) => format!("{min} or more"),
        (min, max) => format!("from {min} to {max}"),
    }
}

fn bad_duration(spot: &Spot<'_>, text: &str, error: DurationError) -> fjord_document::Diagnostic {
    let fault = spot.error("bad-duration", format!("\"{}\" isn't a duration: {error}", clip(text)));
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    match error {
        DurationError::Syntax(Fault::NoUnit) => fault.help(format!("write \"{text}s\" or \"{text}ms\"")),
        DurationError::Syntax(Fault::UnknownUnit) if text.ends_with('d') && digits.parse::<u64>().is_ok() => {
            let hours = digits.parse::<u64>().unwrap_or(0).saturating_mul(24);
            fault.help(format!("a duration has no days: write \"{hours}h\""))
        }
        DurationError::Negative => fault.help("leave it out for the default"),
        DurationError::Syntax(Fault::TooLong) => fault,
        _ => fault.help("the units are ns, us, ms, s, m and h: \"1h30m\", \"1.5s\", \"300ms\""),
    }
}

fn not_a_choice(spot: &Spot<'_>, text: &str, texts: &'static [&'static str]) -> fjord_document::Diagnostic {
    let list: Vec<String> = texts.iter().map(|t| format!("\"{t}\"")).collect();
    let fault = spot.error("not-a-choice", format!("\"{}\" is not {}", clip(text), or(&list)));
    let plain = |t: &str| t.replace(['-', '_', ' '], "").to_lowercase();
    let same = texts.iter().copied().find(|t| plain(t) == plain(text));
    match same.or_else(|| suggest::nearest(text, texts.iter().copied())) {
        Some(meant) => fault.help(format!("did you mean \"{meant}\"?")),
        None => fault,
    }
}

/// `a, b or c`.
fn or(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("one of {} or {last}", first.join(", ")),
    }
}

/// The start of a text, for a message.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
