//! One finding about a configuration: how bad it is, where it is, what is wrong, and how to mend it.

use std::ops::Range;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, nothing to mend.
    Note,
    /// It works, but hardly as meant.
    Warning,
    /// The configuration can't be served as written.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The kind of finding, a stable name in kebab case.
    pub code: &'static str,
    /// The JSON pointer of the value it is about; empty for the whole document.
    pub path: String,
    /// The place in the text, in bytes.
    pub span: Range<u32>,
    /// What is wrong, one sentence without a period.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Other places that belong to the finding, each with a label.
    pub related: Vec<(Range<u32>, String)>,
}

// === impl Severity ===

impl Severity {
    /// The name in every output format.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

// === impl Diagnostic ===

impl Diagnostic {
    /// A finding that ends in a refusal.
    pub fn error(code: &'static str, span: Range<u32>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, span, message)
    }

    /// A finding that deserves a look.
    pub fn warning(code: &'static str, span: Range<u32>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, span, message)
    }

    /// A finding for information.
    pub fn note(code: &'static str, span: Range<u32>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Note, code, span, message)
    }

    /// A finding of any severity.
    pub fn new(
        severity: Severity,
        code: &'static str,
        span: Range<u32>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity,
            code,
            path: String::new(),
            span,
            message: message.into(),
            help: None,
            related: Vec::new(),
        }
    }

    /// With the JSON pointer of the value it is about.
    pub fn at(mut self, path: impl Into<String>) -> Diagnostic {
        self.path = path.into();
        self
    }

    /// With a way to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// With another place that belongs to it.
    pub fn related(mut self, span: Range<u32>, label: impl Into<String>) -> Diagnostic {
        self.related.push((span, label.into()));
        self
    }
}
