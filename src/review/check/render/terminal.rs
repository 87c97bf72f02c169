//! The findings as rustc shows its own: what, where, the line with a caret, how to mend it.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use fjord_document::lines::Position;
use fjord_document::{Diagnostic, Lines, Severity};

use super::super::Checked;

/// The widest part of a line that is shown.
const WIDTH: usize = 100;
/// What is shown of a clipped line before its caret.
const BEFORE: usize = 40;

/// How many places are shown of one finding, beside its first.
const ALSO: usize = 10;

/// A finding, and those that say the same of other places.
type Group<'c> = (&'c Diagnostic, Vec<&'c Diagnostic>);

/// A line as it is shown.
struct Excerpt {
    line: usize,
    text: String,
    /// The column of its first character.
    first: usize,
    /// The column after the last character of the line that is shown.
    end: usize,
}

/// The colours, or nothing in their place.
struct Paint {
    on: bool,
}

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const BLUE: &str = "1;34";
const CYAN: &str = "1;36";
const BOLD: &str = "1";

/// All findings and a line that counts them; empty if there are none.
pub fn text(checked: &Checked<'_>, file: &str, color: bool) -> String {
    text_of(&[(file, checked)], color)
}

/// The same for several files.
pub(crate) fn text_of(parts: &[(&str, &Checked<'_>)], color: bool) -> String {
    let paint = Paint { on: color };
    let mut out = String::new();
    let groups: Vec<_> =
        parts.iter().map(|(file, checked)| (file, checked.lines(), grouped(checked))).collect();
    for (file, lines, groups) in &groups {
        for (diagnostic, also) in groups {
            finding(&mut out, diagnostic, also, lines, file, &paint);
            out.push('\n');
        }
    }
    let all = || groups.iter().flat_map(|(.., groups)| groups).map(|(first, _)| *first);
    let count = |severity| all().filter(|d| d.severity == severity).count();
    let counts = [(Severity::Error, RED), (Severity::Warning, YELLOW), (Severity::Note, CYAN)];
    let summary: Vec<String> = counts
        .into_iter()
        .map(|(severity, color)| (count(severity), severity, color))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, severity, color)| {
            let plural = if count == 1 { "" } else { "s" };
            paint.wrap(color, &format!("{count} {}{plural}", severity.name()))
        })
        .collect();
    if !summary.is_empty() {
        // Writing into a String can't fail.
        let _ = writeln!(out, "{}", summary.join(", "));
    }
    let is_known = |d: &&Diagnostic| !d.path.is_empty() && !d.code.starts_with("unknown");
    let about = all().filter(|d| d.severity != Severity::Note).find(is_known);
    if let Some(about) = about {
        let _ = writeln!(out, "More on an option: fjord explain {}", about.path);
    }
    out
}

/// The findings of a file, each with those that say the same of other places.
fn grouped<'c>(checked: &'c Checked<'_>) -> Vec<Group<'c>> {
    let mut groups: Vec<Group<'c>> = Vec::new();
    let mut known = HashMap::new();
    for diagnostic in &checked.diagnostics {
        let Diagnostic { severity, code, message, help, .. } = diagnostic;
        let place = match diagnostic.related.is_empty() {
            true => *known.entry((severity.name(), *code, message, help)).or_insert(groups.len()),
            // What it points at is its own.
            false => groups.len(),
        };
        match groups.get_mut(place) {
            Some((_, also)) => also.push(diagnostic),
            None => groups.push((diagnostic, Vec::new())),
        }
    }
    groups
}

fn finding(
    out: &mut String,
    diagnostic: &Diagnostic,
    also: &[&Diagnostic],
    lines: &Lines<'_>,
    file: &str,
    paint: &Paint,
) {
    let color = match diagnostic.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Note => CYAN,
    };
    let title = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
    let at = lines.position(diagnostic.span.start);
    let last = diagnostic.related.iter().map(|(span, _)| lines.position(span.start).line).max().unwrap_or(0);
    let width = at.line.max(last).to_string().len();
    let bar = paint.wrap(BLUE, "|");
    let arrow = paint.wrap(BLUE, "-->");
    let pad = " ".repeat(width);
    let file = if file.is_empty() { "config" } else { file };
    let _ = writeln!(
        out,
        "{}{}",
        paint.wrap(color, &title),
        paint.wrap(BOLD, &format!(": {}", diagnostic.message))
    );
    let _ = writeln!(out, "{pad}{arrow} {file}:{}:{}", at.line, at.column);
    if !lines.text().is_empty() {
        let _ = writeln!(out, "{pad} {bar}");
        let mut marks: Vec<(&Range<u32>, &str, char, &str)> = vec![(&diagnostic.span, "", '^', color)];
        marks.extend(diagnostic.related.iter().map(|(span, label)| (span, &**label, '-', BLUE)));
        marks.sort_by_key(|(span, ..)| span.start);
        let mut shown: Option<Excerpt> = None;
        for (span, label, sign, color) in marks {
            let at = lines.position(span.start);
            if shown.as_ref().is_some_and(|shown| at.line > shown.line + 1) {
                let _ = writeln!(out, "{}", paint.wrap(BLUE, "..."));
            }
            let line = match shown.take().filter(|shown| shown.has(at)) {
                Some(shown) => shown,
                None => {
                    let excerpt = Excerpt::new(lines, span.start, at);
                    let number = paint.wrap(BLUE, &format!("{:>width$}", at.line));
                    let _ = writeln!(out, "{}", format!("{number} {bar} {}", excerpt.text).trim_end());
                    excerpt
                }
            };
            let (shift, caret) = line.caret(at, lines.position(span.end), sign);
            let label = if label.is_empty() { String::new() } else { format!(" {label}") };
            let _ = writeln!(out, "{pad} {bar} {shift}{}", paint.wrap(color, &format!("{caret}{label}")));
            shown = Some(line);
        }
        let _ = writeln!(out, "{pad} {bar}");
    }
    let equals = paint.wrap(BLUE, "=");
    if !diagnostic.path.is_empty() {
        let _ = writeln!(out, "{pad} {equals} {}: {}", paint.wrap(BOLD, "at"), diagnostic.path);
    }
    for other in also.iter().take(ALSO) {
        let at = lines.position(other.span.start);
        let place = format!("{file}:{}:{} {}", at.line, at.column, other.path);
        let _ = writeln!(out, "{pad} {equals} {}: {}", paint.wrap(BOLD, "also"), place.trim_end());
    }
    if let more @ 1.. = also.len().saturating_sub(ALSO) {
        let places = if more == 1 { "place" } else { "places" };
        let _ = writeln!(out, "{pad} {equals} {}: {more} more {places}", paint.wrap(BOLD, "also"));
    }
    if let Some(help) = &diagnostic.help {
        let help = help.replace('\n', &format!("\n{pad}         "));
        let _ = writeln!(out, "{pad} {equals} {}: {help}", paint.wrap(BOLD, "help"));
    }
}

fn is_short(line: &str) -> bool {
    line.len() <= 4 * WIDTH && line.chars().count() <= WIDTH
}

/// Tabs and control characters would move the carets or the terminal.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

// === impl Excerpt ===

impl Excerpt {
    /// What is shown of the line of a place: a long one is clipped around it.
    fn new(lines: &Lines<'_>, offset: u32, at: Position) -> Self {
        let (text, place) = lines.line(at.line).unwrap_or_default();
        // Lines may have megabytes: only what is around the place is looked at.
        let (before, behind) =
            text.split_at_checked((offset as usize).saturating_sub(place.start)).unwrap_or((text, ""));
        let room = WIDTH.saturating_sub(behind.chars().take(WIDTH).count()).max(BEFORE - 1);
        let back = match before.char_indices().rev().nth(room) {
            None => 0,
            Some((at, c)) => at + c.len_utf8(),
        };
        let skipped = at.column.saturating_sub(1).saturating_sub(before[back..].chars().count());
        let (start, skipped) =
            if text[..back].is_empty() || is_short(text) { (0, 0) } else { (back, skipped) };
        let mut rest = text[start..].chars();
        let shown: String = rest.by_ref().take(WIDTH).map(printable).collect();
        let left = if start > 0 { "…" } else { "" };
        let right = if rest.next().is_some() { "…" } else { "" };
        Self {
            line: at.line,
            text: format!("{left}{shown}{right}"),
            first: skipped + 1 - usize::from(start > 0),
            end: skipped + 1 + shown.chars().count(),
        }
    }

    /// Whether a place is in what is shown: its line, and no clipped part of it.
    fn has(&self, at: Position) -> bool {
        at.line == self.line && (self.first..self.end.max(self.first + 1)).contains(&at.column)
    }

    /// The blanks before a mark and the mark itself.
    fn caret(&self, start: Position, end: Position, sign: char) -> (String, String) {
        let visible = self.text.chars().count();
        let from = start.column - self.first.min(start.column);
        let to = if end.line == start.line { end.column - self.first.min(end.column) } else { visible };
        let len = to.min(visible).saturating_sub(from).max(1);
        (" ".repeat(from), sign.to_string().repeat(len))
    }
}

// === impl Paint ===

impl Paint {
    fn wrap(&self, color: &str, text: &str) -> String {
        if self.on { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
