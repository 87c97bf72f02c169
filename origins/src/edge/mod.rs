//! The border to the runtime: its sockets, its streams, its cryptography, and the functions that the script calls.
//!
//! The script (`js/origins.mjs`) opens the module with the gateway's plan, once, and gets a `Call` for each `fetch`: the promise
//! of a response, and the promise of its end.

mod calls;
mod fetch;
mod limit;
mod provider;
mod reader;
mod socket;
mod upload;

use std::cell::RefCell;
use std::sync::Arc;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::tls::{Profile, ProfileFault, TlsOptions};

/// What the gateway has compiled for this module.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The TLS profiles; a call names one by its index.
    tls: Vec<TlsOptions>,
}

/// A profile, compiled by the first call that needs it.
enum Slot {
    Options(Box<TlsOptions>),
    Compiled(Result<Profile, ProfileFault>),
}

thread_local! {
    static PROFILES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
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
    let slots = plan.tls.into_iter().map(|options| Slot::Options(Box::new(options))).collect();
    PROFILES.set(slots);
    Ok(())
}

/// The profile of this index.
fn profile(index: u32) -> Result<Profile, String> {
    PROFILES.with_borrow_mut(|slots| {
        let slot = slots.get_mut(index as usize).ok_or_else(|| format!("there is no TLS profile {index}"))?;
        if let Slot::Options(options) = slot {
            *slot = Slot::Compiled(Profile::new(options, provider::provider(), Arc::new(provider::Runtime)));
        }
        match slot {
            Slot::Compiled(Ok(profile)) => Ok(profile.clone()),
            Slot::Compiled(Err(fault)) => Err(format!("client_tls: {fault}")),
            Slot::Options(_) => Err("the TLS profile isn't compiled".to_owned()),
        }
    })
}

/// What a thrown value says.
fn text(error: &JsValue) -> String {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| error.as_string()).unwrap_or_else(|| format!("{error:?}"))
}
