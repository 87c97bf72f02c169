//! The bytes of a received body, with zeros behind them so that the scanner needs no end tests.

use fjord_memory::{BODY, Excess, afford, afford_body};

/// Zeros behind the text. The scanner looks at most 16 bytes ahead of a position that is at most a few bytes behind the end.
pub(super) const PADDING: usize = 64;

/// How much is set aside for a body before it comes: as much as the script takes at once.
const SET_ASIDE: usize = 1 << 17;

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

    /// An empty body of which `len` bytes are announced. Some are set aside at once, the rest when they come: whoever announces
    /// much and sends nothing would block the others.
    ///
    /// # Errors
    /// If the body is too long, or if there's no memory for it.
    pub fn announced(len: usize) -> Result<Self, Excess> {
        afford_body(len)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len.min(SET_ASIDE) + PADDING).map_err(|_| Excess::Room)?;
        bytes.resize(PADDING, 0);
        Ok(Self { bytes })
    }

    /// Makes room for `len` bytes more and gives it, to be written to. A body grows to twice its size, but to no more than
    /// `most` unless it is longer than that.
    ///
    /// # Errors
    /// If the body becomes too long, or if there's no memory for it.
    pub fn grow(&mut self, len: usize, most: usize) -> Result<&mut [u8], Excess> {
        let start = self.len();
        let end = start.saturating_add(len);
        if end > BODY {
            return Err(Excess::Body);
        }
        if end + PADDING > self.bytes.capacity() {
            let room = (2 * start).min(most).max(end) + PADDING;
            // It's there twice while it moves.
            afford(room)?;
            self.bytes.try_reserve_exact(room - self.bytes.len()).map_err(|_| Excess::Room)?;
        }
        self.bytes.resize(end + PADDING, 0);
        Ok(self.bytes.split_at_mut(end).0.split_at_mut(start).1)
    }

    /// The body without the room for more of it.
    pub fn fitted(mut self) -> Self {
        self.bytes.shrink_to_fit();
        self
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
    pub fn padded(&self) -> &[u8] {
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

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::with_room;

    #[test]
    fn a_body_grows_to_its_limit() {
        let mut body = Body::announced(7).expect("there is room");
        for part in [&b"one "[..], b"", b"two"] {
            body.grow(part.len(), 7).expect("there is room").copy_from_slice(part);
            assert!(body.padded().ends_with(&[0; PADDING]));
        }
        assert_eq!(body.as_slice(), b"one two");
        assert_eq!(body.grow(BODY, BODY).err(), Some(Excess::Body));
        assert_eq!(with_room(1000, || body.grow(2000, BODY).err()), Some(Excess::Room));
        assert_eq!(body.grow(BODY - 7, BODY).map(|room| room.len()), Ok(BODY - 7));
        assert_eq!(body.grow(1, BODY).err(), Some(Excess::Body));
        assert!(body.bytes.capacity() <= BODY + PADDING);
        assert!(body.fitted().as_slice().starts_with(b"one two\0"));
    }

    #[test]
    fn what_is_announced_is_set_aside_within_limits() {
        assert_eq!(Body::announced(BODY + 1).err(), Some(Excess::Body));
        assert_eq!(with_room(1000, || Body::announced(1001).err()), Some(Excess::Room));
        let mut body = Body::announced(BODY).expect("there is room");
        assert!(body.is_empty() && body.bytes.capacity() < 2 * SET_ASIDE);
        body.grow(BODY / 2, BODY).expect("there is room");
        body.grow(1, BODY / 2 + 5).expect("there is room");
        assert_eq!(body.bytes.capacity(), BODY / 2 + 5 + PADDING);
    }
}
