//! The findings for people and for programs, and the one call that the command line makes.

use std::fmt::Write;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};

use fjord_document::{Origin, Places, Reading};

use super::{AuditOptions, Finding, Severity, audit};

/// What the command line asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wish {
    /// The file's name, for the report.
    file: String,
    /// The report for people, or that for programs: of a large configuration each has megabytes.
    text: bool,
    color: bool,
    severities: Vec<String>,
    ignore: Vec<String>,
    bindings: Option<Vec<String>>,
    /// Where the text comes from, if it isn't that of the file.
    origin: Option<Origin>,
}

/// As KrakenD's JSON output has it, and more.
#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    recommendations: Vec<Entry<'a>>,
}

/// The same for people.
#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    severity: &'a str,
    message: String,
    file: &'a str,
    path: &'a str,
    line: usize,
    column: usize,
    help: &'a str,
}

/// Audits a configuration and writes the report as JSON: `{file, recommendations}`, or `{text}` for people; nothing if the
/// configuration can't be read. `options` is a JSON object with any of `file`, `text`, `color`, `severities`, `ignore`,
/// `bindings` and `origin`.
///
/// # Errors
/// If `options` isn't such an object.
pub fn report(reading: &Reading<'_>, options: &str) -> serde_json::Result<Option<String>> {
    let wish: Wish = serde_json::from_str(options)?;
    let Some(document) = &reading.document else { return Ok(None) };
    let severity = |name: &String| {
        Severity::named(name)
            .ok_or_else(|| serde_json::Error::custom(format!("no severity is called {name}")))
    };
    let severities = wish.severities.iter().map(severity).collect::<Result<_, _>>()?;
    let options = AuditOptions { severities, ignore: wish.ignore, bindings: wish.bindings };
    let findings = audit(&document.root, &options);
    let places = Places::new(&reading.text, &wish.file, wish.origin.as_ref());
    Ok(Some(match wish.text {
        true => written(&Text { text: text(&findings, &places, wish.color) }),
        false => json(&findings, &places, &wish.file),
    }))
}

/// The report on findings.
pub fn json(findings: &[Finding], places: &Places<'_>, file: &str) -> String {
    let entries = findings.iter().map(|finding| {
        let (file, at) = places.of(&finding.span);
        Entry {
            rule: finding.rule.id,
            severity: finding.rule.severity.name(),
            message: finding.message(),
            file,
            path: &finding.path,
            line: at.line,
            column: at.column,
            help: finding.rule.help,
        }
    });
    written(&Report { file, recommendations: entries.collect() })
}

fn written(report: &impl Serialize) -> String {
    serde_json::to_string(report).expect("strings and numbers are JSON")
}

/// The findings, each rule with its places, and a line that counts them; empty if there are none.
pub fn text(findings: &[Finding], places: &Places<'_>, color: bool) -> String {
    let paint =
        |code: &str, text: &str| if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let mut out = String::new();
    for group in findings.chunk_by(|a, b| a.rule.id == b.rule.id) {
        let Some(first) = group.first() else { continue };
        let rule = first.rule;
        let title = paint(hue(rule.severity), &format!("{}\t[{}]", rule.id, rule.severity.name()));
        // Writing into a String can't fail.
        let _ = writeln!(out, "{title}\t{}", paint("1", rule.message));
        for finding in group {
            let (file, at) = places.of(&finding.span);
            let mut place = format!("{file}:{}:{}", at.line, at.column);
            if !finding.path.is_empty() {
                let _ = write!(place, " {}", finding.path);
            }
            if let Some(detail) = &finding.detail {
                let _ = write!(place, ": {}", printable(detail));
            }
            let _ = writeln!(out, "  {} {place}", paint("1;34", "-->"));
        }
        let _ = writeln!(out, "  {} {}: {}\n", paint("1;34", "="), paint("1", "help"), rule.help);
    }
    let counts = Severity::ALL.into_iter().filter_map(|severity| {
        let count = findings.iter().filter(|finding| finding.rule.severity == severity).count();
        (count > 0)
            .then(|| paint(hue(severity), &format!("{count} {}", severity.name().to_ascii_lowercase())))
    });
    let counts: Vec<String> = counts.collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "{}", counts.join(", "));
    }
    out
}

/// The colour of a severity, as a terminal wants it.
pub fn hue(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "1;31",
        Severity::Medium => "1;33",
        Severity::Low => "1;36",
    }
}

/// Control characters of the configuration would reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
