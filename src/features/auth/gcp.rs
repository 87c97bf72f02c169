//! `auth/gcp`: signs calls for Google Cloud with an identity token of a service account.

mod check;
mod token;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::canonical;
use fjord_json::{Map, Value};

use crate::context::Cx;
use crate::options::check::Purpose;
use crate::options::{
    Capability, Compiled, Kind, Namespace, Options, Refusal, Rule, Scopes, Secret, Site, namespace, opt,
};
use crate::platform::{LocalFuture, Shared};
use crate::proxy::{Blame, Error, Exchange, HttpRequest, HttpResponse, NextExchange};

use super::token::{AUTHORIZATION, carry};
use token::{Account, Kept};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/gcp",
    Scopes::BACKEND,
    "Signs calls for Google Cloud.",
    Kind::With(
        &Kind::Object(&[
            opt("s2s_auth_header", Kind::Str, "The header of the token, instead of Authorization.")
                .default("\"\""),
            opt("audience", Kind::Str, "Whom the token is for: the URL of the service."),
            opt("credentials_file", Kind::Str, "The file of the service account.").refused(
                "a file would be bundled with the worker, its private key readable in the code; put the JSON into a secret and name it in credentials_secret",
            ),
            opt(
                "credentials_json",
                Kind::FREE,
                "The service account; a private_key of $NAME names the secret that holds the key.",
            ),
            opt(
                "credentials_secret",
                Kind::Secret(Secret::Name),
                "Fjord extension: the name of the secret that holds the service account as JSON.",
            )
            .default("\"GOOGLE_CREDENTIALS\""),
            opt("custom_claims", Kind::FREE, "Further claims of the request for a token."),
        ]),
        &[Rule::AnyOf(&[
            &["audience"],
            &["audience", "credentials_file"],
            &["audience", "credentials_json"],
        ])],
    ),
)
.requires(Capability::CloudAuth)
.enterprise()
.check(check::check)
.calls(Purpose::Tokens, |_| 1);

/// Sends an identity token along with each call of a backend.
struct Step {
    /// What can't be used, if anything: every call then fails and says so.
    account: Result<Rc<Account>, String>,
    token: Shared<Kept, String>,
    /// The header that has it.
    header: String,
}

/// Compiles the step of a backend.
///
/// # Errors
/// If an option has a value of the wrong type, or the service account in the configuration can't be used.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Exchange> {
    let options = Options::of(node, &NAMESPACE);
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let audience = options.str("audience")?;
    if audience.is_empty() {
        return Err(Refusal::new("audience is empty"));
    }
    let header = match options.str("s2s_auth_header")? {
        "" => AUTHORIZATION.to_owned(),
        name if check::is_sendable(name) => canonical(name).into_owned(),
        name => return Err(Refusal(format!("s2s_auth_header: {name:?} isn't a header that can be set"))),
    };
    let claims = match options.node("custom_claims").map(Value::from) {
        Some(Value::Object(claims)) => claims,
        _ => Map::new(),
    };
    let account = match options.node("credentials_json").map(Value::from) {
        Some(written) => Ok(inline(site, written)?),
        None => {
            let name = options.str("credentials_secret")?;
            let name = Secret::Name.named(name).unwrap_or(name);
            let json = site.environment.variable(name);
            let json = json.ok_or_else(|| format!("no credentials: set the secret {name}"));
            json.and_then(|json| {
                Value::parse(json.as_bytes()).map_err(|_| format!("the secret {name} isn't JSON"))
            })
        }
    };
    let account = account.and_then(|account| Account::new(&account, audience, claims)).map(Rc::new);
    Ok(Some(Box::new(Step { account, token: Shared::default(), header })))
}

/// The service account of the configuration, with the key of the secret that it names.
fn inline(site: &Site<'_>, mut account: Value) -> Result<Value, Refusal> {
    let named =
        account.get("private_key").and_then(Value::as_str).and_then(|key| Secret::Reference.named(key));
    if let Some(name) = named {
        let missing = || Refusal(format!("credentials_json.private_key: there is no secret {name}"));
        let key = site.environment.variable(name).ok_or_else(missing)?.to_owned();
        if let Value::Object(members) = &mut account {
            members.insert("private_key".to_owned(), Value::String(key));
        }
    }
    Ok(account)
}

impl Exchange for Step {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(carry(&self.header, self.authorization(cx), cx, request, next))
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

// === impl Step ===

impl Step {
    async fn authorization(&self, cx: Cx<'_>) -> Result<Rc<str>, Error> {
        let fault = |blame, text: &str| Error::of_step(blame, format!("gcp: {text}"));
        let account = self.account.as_ref().map_err(|text| fault(Blame::Gateway, text))?;
        let is_fresh = |kept: &Kept| cx.io.now() < kept.until;
        let call = || -> LocalFuture<'static, _> {
            let (account, io) = (Rc::clone(account), Rc::clone(cx.io));
            Box::pin(async move { account.ask(&io).await })
        };
        let kept = cx.deadline.bound(self.token.get(cx.io, is_fresh, call)).await?;
        Ok(kept.map_err(|text| fault(Blame::Origin, &text))?.authorization)
    }
}
