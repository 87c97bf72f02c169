//! Operations in flight: each is one future, whose result and end the script gets as promises.

use std::future::Future;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::calls;

/// An operation in flight.
#[wasm_bindgen]
pub struct Flight {
    response: Promise,
    done: Promise,
}

/// Settles the promise of a result.
pub struct Reply {
    resolve: Function,
    reject: Function,
}

#[wasm_bindgen]
impl Flight {
    /// The promise of the result.
    #[wasm_bindgen(getter)]
    pub fn response(&self) -> Promise {
        self.response.clone()
    }

    /// Settles when the operation is over and its sockets closed: the request has to wait for it, or they outlive its time.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> Promise {
        self.done.clone()
    }
}

impl Flight {
    /// Starts an operation that ends at this time at the latest (milliseconds since the epoch).
    pub fn start<F: Future<Output = ()> + 'static>(ends_at: f64, operation: impl FnOnce(Reply) -> F) -> Self {
        let (reply, response) = Reply::new();
        let operation = operation(reply);
        let done = future_to_promise(async move {
            calls::run(ends_at, operation).await;
            Ok(JsValue::UNDEFINED)
        });
        Self { response, done }
    }
}

// === impl Reply ===

impl Reply {
    /// A promise, and what settles it.
    pub fn new() -> (Self, Promise) {
        let mut reply = None;
        let promise = Promise::new(&mut |resolve, reject| reply = Some(Self { resolve, reject }));
        (reply.expect("a promise calls its executor at once"), promise)
    }

    pub fn answer(&self, value: &JsValue) {
        let _ = self.resolve.call1(&JsValue::UNDEFINED, value);
    }

    /// An error with a word for programs, `code`, and whether the platform may try: `fallback`.
    pub fn fail(&self, message: &str, code: &str, may_fall_back: bool) {
        let error: JsValue = JsError::new(message).into();
        let _ = Reflect::set(&error, &"code".into(), &code.into());
        let _ = Reflect::set(&error, &"fallback".into(), &may_fall_back.into());
        let _ = self.reject.call1(&JsValue::UNDEFINED, &error);
    }
}
