//! Every option of the configuration format: where it may stand, what it takes, what it means, and what Fjord makes of it.
//!
//! The tables stand beside the code that reads them: one static [`Namespace`] at the top of each file of
//! [`features`](crate::features), the rest in [`core`]. Whoever compiles a plan reads values through [`Options`], so a
//! default stands in one place, the table:
//!
//! ```ignore
//! let options = Options::of(node, &NAMESPACE);            // or Options::new(node, registry::core::BACKEND)
//! let rate: f64 = options.f64("max_rate")?;                // the table's default, or 0
//! let every: Duration = options.duration("every")?;        // Go's syntax: 1h30m, 500ms, 1.5s
//! let only: &str = options.str("strategy")?;               // "" without a default
//! let tags: Vec<&str> = options.strings("tags")?;          // and .bool(), .int(), .node(), .items(), .object(), .given()
//! ```
//!
//! A wrong type is an [`OptionError`] with the option's path and place; `check` reports the same faults before.

pub mod core;
pub mod duration;
pub mod explain;
mod find;
pub mod formats;
pub mod letters;
mod options;
pub mod role;
pub mod schema;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use find::{find, named, namespaces};
pub(crate) use options::whole;
pub use options::{OptionError, Options};
pub use role::Role;
pub use table::{Edition, Format, Kind, Namespace, Opt, Rule, Scope, Scopes, Support, opt};
