//! Bodies that the host hands over part by part.

use std::cell::RefCell;

use fjord_json::Body;
use fjord_memory::{BODY, Excess};

use super::effect::EffectId;

/// The bodies of one request that are under way.
#[derive(Default)]
pub(super) struct Arrivals(RefCell<Vec<Arriving>>);

/// A body that comes part by part, with the effect that waits for it: it's freed with that, or with the request. What went wrong
/// is kept until the host has noticed.
struct Arriving {
    id: EffectId,
    /// The length that is announced, or the longest that there may be.
    most: usize,
    body: Result<Body, Excess>,
}

// === impl Arrivals ===

impl Arrivals {
    /// A body of `len` bytes is announced. False if it's more than the gateway keeps.
    pub(super) fn expect(&self, id: EffectId, len: usize) -> bool {
        let body = Body::announced(len);
        let wanted = body.is_ok();
        self.0.borrow_mut().push(Arriving { id, most: len, body });
        wanted
    }

    /// Makes room for the next `len` bytes of a body, and has them written. None if they are too many.
    pub(super) fn receive<T>(
        &self,
        id: EffectId,
        len: usize,
        write: impl FnOnce(&mut [u8]) -> T,
    ) -> Option<T> {
        let mut bodies = self.0.borrow_mut();
        let at = bodies.iter().position(|body| body.id == id).unwrap_or_else(|| {
            bodies.push(Arriving { id, most: BODY, body: Ok(Body::zeroed(0)) });
            bodies.len() - 1
        });
        let Arriving { most, body, .. } = &mut bodies[at];
        match body.as_mut().map(|body| body.grow(len, *most)) {
            Ok(Ok(room)) => Some(write(room)),
            Ok(Err(excess)) => {
                *body = Err(excess);
                None
            }
            Err(_) => None,
        }
    }

    /// The whole body: empty if no part came.
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub(super) fn take(&self, id: EffectId) -> Result<Body, Excess> {
        let mut bodies = self.0.borrow_mut();
        match bodies.iter().position(|body| body.id == id) {
            Some(at) => bodies.swap_remove(at).body.map(Body::fitted),
            None => Ok(Body::zeroed(0)),
        }
    }

    /// Nothing waits for the body any more.
    pub(super) fn forget(&self, id: EffectId) {
        self.0.borrow_mut().retain(|body| body.id != id);
    }

    /// Whether no body is under way.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}
