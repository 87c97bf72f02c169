//! The memory that text and bodies come in through, and the batch that goes out.

use std::cell::RefCell;
use std::ops::Range;

use fjord_json::Body;
use fjord_memory::{Excess, afford_body};

use super::batch::Batch;
use super::desk::Turn;
use super::places::PlaceId;
use super::protocol::StateBit;

/// Where the script writes and reads.
#[derive(Default)]
pub struct Buffers {
    input: RefCell<Vec<u8>>,
    body: RefCell<Option<Result<Body, Excess>>>,
    batch: RefCell<Batch>,
}

// === impl Buffers ===

impl Buffers {
    /// The address of the input buffer, which holds at least `len` bytes. What was in it may be gone.
    pub fn input(&self, len: usize) -> u32 {
        if self.input.borrow().len() < len {
            // Where memory ends, nothing is borrowed: requests in flight can still use the buffer as it was.
            let longer = vec![0; len];
            *self.input.borrow_mut() = longer;
        }
        self.input.borrow().as_ptr() as usize as u32
    }

    /// The address of a fresh body of `len` bytes; the next entry that takes a body takes it. 0 if it's more than the gateway
    /// keeps, which that entry then hears.
    pub fn body(&self, len: usize) -> u32 {
        let mut body = afford_body(len).map(|()| Body::zeroed(len));
        let address = body.as_mut().map_or(0, |body| address(body.as_mut_slice()));
        *self.body.borrow_mut() = Some(body);
        address
    }

    /// A body of `len` bytes that starts at `from` in the input buffer.
    ///
    /// # Errors
    /// If it's more than the gateway keeps.
    pub fn copied(&self, from: usize, len: usize) -> Result<Body, Excess> {
        afford_body(len)?;
        let input = self.input.borrow();
        Ok(Body::from(input.get(from..from + len).unwrap_or_default()))
    }

    /// The numbers at the start of the input buffer.
    pub fn words(&self, count: usize) -> Vec<u32> {
        let input = self.input.borrow();
        let words = input.get(..4 * count).unwrap_or_default().chunks_exact(4);
        words.map(|word| u32::from_le_bytes(word.try_into().unwrap_or_default())).collect()
    }

    /// Text of the input buffer.
    pub fn text(&self, range: Range<usize>) -> String {
        let input = self.input.borrow();
        String::from_utf8_lossy(input.get(range).unwrap_or_default()).into_owned()
    }

    /// The body written last, if there is one that nobody has taken.
    pub fn take_body(&self) -> Option<Result<Body, Excess>> {
        self.body.take()
    }

    /// Frees what the last batch points to. The script has read it.
    pub fn forget(&self) {
        self.batch.borrow_mut().clear();
    }

    /// The address of a batch that asks for the header lines of a list.
    pub fn lines_wanted(&self, place: PlaceId, list: u32) -> u32 {
        let mut batch = self.batch.borrow_mut();
        batch.clear();
        batch.head((place, list), StateBit::Lines as u32)
    }

    /// The address of the batch of a turn; 0 without one. `list` is that of the header lines which the request needed.
    pub fn batch(&self, place: PlaceId, list: u32, turn: Option<Turn>) -> u32 {
        let Some(turn) = turn else { return 0 };
        let mut batch = self.batch.borrow_mut();
        // Nothing is asked for twice.
        batch.clear();
        for (id, effect) in turn.effects {
            batch.effect(id, effect);
        }
        if let Some(shape) = &turn.shape {
            batch.shape(shape);
        }
        if let Some(answer) = turn.answer {
            batch.answer(answer);
        }
        batch.head((place, list), Batch::state(turn.state, turn.recipe, turn.constant))
    }
}

/// An address in the module's memory, which has 32 bits.
pub fn address(bytes: &mut [u8]) -> u32 {
    bytes.as_mut_ptr() as usize as u32
}
