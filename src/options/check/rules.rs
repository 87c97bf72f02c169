//! What a finding means for serving: one row for each code that a finding can have, with the reason.
//!
//! The severity that a rule gives its finding is the one of `check -l`, which lints as strictly as KrakenD's own linter and more.
//! `run`, `build` and a `check` without `-l` serve what KrakenD serves: there an error stays one only where its class says so.
//! The plan asks the same rules about what guards ([`faults`](crate::faults)), so that nothing is served which `check` calls closed.

use serde::Deserialize;

use crate::options::Role;
use crate::options::table::words;

/// What becomes of a configuration with an error of some code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing is served, leniently neither.
    Fatal,
    /// Refused; leniently its parent answers 501.
    Closes,
    /// As [`Class::Closes`] in a namespace that guards; elsewhere as [`Class::Lints`].
    ClosesGuards,
    /// As [`Class::Closes`] in a namespace where every option counts, which is each but the plain ones; elsewhere as
    /// [`Class::Lints`].
    ClosesSteps,
    /// Served with a warning; an error for `check -l` only.
    Lints,
    /// Never an error: a warning or a note.
    Advises,
}

/// One row.
#[derive(Debug)]
pub struct Rule {
    /// The code of its findings.
    pub code: &'static str,
    /// What becomes of a configuration with one.
    pub class: Class,
    /// Why.
    pub reason: &'static str,
}

/// Whose view of a configuration is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// `run`, `build`, `deploy`: what KrakenD serves is served.
    #[default]
    Run,
    /// `check -l`: whatever is wrong is an error.
    Lint,
    /// `--lenient`: what can't work is closed, the rest is served.
    Lenient,
}

const NOT_READ: &str = "the text can't be read as meant, not by KrakenD either";
const NO_START: &str = "KrakenD doesn't start with it";
const CANT_WORK: &str = "the endpoint can't work";
const LOST: &str = "something that turns away or changes what passes would be missing";
const VALUE: &str = "outside of guards and steps KrakenD drops the value, or reads it as another type; what can't be served then the plan refuses";
const DEAD: &str = "KrakenD serves it, and nothing comes of it";
const SERVED: &str = "KrakenD serves it unchanged, and so does Fjord";
const TELLS: &str = "it says what is worth knowing";

/// The rules. A code that isn't here can't be reported: see the tests.
pub static RULES: &[Rule] = &[
    // The text.
    rule("bad-escape", Class::Fatal, NOT_READ),
    rule("bad-number", Class::Fatal, NOT_READ),
    rule("bad-word", Class::Fatal, NOT_READ),
    rule("binary-file", Class::Fatal, NOT_READ),
    rule("comment", Class::Fatal, NOT_READ),
    rule("control-character", Class::Fatal, NOT_READ),
    rule("double-comma", Class::Fatal, NOT_READ),
    rule("empty-file", Class::Fatal, NOT_READ),
    rule("extra-bracket", Class::Fatal, NOT_READ),
    rule("file-too-large", Class::Fatal, "more isn't read"),
    rule("leading-zero", Class::Fatal, NOT_READ),
    rule("merge-conflict", Class::Fatal, NOT_READ),
    rule("mismatched-bracket", Class::Fatal, NOT_READ),
    rule("missing-colon", Class::Fatal, NOT_READ),
    rule("missing-comma", Class::Fatal, NOT_READ),
    rule("nul-byte", Class::Fatal, NOT_READ),
    rule("root-not-object", Class::Fatal, NOT_READ),
    rule("too-deep", Class::Fatal, "deeper isn't read"),
    rule("trailing-comma", Class::Fatal, NOT_READ),
    rule("trailing-text", Class::Fatal, NOT_READ),
    rule("truncated", Class::Fatal, NOT_READ),
    rule("two-documents", Class::Fatal, NOT_READ),
    rule("unclosed-string", Class::Fatal, NOT_READ),
    rule("unexpected", Class::Fatal, NOT_READ),
    rule("unquoted-key", Class::Fatal, NOT_READ),
    rule("template", Class::Fatal, NOT_READ),
    rule("wrong-quotes", Class::Fatal, NOT_READ),
    rule("lone-surrogate", Class::Advises, TELLS),
    rule("not-utf8", Class::Fatal, "bytes that aren't text can't be read as meant"),
    rule("odd-blank", Class::Advises, TELLS),
    rule("utf16", Class::Advises, TELLS),
    // The whole.
    rule("version", Class::Fatal, "nobody knows what the options of another version mean"),
    rule("no-room", Class::Fatal, "no request would be answered"),
    rule("no-plan", Class::Fatal, "without its plan nothing can be answered"),
    rule("schema", Class::Fatal, "the user asked for this schema"),
    rule("unusable-schema", Class::Fatal, "the user asked for this schema"),
    rule("not-served", Class::Closes, "the plan refuses the part: it has the last word"),
    rule("left-out", Class::Advises, TELLS),
    rule("not-supported", Class::Closes, "the feature isn't there"),
    // Names.
    rule("guard-name", Class::Closes, "a name that reads like a guard's isn't taken for something harmless"),
    rule("letter-case", Class::Lints, "KrakenD reads it all the same, and so does Fjord"),
    rule("misspelt", Class::Closes, LOST),
    rule("unknown-namespace", Class::Lints, DEAD),
    rule(
        "unknown-option",
        Class::ClosesGuards,
        "in a guard it may be the one that turned away; elsewhere KrakenD ignores it",
    ),
    rule(
        "wrong-scope",
        Class::ClosesGuards,
        "KrakenD ignores a component in the wrong place; a guard there guards nothing",
    ),
    rule(
        "repeated-key",
        Class::ClosesSteps,
        "the last value counts, as in KrakenD; in a guard nobody knows which one is meant",
    ),
    // Values.
    rule("bad-address", Class::Lints, DEAD),
    rule("bad-base64", Class::ClosesSteps, VALUE),
    rule("bad-duration", Class::ClosesSteps, VALUE),
    rule(
        "bad-extra-config",
        Class::Closes,
        "KrakenD ignores an extra_config that isn't an object, with each guard in it",
    ),
    rule("bad-format", Class::ClosesSteps, VALUE),
    rule("bad-header", Class::ClosesSteps, VALUE),
    rule("bad-name", Class::ClosesSteps, VALUE),
    rule("bad-url", Class::ClosesSteps, VALUE),
    rule("empty", Class::ClosesSteps, VALUE),
    rule(
        "exclusive",
        Class::Lints,
        "one of the options wins, as in KrakenD; where it doesn't start the plan refuses",
    ),
    rule("idle-guard", Class::Closes, "whoever wrote it relies on it, and it switches nothing on"),
    rule("missing", Class::ClosesSteps, VALUE),
    rule("no-start", Class::Closes, NO_START),
    rule("not-a-choice", Class::ClosesSteps, VALUE),
    rule("not-whole", Class::ClosesSteps, VALUE),
    rule("null-value", Class::Lints, "null counts as not set, as in KrakenD"),
    rule("out-of-range", Class::ClosesSteps, VALUE),
    rule("too-few", Class::ClosesSteps, VALUE),
    rule("too-many", Class::ClosesSteps, VALUE),
    rule("unrendered", Class::Lints, SERVED),
    rule("wrong-type", Class::ClosesSteps, VALUE),
    // Routes and calls.
    rule("bad-host", Class::Lints, "KrakenD's own pattern has the last word, and so it has in the plan"),
    rule("bad-path", Class::Lints, DEAD),
    rule("bad-placeholder", Class::Lints, SERVED),
    rule("bad-wildcard", Class::Closes, NO_START),
    rule("duplicate-route", Class::Closes, NO_START),
    rule("missing-binding", Class::Closes, CANT_WORK),
    rule("missing-host", Class::Closes, CANT_WORK),
    rule("no-answer", Class::Closes, CANT_WORK),
    rule("outside-assets", Class::Closes, CANT_WORK),
    rule("no-op-merge", Class::Closes, NO_START),
    rule("no-value", Class::Lints, SERVED),
    rule("reserved-path", Class::Closes, NO_START),
    rule("route-conflict", Class::Closes, NO_START),
    rule("undefined-variable", Class::Closes, NO_START),
    rule("url-not-path", Class::Lints, SERVED),
    // Languages inside of options.
    rule("bad-certificate", Class::Closes, "no call by it can be made"),
    rule("bad-document", Class::Lints, "the origin has the last word on what it is asked"),
    rule("bad-expression", Class::Closes, LOST),
    rule("bad-regex", Class::Closes, LOST),
    rule("bad-schema", Class::Closes, LOST),
    rule("bad-script", Class::Closes, LOST),
    rule("never-runs", Class::Closes, LOST),
    rule("never-there", Class::Lints, "it is evaluated as written, as in KrakenD"),
    rule("never-true", Class::Lints, "everything is refused, as in KrakenD"),
    rule("undefined-operation", Class::Lints, "the origin has the last word on what it is asked"),
    rule("wrong-arguments", Class::Closes, LOST),
    // What lets nobody in, or too many browsers out, opens nothing.
    rule("bad-origin", Class::Lints, "no page has such an origin, so it allows none"),
    rule("empty-range", Class::Lints, "the platform chooses the version"),
    rule("insecure", Class::Lints, "KrakenD answers 401 to all there, and so does Fjord"),
    rule(
        "missing-file",
        Class::Lints,
        "a file that something needs the plan asks for, and refuses without it",
    ),
    rule("never-matches", Class::Lints, "nothing is let in by it"),
    rule("any-audience", Class::Advises, TELLS),
    rule("at-most-once", Class::Advises, TELLS),
    rule("binding", Class::Advises, TELLS),
    rule("bundled-key", Class::Advises, TELLS),
    rule("connections", Class::Advises, TELLS),
    rule("counting", Class::Advises, TELLS),
    rule("cpu", Class::Advises, TELLS),
    rule("cuts-answers", Class::Advises, TELLS),
    rule("deaf", Class::Advises, TELLS),
    rule("debug", Class::Advises, TELLS),
    rule("deprecated", Class::Advises, TELLS),
    rule("everybody", Class::Advises, TELLS),
    rule("cache", Class::Advises, TELLS),
    rule("grpc", Class::Advises, TELLS),
    rule("half-fits", Class::Advises, TELLS),
    rule("long-timeout", Class::Advises, TELLS),
    rule("more", Class::Advises, TELLS),
    rule("never-fires", Class::Advises, TELLS),
    rule("newest", Class::Advises, TELLS),
    rule("no-binding", Class::Advises, TELLS),
    rule("no-body", Class::Advises, TELLS),
    rule("no-effect", Class::Advises, TELLS),
    rule("no-endpoints", Class::Advises, TELLS),
    rule("not-let-in", Class::Advises, TELLS),
    rule("odd-path", Class::Advises, TELLS),
    rule("old-name", Class::Advises, TELLS),
    rule("overridden", Class::Advises, TELLS),
    rule("overwritten", Class::Advises, TELLS),
    rule("private-host", Class::Advises, TELLS),
    rule("raised", Class::Advises, TELLS),
    rule("repeated", Class::Advises, TELLS),
    rule("repeated-write", Class::Advises, TELLS),
    rule("secret", Class::Advises, TELLS),
    rule("shadowed", Class::Advises, TELLS),
    rule("short-key", Class::Advises, TELLS),
    rule("socket", Class::Advises, TELLS),
    rule("star-credentials", Class::Advises, TELLS),
    rule("subrequests", Class::Advises, TELLS),
    rule("unguarded", Class::Advises, TELLS),
    rule("unread", Class::Advises, TELLS),
    rule("wrong-operation", Class::Advises, TELLS),
    rule("wrong-phase", Class::Advises, TELLS),
    rule("bare-address", Class::Advises, TELLS),
    rule("public-answer", Class::Advises, TELLS),
    rule("replaced", Class::Advises, TELLS),
    rule("unchecked-format", Class::Advises, TELLS),
    rule("unused", Class::Advises, TELLS),
    rule("forged-address", Class::Advises, TELLS),
    rule("kept-for-all", Class::Advises, TELLS),
    rule("zero", Class::Advises, TELLS),
];

const fn rule(code: &'static str, class: Class, reason: &'static str) -> Rule {
    Rule { code, class, reason: words(reason) }
}

/// The class of a code.
pub fn class(code: &str) -> Class {
    let found = RULES.iter().find(|rule| rule.code == code);
    debug_assert!(found.is_some(), "no rule for {code}");
    // In doubt the door stays shut.
    found.map_or(Class::Closes, |rule| rule.class)
}

/// Whether a finding is about a name that nobody knows, or not there. In a later format it may be one that counts.
pub fn is_unknown(code: &str) -> bool {
    ["unknown-option", "unknown-namespace", "wrong-scope"].contains(&code)
}

// === impl Class ===

impl Class {
    /// Whether an error of this class, in a namespace of `role`, stays one in a view.
    pub fn is_error(self, role: Role, view: View) -> bool {
        match view {
            View::Lint => self != Class::Advises,
            View::Lenient => self == Class::Fatal,
            View::Run => match self {
                Class::Fatal | Class::Closes => true,
                Class::ClosesGuards => role == Role::Guard,
                Class::ClosesSteps => role != Role::Plain,
                Class::Lints | Class::Advises => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources that make findings.
    fn sources() -> Vec<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut folders, mut texts) = (
            ["src/options", "src/features", "src/faults", "src/review/check", "crates/document/src"]
                .map(|folder| root.join(folder))
                .to_vec(),
            Vec::new(),
        );
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if path.ends_with("check/rules.rs") => {}
                    false => texts.push(std::fs::read_to_string(&path).unwrap()),
                }
            }
        }
        texts
    }

    /// The text in quotes that a call begins with, if it reads as a code.
    fn code(call: &str) -> Option<&str> {
        let (before, rest) = call.split_once('"')?;
        let code = rest.split('"').next()?;
        let is_code = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (is_code && !code.is_empty() && before.trim().len() < 12 && !before.contains(')')).then_some(code)
    }

    #[test]
    fn every_code_has_one_rule_and_every_rule_a_code() {
        let (texts, mut seen) = (sources(), 0);
        for text in &texts {
            for word in ["error(", "warning(", "note(", "lacks(", "Diagnostic::new("] {
                for code in text.match_indices(word).filter_map(|(at, _)| code(&text[at + word.len()..])) {
                    assert_eq!(RULES.iter().filter(|rule| rule.code == code).count(), 1, "{code}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 150, "{seen}");
        for rule in RULES {
            let quoted = format!("\"{}\"", rule.code);
            assert!(texts.iter().any(|text| text.contains(&quoted)), "nothing finds {}", rule.code);
            assert!(!rule.reason.is_empty(), "{}", rule.code);
        }
    }

    #[test]
    fn an_error_stays_one_where_its_class_says_so() {
        use Class::{Advises, Closes, ClosesGuards, ClosesSteps, Fatal, Lints};
        let roles = [Role::Guard, Role::Shield, Role::Step, Role::Plain];
        for (class, run) in [
            (Fatal, [true; 4]),
            (Closes, [true; 4]),
            (ClosesGuards, [true, false, false, false]),
            (ClosesSteps, [true, true, true, false]),
            (Lints, [false; 4]),
            (Advises, [false; 4]),
        ] {
            assert_eq!(roles.map(|role| class.is_error(role, View::Run)), run, "{class:?}");
            assert_eq!(
                roles.map(|role| class.is_error(role, View::Lint)),
                [class != Advises; 4],
                "{class:?}"
            );
            assert_eq!(
                roles.map(|role| class.is_error(role, View::Lenient)),
                [class == Fatal; 4],
                "{class:?}"
            );
        }
    }
}
