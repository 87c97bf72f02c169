//! The TLS profiles of the plan, each compiled by the first call that needs it.

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

/// Takes the options of the plan.
pub fn open(all: Vec<TlsOptions>) {
    PROFILES.set(all.into_iter().map(|options| Slot { options, http: None, brokers: None }).collect());
}

/// The profile of this index.
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
