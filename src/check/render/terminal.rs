//! The findings as rustc shows its own: what, where, the line with a caret, how to mend it.

use std::fmt::Write;
use std::ops::Range;

use super::super::Checked;
use crate::config::{Diagnostic, Lines, Severity};

/// The widest part of a line that is shown.
const WIDTH: usize = 100;
/// What is shown of a clipped line before its caret.
const BEFORE: usize = 40;

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
pub(in crate::check) fn text_of(parts: &[(&str, &Checked<'_>)], color: bool) -> String {
    let paint = Paint { on: color };
    let mut out = String::new();
    for (file, checked) in parts {
        let lines = checked.lines();
        for diagnostic in &checked.diagnostics {
            finding(&mut out, diagnostic, &lines, file, &paint);
            out.push('\n');
        }
    }
    let all = || parts.iter().flat_map(|(_, checked)| &checked.diagnostics);
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
    out
}

fn finding(out: &mut String, diagnostic: &Diagnostic, lines: &Lines<'_>, file: &str, paint: &Paint) {
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
        let mut shown = 0;
        for (span, label, sign, color) in marks {
            let at = lines.position(span.start);
            if shown != 0 && at.line > shown + 1 {
                let _ = writeln!(out, "{}", paint.wrap(BLUE, "..."));
            }
            if at.line != shown {
                let number = paint.wrap(BLUE, &format!("{:>width$}", at.line));
                let line = format!("{number} {bar} {}", excerpt(lines, at.line, at.column).0);
                let _ = writeln!(out, "{}", line.trim_end());
            }
            shown = at.line;
            let (shift, caret) = caret(lines, span, sign);
            let label = if label.is_empty() { String::new() } else { format!(" {label}") };
            let _ = writeln!(out, "{pad} {bar} {shift}{}", paint.wrap(color, &format!("{caret}{label}")));
        }
        let _ = writeln!(out, "{pad} {bar}");
    }
    let equals = paint.wrap(BLUE, "=");
    if !diagnostic.path.is_empty() {
        let _ = writeln!(out, "{pad} {equals} {}: {}", paint.wrap(BOLD, "at"), diagnostic.path);
    }
    if let Some(help) = &diagnostic.help {
        let help = help.replace('\n', &format!("\n{pad}         "));
        let _ = writeln!(out, "{pad} {equals} {}: {help}", paint.wrap(BOLD, "help"));
    }
}

/// A line as it is shown, and the column that its first character has; long lines are clipped around `column`.
fn excerpt(lines: &Lines<'_>, line: usize, column: usize) -> (String, usize) {
    let text = lines.line(line).map_or("", |(text, _)| text);
    let length = text.chars().count();
    let start = if length <= WIDTH { 0 } else { column.saturating_sub(BEFORE).min(length - WIDTH) };
    let shown: String = text.chars().skip(start).take(WIDTH).map(printable).collect();
    let left = if start > 0 { "…" } else { "" };
    let right = if start + WIDTH < length { "…" } else { "" };
    (format!("{left}{shown}{right}"), start + 1 - usize::from(start > 0))
}

/// The blanks before a mark and the mark itself.
fn caret(lines: &Lines<'_>, span: &Range<u32>, sign: char) -> (String, String) {
    let start = lines.position(span.start);
    let end = lines.position(span.end);
    let (shown, first) = excerpt(lines, start.line, start.column);
    let visible = shown.chars().count();
    let from = start.column - first.min(start.column);
    let to = if end.line == start.line { end.column - first.min(end.column) } else { visible };
    let len = to.min(visible).saturating_sub(from).max(1);
    (" ".repeat(from), sign.to_string().repeat(len))
}

/// Tabs and control characters would move the carets or the terminal.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

// === impl Paint ===

impl Paint {
    fn wrap(&self, color: &str, text: &str) -> String {
        if self.on { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
