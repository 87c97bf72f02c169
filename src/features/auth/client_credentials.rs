//! `auth/client-credentials`: gets a token for the backend by OAuth2 client credentials and sends it along.

mod check;
mod grant;
mod step;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::{Query, url};

use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, OptionError, Options, Refusal, Scopes, Secret, Site, namespace, opt};
use crate::proxy::Exchange;

use grant::Grant;
use step::Step;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/client-credentials",
    Scopes::BACKEND,
    "Gets a token for the backend by OAuth2 client credentials and sends it along.",
    Kind::Object(&[
        opt(
            "client_id",
            Kind::Secret(Secret::Reference),
            "The id of the client, sent by Basic auth; $NAME names a secret.",
        )
        .required(),
        opt(
            "client_secret",
            Kind::Secret(Secret::Reference),
            "The secret of the client; $NAME names a secret that holds it.",
        )
        .required(),
        opt(
            "endpoint_params",
            Kind::Map(&Kind::STRINGS),
            "Further fields of the token request, each a list of strings.",
        ),
        opt("is_disabled", Kind::Bool, "Switches it off.").default("false"),
        opt("scopes", Kind::Str, "The scopes to ask for, with commas between."),
        opt(
            "token_url",
            Kind::Str,
            "Where tokens are asked for; they are cached until ten seconds before they expire.",
        )
        .required(),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-oauth2-clientcredentials"])
.check(check::check)
.calls(Purpose::Tokens, |_| 1);

/// Compiles the step of a backend.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Exchange>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    if options.bool("is_disabled")? {
        return Ok(None);
    }
    let written = options.str("token_url")?;
    if !written.starts_with("https://") && !written.starts_with("http://") {
        return Err(Refusal::new("token_url: expected an http(s) URL"));
    }
    let token_url = url::normal(written).map_err(|error| Refusal(format!("token_url: {error}")))?;
    let client = |option| secret(site, &options, option);
    let grant = Grant {
        token_url: Rc::from(token_url),
        client_id: client("client_id")?,
        client_secret: client("client_secret")?,
        form: form(&options)?,
    };
    Ok(Some(Box::new(Step::new(grant))))
}

/// A text, or what the secret holds that it names.
fn secret(site: &Site<'_>, options: &Options<'_>, option: &str) -> Result<String, Refusal> {
    let text = options.str(option)?;
    match Secret::Reference.named(text) {
        None => Ok(text.to_owned()),
        Some(name) => {
            let value = site.environment.variable(name);
            value.map(str::to_owned).ok_or_else(|| Refusal(format!("{option}: there is no secret {name}")))
        }
    }
}

/// The fields of the token request. Without scopes `scope` is sent empty, as in KrakenD (spec §31).
fn form(options: &Options<'_>) -> Result<Query, Refusal> {
    let mut form = Query::default();
    form.add("grant_type", "client_credentials");
    form.add("scope", options.str("scopes")?.replace(',', " "));
    for member in options.node("endpoint_params").map(Node::members).unwrap_or_default() {
        if &*member.key == "scope" {
            return Err(Refusal::new("endpoint_params: cannot overwrite parameter \"scope\""));
        }
        form.remove(&member.key);
        for value in member.value.items() {
            let text = value.as_str().ok_or_else(|| OptionError {
                path: format!("endpoint_params.{}", member.key),
                span: value.span.clone(),
                message: format!("expected a string, found {}", value.kind.name()),
            })?;
            form.add(&*member.key, text);
        }
    }
    Ok(form)
}
