//! Workflow commands of GitHub Actions: each finding becomes an annotation at its line.

use std::fmt::Write;

use fjord_document::Severity;

use super::super::Checked;

/// The findings as workflow commands, one a line.
pub fn github(checked: &Checked<'_>, file: &str) -> String {
    let lines = checked.lines();
    let mut out = String::new();
    for diagnostic in &checked.diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let at = lines.position(diagnostic.span.start);
        let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        // Writing into a String can't fail.
        let _ = writeln!(
            out,
            "::{command} file={},line={},col={},title={}::{}",
            property(file),
            at.line,
            at.column,
            property(diagnostic.code),
            data(&format!("{}{help}", diagnostic.message)),
        );
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
