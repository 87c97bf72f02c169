//! Where a rate limit is counted.

use fjord_document::Diagnostic;

use crate::features::auth::validator::{self, claim_headers};
use crate::options::check::wrangler::{durable_object, lines};
use crate::options::check::{Around, Counts, Findings, Spot};

/// Says which limit is in force: that of each isolate, of each location, or one for all.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some((key, binding)) = binding(spot) else {
        let message = "each isolate counts by itself: all together let more through";
        let fault = Diagnostic::note("counting", spot.head(), message).at(spot.path.pointer());
        findings.add(fault.help(
            "`binding` names a Durable Object that counts for all, or a rate limit that counts by location",
        ));
        return;
    };
    let (name, span) = (binding.str().unwrap_or_default(), binding.span());
    let path = spot.path.key(key).pointer();
    let closes = key != "binding" && !spot.get("on_failure_allow").is_some_and(|allow| allow.is_true());
    let fault = match findings.counts(name) {
        Some(Some(Counts::Exactly)) => match made_up(spot, around) {
            Some(value) => Diagnostic::warning(
                "counting",
                span,
                format!("`{name}` makes a Durable Object for each value of {value}, and a client makes up as many as it likes"),
            )
            .help("limit by ip, or by a header that `auth/validator` writes (propagate_claims)"),
            None => {
                let message = format!("`{name}` counts exactly: one Durable Object for each limit and client");
                Diagnostic::note("counting", span, message)
            }
        },
        Some(Some(Counts::Locally)) => {
            let message = format!(
                "`{name}` counts by location, with the limit and period of the binding instead of the rates here"
            );
            Diagnostic::note("counting", span, message)
        }
        Some(None) => {
            let settings = durable_object(name, "FjordLimits", "limits");
            let help = format!("add to {}", lines(findings.worker(), &settings));
            let message = |then| format!("the worker has no binding `{name}` that counts, so {then}");
            let fault = match closes {
                true => Diagnostic::error("missing-binding", span, message("nothing is let through")),
                false => Diagnostic::warning("no-binding", span, message("each isolate counts by itself")),
            };
            fault.help(help)
        }
        None => {
            let message = format!(
                "`{name}` counts: exactly if it is a Durable Object namespace, by location if it is a rate limit"
            );
            Diagnostic::note("counting", span, message)
        }
    };
    findings.add(fault.at(path));
}

/// The option that names the binding of a limit, if one does.
fn binding<'s>(spot: &'s Spot<'_>) -> Option<(&'static str, Spot<'s>)> {
    let names = ["binding", "connection_name", "connection_pool"];
    names.into_iter().find_map(|key| {
        Some((key, spot.get(key).filter(|binding| binding.str().is_some_and(|name| !name.is_empty()))?))
    })
}

/// What tells clients apart, if they choose it themselves.
fn made_up(spot: &Spot<'_>, around: &Around<'_>) -> Option<String> {
    let (strategy, key) = (spot.get("strategy")?, spot.get("key")?);
    let key = key.str()?;
    match strategy.str()? {
        "header" => {
            let validator =
                around.endpoint.and_then(|endpoint| endpoint.spot.namespace(&validator::NAMESPACE));
            let mut claims = validator.iter().flat_map(|validator| claim_headers(validator.node));
            (!claims.any(|name| name.eq_ignore_ascii_case(key))).then(|| format!("the header {key}"))
        }
        "param" => Some(format!("the parameter `{{{key}}}`")),
        _ => None,
    }
}

/// A binding counts each limit by one call.
pub(super) fn calls(spot: &Spot<'_>) -> u64 {
    if binding(spot).is_none() {
        return 0;
    }
    let limits = |key: &str| spot.get(key).and_then(|rate| rate.f64()).is_some_and(|rate| rate > 0.0);
    u64::from(limits("max_rate")) + u64::from(limits("client_max_rate"))
}
