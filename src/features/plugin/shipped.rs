//! The plugins that KrakenD Enterprise ships, and that do their work here without a worker: those that are plain data.
//!
//! One works where the `name` of its namespace lists it, and its options are there. A name here wins over one of `@fjord.plugins`.

mod ip_filter;
mod url_rewrite;

use crate::options::check::{Findings, Spot};
use crate::options::{Options, Refusal};

pub(super) use ip_filter::IpFilter;
pub(super) use url_rewrite::UrlRewrite;

/// Those of `plugin/http-server`.
pub(super) const SERVER: [&str; 6] =
    ["geoip", "ip-filter", "jwk-aggregator", "static-filesystem", "url-rewrite", "virtualhost"];
/// Those of `plugin/req-resp-modifier`.
pub(super) const MODIFIERS: [&str; 3] = ["content-replacer", "ip-filter", "response-schema-validator"];

/// The options of a plugin; none if `name` doesn't list it.
///
/// # Errors
/// If it's listed and has no options.
pub(super) fn listed<'a>(options: &Options<'a>, plugin: &str) -> Result<Option<Options<'a>>, Refusal> {
    if !options.strings("name")?.contains(&plugin) {
        return Ok(None);
    }
    match options.object(plugin)? {
        Some(options) => Ok(Some(options)),
        None => Err(Refusal(format!("name lists \"{plugin}\", which has no options"))),
    }
}

/// Says which plugins are listed without options, or have options without being listed.
pub(super) fn check(spot: &Spot<'_>, plugins: &[&str], findings: &mut Findings<'_>) {
    let names = spot.get("name");
    let lists = |plugin: &str| names.iter().any(|names| names.items().any(|name| name.str() == Some(plugin)));
    for plugin in plugins {
        match (lists(plugin), spot.get(plugin)) {
            (true, None) => {
                findings
                    .add(spot.lacks("missing", format!("`name` lists {plugin}, whose options are missing")));
            }
            (false, Some(options)) => {
                let message = format!("`{plugin}` has no effect: `name` doesn't list it");
                findings.add(options.warning("no-effect", message));
            }
            _ => {}
        }
    }
}
