//! The memory that text and bodies come in through, and the batch that goes out.

use std::cell::RefCell;
use std::ops::Range;

use crate::json::Body;

use super::batch::Batch;
use super::desk::Turn;

/// Where the script writes and reads.
#[derive(Default)]
pub struct Buffers {
    input: RefCell<Vec<u8>>,
    body: RefCell<Option<Body>>,
    batch: RefCell<Batch>,
}

// === impl Buffers ===

impl Buffers {
    /// The address of the input buffer, which holds at least `len` bytes.
    pub fn input(&self, len: usize) -> u32 {
        let mut input = self.input.borrow_mut();
        if input.len() < len {
            input.resize(len, 0);
        }
        input.as_ptr() as usize as u32
    }

    /// The address of a fresh body of `len` bytes; the next entry that takes a body takes it.
    pub fn body(&self, len: usize) -> u32 {
        let mut body = Body::zeroed(len);
        let address = body.as_mut_slice().as_mut_ptr() as usize as u32;
        *self.body.borrow_mut() = Some(body);
        address
    }

    /// Text of the input buffer.
    pub fn text(&self, range: Range<usize>) -> String {
        let input = self.input.borrow();
        String::from_utf8_lossy(input.get(range).unwrap_or_default()).into_owned()
    }

    /// The body written last.
    pub fn take_body(&self) -> Body {
        self.body.take().unwrap_or_else(|| Body::zeroed(0))
    }

    /// The address of the batch of a turn; 0 without one.
    pub fn batch(&self, turn: Option<Turn>) -> u32 {
        let Some(turn) = turn else { return 0 };
        let mut batch = self.batch.borrow_mut();
        batch.clear();
        for (id, effect) in turn.effects {
            batch.effect(id, effect);
        }
        if let Some(answer) = turn.answer {
            batch.answer(answer);
        }
        batch.head(turn.state)
    }
}
