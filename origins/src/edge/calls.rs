//! The calls in flight, so that none outlives its time.
//!
//! A call ends by itself: it's complete, or its limit strikes. But where the runtime ends a request, its timers and promises never
//! settle, and what waits for them would stay in memory for good (some 12 KB each). So each new call ends those whose time has
//! been up for a while. Only values of the other request are dropped by that; nothing of it is run.

use std::cell::RefCell;
use std::future::Future;

use futures::future::{AbortHandle, Abortable};

/// The time after which a call that should be over is given up, in milliseconds: as long as the runtime lets a request continue after
/// its response. Earlier, a busy isolate's own timers may only be late, and a socket can't be closed from another request.
const GRACE: f64 = 30_000.0;

struct Entry {
    ends_at: f64,
    handle: AbortHandle,
}

thread_local! {
    static CALLS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// Runs a call that ends at this time at the latest (milliseconds since the epoch).
pub async fn run(ends_at: f64, call: impl Future<Output = ()>) {
    let (handle, registration) = AbortHandle::new_pair();
    CALLS.with_borrow_mut(|calls| {
        let now = js_sys::Date::now();
        calls.retain(|entry| {
            let is_over = now > entry.ends_at + GRACE;
            if is_over {
                entry.handle.abort();
            }
            !is_over
        });
        calls.push(Entry { ends_at, handle: handle.clone() });
    });
    let _ = Abortable::new(call, registration).await;
    handle.abort();
    CALLS.with_borrow_mut(|calls| calls.retain(|entry| !entry.handle.is_aborted()));
}

/// The number of calls in flight, for tests.
pub fn count() -> usize {
    CALLS.with_borrow(Vec::len)
}
