//! `security/policies`: lets through only requests, answers and tokens that fulfil every policy.
//!
//! A policy is a CEL expression with a few more functions than those of `validation/cel` ([`macros`]). One that can't be evaluated
//! isn't fulfilled. Those over tokens belong to `auth/validator`, which asks for them ([`of_tokens`]).

mod check;
mod layer;
mod macros;
mod rejection;
mod set;

use fjord_document::node::Node;

use crate::features::auth::validator;
use crate::features::validation::cel::Phase;
use crate::options::{
    Capability, Kind, Namespace, Opt, Options, Refusal, Rule, Scope, Scopes, Site, namespace, opt,
};
use crate::proxy::Layer;

pub(in crate::features) use check::{expression as check_policy, over_value as check_over};
pub(in crate::features) use macros::{OfRequest, Plain};
pub use rejection::{ERROR, Rejection};
pub(in crate::features) use set::{Policies, compile_over};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "security/policies",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::WORKFLOW).and(Scopes::ASYNC),
    "Checks requests, answers and tokens against policies.",
    Kind::With(
        &Kind::Object(&[
            opt("auto_join_policies", Kind::Bool, "AND-join policies of one kind in a single evaluation.")
                .default("false")
                .no_effect("the policies are evaluated up to the first that isn't fulfilled, joined or not"),
            opt("debug", Kind::Bool, "Print inputs/results.").default("false").no_effect(
                "the log says which policy wasn't fulfilled, and never what the request had: it may be secret",
            ),
            opt("disable_macros", Kind::Bool, "Skip advanced macros for speed.").default("false"),
            opt(
                "jwt",
                Kind::Object(&[opt(
                    "policies",
                    Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]),
                    "CEL expressions that must all be true.",
                )
                .required()]),
                "Policies over token claims (needs auth/validator).",
            ),
            opt("req", Kind::Object(REQ), "Policies before next element."),
            opt("resp", Kind::Object(REQ), "Policies on the response."),
        ]),
        &[Rule::AnyOf(&[&["req"], &["resp"], &["jwt"]])],
    ),
)
.requires(Capability::Cel)
.enterprise()
.check(check::check);

static REQ: &[Opt] = &[
    opt("error", Kind::Object(ERROR), "Custom rejection."),
    opt(
        "policies",
        Kind::With(&Kind::STRINGS, &[Rule::AtLeast(1)]),
        "CEL expressions that must all be true.",
    )
    .required(),
];

/// Why policies over tokens can't stand alone.
const NO_TOKEN: &str = "no token is checked here: jwt policies need auth/validator at the same endpoint";

/// Compiles the policies over requests and answers; nothing if there are none.
///
/// # Errors
/// If a policy isn't one, or those over tokens would never be asked for.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let has_macros = !options.bool("disable_macros")?;
    if options.given("jwt")
        && (site.scope != Scope::Endpoint || site.namespace(&validator::NAMESPACE).is_none())
    {
        return Err(Refusal::new(NO_TOKEN));
    }
    let guard = |name, phase| -> Result<Option<layer::Guard>, Refusal> {
        let Some(options) = options.object(name)? else { return Ok(None) };
        let policies = policies(&options, phase, has_macros, name)?;
        Ok(Some(layer::Guard { policies, rejection: Rejection::read(options.object("error")?)? }))
    };
    let (request, response) = (guard("req", Phase::Request)?, guard("resp", Phase::Response)?);
    if let Some(guard) = &request {
        guard.policies.have_place(site)?;
    }
    Ok(layer::PolicyLayer::new(request, response).map(|layer| Box::new(layer) as Box<dyn Layer>))
}

/// The policies over tokens of an endpoint.
///
/// # Errors
/// If one isn't a policy.
pub(in crate::features) fn of_tokens(site: &Site<'_>) -> Result<Policies, Refusal> {
    let Some(node) = site.namespace(&NAMESPACE) else { return Ok(Policies::default()) };
    let options = Options::of(node, &NAMESPACE);
    let has_macros = !options.bool("disable_macros")?;
    match options.object("jwt")? {
        Some(options) => policies(&options, Phase::Token, has_macros, "jwt")
            .map_err(|refusal| Refusal(format!("{}: {refusal}", NAMESPACE.name))),
        None => Ok(Policies::default()),
    }
}

fn policies(options: &Options<'_>, phase: Phase, has_macros: bool, name: &str) -> Result<Policies, Refusal> {
    let texts = options.strings("policies")?;
    if texts.is_empty() {
        return Err(Refusal(format!("{name}: there are no policies")));
    }
    Policies::compile(texts, phase, has_macros)
        .map_err(|(index, error)| Refusal(format!("{name}: policy {index}: {error}")))
}
