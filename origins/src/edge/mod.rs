//! The border to the runtime: its sockets, its streams, its cryptography, and the functions that the script calls.
//!
//! The script (`js/origins.mjs`) opens the module with the gateway's plan, once, and gets a `Flight` for each operation: the
//! promise of a result, and the promise of its end.

mod brokers;
mod calls;
mod connector;
mod fetch;
mod flight;
mod held;
mod limit;
mod profiles;
mod provider;
mod reader;
mod socket;
mod upload;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::broker::Broker;
use crate::tls::TlsOptions;

/// What the gateway has compiled for this module.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The TLS profiles; a call names one by its index.
    tls: Vec<TlsOptions>,
    /// The brokers; an operation names one by its index.
    #[serde(default)]
    brokers: Vec<Broker>,
}

#[wasm_bindgen(raw_module = "./trap.mjs")]
extern "C" {
    /// Says that the instance is spoiled, and why.
    fn trapped(message: &str);
}

/// Takes the gateway's plan.
///
/// # Errors
/// The plan isn't one: the gateway and this module are of different versions.
#[wasm_bindgen]
pub fn open(plan: &str) -> Result<(), JsError> {
    std::panic::set_hook(Box::new(|info| trapped(&info.to_string())));
    let plan: Plan = serde_json::from_str(plan)
        .map_err(|error| JsError::new(&format!("the plan of the origins: {error}")))?;
    profiles::open(plan.tls);
    brokers::open(plan.brokers);
    Ok(())
}

/// What a thrown value says.
fn text(error: &JsValue) -> String {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}
