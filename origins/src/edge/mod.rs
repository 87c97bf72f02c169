//! The border to the runtime: its sockets, its streams, its cryptography, and the functions that the script calls.
//!
//! The script (`js/origins.mjs`) adds an origin by its plan when it meets it first, and gets a `Flight` for each operation: the
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

/// One origin, as the gateway has compiled it: a TLS profile for HTTPS, or a broker, which may have a profile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    #[serde(default)]
    tls: Option<TlsOptions>,
    #[serde(default)]
    broker: Option<Broker>,
}

#[wasm_bindgen(raw_module = "./trap.mjs")]
extern "C" {
    /// Says that the instance is spoiled, and why.
    fn trapped(message: &str);
}

/// Begins: a panic is told to the script from now on.
#[wasm_bindgen]
pub fn start() {
    std::panic::set_hook(Box::new(|info| trapped(&info.to_string())));
}

/// Adds an origin by its plan. Returns the number by which operations name the broker, or else the profile.
///
/// # Errors
/// The plan isn't one: the gateway and this module are of different versions.
#[wasm_bindgen]
pub fn add(plan: &str) -> Result<u32, JsError> {
    let Plan { tls, broker } = serde_json::from_str(plan)
        .map_err(|error| JsError::new(&format!("the plan of an origin: {error}")))?;
    let profile = tls.map(profiles::add);
    match (broker, profile) {
        (Some(broker), profile) => Ok(brokers::add(broker, profile)),
        (None, Some(profile)) => Ok(profile),
        (None, None) => Err(JsError::new("the plan of an origin has neither a profile nor a broker")),
    }
}

/// What a thrown value says.
fn text(error: &JsValue) -> String {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}
