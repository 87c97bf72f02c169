//! The bytes of a received body, with zeros behind them so that the scanner needs no end tests.

/// Zeros behind the text. The scanner looks at most 16 bytes ahead of a position that is at most a few bytes behind the end.
pub(super) const PADDING: usize = 64;

/// A received body: its bytes and a run of zeros that no reader of the body sees.
#[derive(Debug, Clone)]
pub struct Body {
    bytes: Vec<u8>,
}

// === impl Body ===

impl Body {
    /// A body of `len` zeros for the host to write into.
    pub fn zeroed(len: usize) -> Self {
        Self { bytes: vec![0; len.saturating_add(PADDING)] }
    }

    /// The number of bytes received.
    pub fn len(&self) -> usize {
        self.bytes.len() - PADDING
    }

    /// Whether nothing was received.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes received.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.split_at(self.len()).0
    }

    /// The bytes received, to write to.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        let len = self.len();
        self.bytes.split_at_mut(len).0
    }

    /// The bytes received, without the padding.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len());
        self.bytes
    }

    /// The bytes with the zeros behind them.
    pub(crate) fn padded(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for Body {
    fn from(mut bytes: Vec<u8>) -> Self {
        bytes.resize(bytes.len() + PADDING, 0);
        Self { bytes }
    }
}

impl From<&[u8]> for Body {
    fn from(text: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + PADDING);
        bytes.extend_from_slice(text);
        bytes.resize(text.len() + PADDING, 0);
        Self { bytes }
    }
}
