//! The TLS profiles, each compiled by the first call that needs it.

use std::cell::RefCell;
use std::sync::Arc;

use crate::tls::{Fallback, Profile, ProfileFault, TlsOptions};

use super::provider;

/// A profile. HTTP origins and brokers differ in who knows the public roots.
struct Slot {
    options: TlsOptions,
    http: Option<Result<Profile, ProfileFault>>,
    brokers: Option<Result<Profile, ProfileFault>>,
}

thread_local! {
    static PROFILES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// Adds a profile; its number.
pub fn add(options: TlsOptions) -> u32 {
    PROFILES.with_borrow_mut(|slots| {
        slots.push(Slot { options, http: None, brokers: None });
        slots.len() as u32 - 1
    })
}

/// The profile of this number.
pub fn profile(index: u32, fallback: Fallback) -> Result<Profile, String> {
    PROFILES.with_borrow_mut(|slots| {
        let slot = slots.get_mut(index as usize).ok_or_else(|| format!("there is no TLS profile {index}"))?;
        let compiled = match fallback {
            Fallback::Platform => &mut slot.http,
            Fallback::None => &mut slot.brokers,
        };
        let compiled = compiled.get_or_insert_with(|| {
            Profile::new(&slot.options, fallback, provider::provider(), Arc::new(provider::Runtime))
        });
        compiled.clone().map_err(|fault| format!("client_tls: {fault}"))
    })
}
