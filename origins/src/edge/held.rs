//! Received messages that wait for their settlement, by token.
//!
//! A message keeps its connection, which belongs to one request: what is here is the sender of a channel to the future that has
//! both. The future ends the wait, at the latest by its limit, and takes the token away.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use futures::channel::oneshot;

use crate::broker::Settlement;

use super::flight::Reply;

/// How a message is settled, and who wants to know.
pub struct Order {
    pub settlement: Settlement,
    pub reply: Reply,
}

/// A message that waits.
pub struct Held {
    token: u32,
    order: oneshot::Receiver<Order>,
}

thread_local! {
    static HELD: RefCell<HashMap<u32, oneshot::Sender<Order>>> = RefCell::default();
    /// Tokens begin anywhere: those of an instance that has trapped must not meet another message.
    static LAST: Cell<u32> = Cell::new((js_sys::Math::random() * f64::from(u32::MAX)) as u32);
}

/// Gives an order to the message of this token; the order comes back if there is no such message any more.
pub fn settle(token: u32, order: Order) -> Result<(), Order> {
    match HELD.with_borrow_mut(|held| held.remove(&token)) {
        Some(sender) => sender.send(order),
        None => Err(order),
    }
}

// === impl Held ===

impl Held {
    /// Gives a message a token; 0 means none.
    pub fn new() -> Self {
        let token = LAST.get().checked_add(1).unwrap_or(1);
        LAST.set(token);
        let (sender, order) = oneshot::channel();
        HELD.with_borrow_mut(|held| held.insert(token, sender));
        Self { token, order }
    }

    pub const fn token(&self) -> u32 {
        self.token
    }

    /// Waits for the order; none comes where the token was given to another message.
    pub async fn order(&mut self) -> Option<Order> {
        (&mut self.order).await.ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|held| held.remove(&self.token));
    }
}
