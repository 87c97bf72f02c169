//! Text that is being written and has an end: a small body can make a long one, by names that are said again at each
//! element and by blanks before each line.

use std::ops::Deref;

use fjord_memory::{Excess, OUTPUT, room};

/// A text that takes no more than it may: what is written after that is lost, and [`Out::finish`] says so.
pub(super) struct Out {
    text: String,
    limit: usize,
    /// What sets the limit.
    excess: Excess,
    full: bool,
}

// === impl Out ===

impl Out {
    /// An empty text.
    pub fn new() -> Self {
        // A text that grows is copied, and is there twice then.
        let half = room() / 2;
        let (limit, excess) = if half < OUTPUT { (half, Excess::Room) } else { (OUTPUT, Excess::Output) };
        Self { text: String::new(), limit, excess, full: false }
    }

    /// Appends text.
    pub fn push_str(&mut self, text: &str) {
        if self.fits(text.len()) {
            self.text.push_str(text);
        }
    }

    /// Appends a character.
    pub fn push(&mut self, c: char) {
        if self.fits(c.len_utf8()) {
            self.text.push(c);
        }
    }

    /// Appends blanks.
    pub fn blanks(&mut self, count: usize) {
        if self.fits(count) {
            self.text.extend(std::iter::repeat_n(' ', count));
        }
    }

    /// Takes back what was written after `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.text.truncate(len);
    }

    /// The text, if all of it is there.
    pub fn finish(self) -> Result<String, Excess> {
        if self.full { Err(self.excess) } else { Ok(self.text) }
    }

    fn fits(&mut self, more: usize) -> bool {
        if more > self.limit.saturating_sub(self.text.len()) {
            self.full = true;
        } else if self.text.try_reserve(more).is_err() {
            self.full = true;
            self.excess = Excess::Room;
        }
        !self.full
    }
}

impl Deref for Out {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::with_room;

    #[test]
    fn what_fits_is_there() {
        let mut out = with_room(12, Out::new);
        out.push_str("four");
        out.blanks(1);
        out.push('x');
        assert_eq!(out.finish(), Ok("four x".to_owned()));
    }

    #[test]
    fn nothing_is_written_after_the_limit() {
        let mut out = with_room(10, Out::new);
        out.push_str("four");
        out.push('é');
        out.push('x');
        assert_eq!(&*out, "four");
        assert_eq!(out.finish(), Err(Excess::Room));
    }
}
