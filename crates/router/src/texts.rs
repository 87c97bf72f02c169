//! Many short texts in one piece of memory: no allocation for each, and neighbours share a cache line.

/// A text among [`Texts`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Text {
    start: u32,
    len: u32,
}

/// The texts.
#[derive(Debug, Default)]
pub struct Texts(String);

// === impl Text ===

impl Text {
    /// Its length in bytes.
    pub fn len(self) -> usize {
        self.len as usize
    }
}

// === impl Texts ===

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) -> Text {
        let start = self.0.len() as u32;
        self.0.push_str(text);
        Text { start, len: text.len() as u32 }
    }

    /// The characters of a text.
    pub fn get(&self, text: Text) -> &str {
        self.0.get(text.range()).unwrap_or_default()
    }

    /// Whether a text has these characters.
    pub fn is(&self, text: Text, other: &str) -> bool {
        self.0.as_bytes().get(text.range()) == Some(other.as_bytes())
    }
}

impl Text {
    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}
