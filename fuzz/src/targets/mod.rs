//! The targets, one in a module.

mod cel;
mod config;
mod gotemplate;
mod headers;
mod jose;
mod json;
mod lua;
mod pattern;
mod query;
mod redirect;
mod router;
mod schema;
mod shape;
mod template;
mod xml;
mod yaml;

use crate::Target;

/// All of them. Each needs a binary in `Cargo.toml` and `fuzz_targets/` too.
pub const ALL: &[Target] = &[
    cel::TARGET,
    config::TARGET,
    gotemplate::TARGET,
    headers::TARGET,
    jose::TARGET,
    json::TARGET,
    lua::TARGET,
    pattern::TARGET,
    query::TARGET,
    redirect::TARGET,
    router::TARGET,
    schema::TARGET,
    shape::TARGET,
    template::TARGET,
    xml::TARGET,
    yaml::TARGET,
];

/// Checks one input of a target by its name, for the binaries.
///
/// # Panics
/// If there is no such target, or the input breaks a promise.
pub fn run(name: &str, input: &[u8]) {
    let target = ALL.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("no target {name}"));
    (target.run)(input);
}
