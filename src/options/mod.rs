//! What a feature is built with: the types of options, the reader of their values, the options outside `extra_config`.
//!
//! The tables are beside the code that reads them: one static [`Namespace`] at the top of each file of
//! [`features`](crate::features), the rest in [`core`]. Whoever compiles a plan reads values through [`Options`], so a
//! default is in one place, the table:
//!
//! ```ignore
//! let options = Options::of(node, &NAMESPACE);            // or Options::new(node, options::core::BACKEND)
//! let rate: f64 = options.f64("max_rate")?;                // the table's default, or 0
//! let every: Duration = options.duration("every")?;        // Go's syntax: 1h30m, 500ms, 1.5s
//! let only: &str = options.str("strategy")?;               // "" without a default
//! let tags: Vec<&str> = options.strings("tags")?;          // and .bool(), .int(), .node(), .items(), .object(), .given()
//! ```
//!
//! A wrong type is an [`OptionError`] with the option's path and place; `check` reports the same faults before.

pub mod assets;
mod capability;
pub mod check;
pub mod core;
pub mod duration;
mod environment;
pub mod formats;
pub mod letters;
mod namespace;
pub mod pem;
mod reader;
mod reason;
pub mod role;
mod secret;
mod site;
mod table;
mod words;

pub use capability::{Capability, Module};
pub use environment::{Environment, EnvironmentError, Shared};
pub use namespace::{Calls, Namespace, namespace};
pub(crate) use reader::whole;
pub use reader::{OptionError, Options};
pub use role::Role;
pub use site::{Compiled, Refusal, Site, Step, is_comment, is_empty, step};
pub use table::{Edition, Format, Kind, Opt, Rule, Scope, Scopes, Secret, Support, opt};
