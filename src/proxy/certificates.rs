//! `client_tls`: by which certificates origins are called, as the module of `origins/` takes it.

use std::rc::Rc;

use fjord_json::{Map, Value, map_of};

use crate::options::core::tls::{SUITES_12, VERSIONS, is_own};
use crate::options::pem::Pem;
use crate::options::{Environment, Options, Refusal};

/// What the root says: its `client_tls`, and the old option beside it.
///
/// # Errors
/// If a file or secret isn't there, or nothing is left to offer.
pub fn of_service(root: &Options<'_>, environment: &Environment) -> Result<Option<Rc<str>>, Refusal> {
    let is_insecure = root.bool("allow_insecure_connections")?;
    let Some(tls) = root.object("client_tls")? else {
        return Ok(is_insecure.then(|| plan(Value::Object(insecure()))));
    };
    compile(&tls, is_insecure, environment)
}

/// The plan of a `client_tls`; none where the platform's `fetch` does what it says.
///
/// # Errors
/// If a file or secret isn't there, or nothing is left to offer.
pub fn compile(
    tls: &Options<'_>,
    is_insecure: bool,
    environment: &Environment,
) -> Result<Option<Rc<str>>, Refusal> {
    if !is_insecure && !is_own(tls.whole()) {
        return Ok(None);
    }
    profile(tls, is_insecure, environment).map(|profile| Some(plan(profile)))
}

/// The profile of a `client_tls`.
///
/// # Errors
/// If a file or secret isn't there, or nothing is left to offer.
pub fn profile(tls: &Options<'_>, is_insecure: bool, environment: &Environment) -> Result<Value, Refusal> {
    let fault = |fault| Refusal(format!("client_tls: {fault}"));
    let mut ca = Vec::new();
    for name in tls.strings("ca_certs")? {
        ca.push(text(Pem::Certificates.read(name, environment).map_err(fault)?));
    }
    let mut identities = Vec::new();
    for node in tls.items("client_certs")? {
        let pair = tls.inside("client_certs", node);
        let certificate = Pem::Certificates.read(pair.str("certificate")?, environment).map_err(fault)?;
        let key = Pem::Key.read(pair.str("private_key")?, environment).map_err(fault)?;
        identities.push(object([("certificate", text(certificate)), ("key", text(key))]));
    }
    let (mut min, max) = versions(tls)?;
    let suites = numbers(tls, "cipher_suites");
    // The option rules TLS 1.2 alone, as in Go.
    if let Some(suites) = &suites
        && !suites.iter().any(|suite| SUITES_12.contains(suite))
    {
        if max == OLD {
            return Err(fault("cipher_suites has none that TLS 1.2 can use".to_owned()));
        }
        min = NEW;
    }
    let mut members = insecure();
    members
        .insert("insecure".to_owned(), Value::Bool(is_insecure || tls.bool("allow_insecure_connections")?));
    members.insert("ca".to_owned(), Value::Array(ca));
    members.insert("public_roots".to_owned(), Value::Bool(!tls.bool("disable_system_ca_pool")?));
    members.insert("identities".to_owned(), Value::Array(identities));
    members.insert("min".to_owned(), text(min));
    members.insert("max".to_owned(), text(max));
    members.insert("cipher_suites".to_owned(), suites.filter(|_| min == OLD).map_or(Value::Null, list));
    members.insert("curves".to_owned(), numbers(tls, "curve_preferences").map_or(Value::Null, list));
    Ok(Value::Object(members))
}

const OLD: &str = "1.2";
const NEW: &str = "1.3";

/// Lowest and highest version. Without one, TLS 1.3 is both, as in KrakenD; below TLS 1.2 the module speaks none.
fn versions(tls: &Options<'_>) -> Result<(&'static str, &'static str), Refusal> {
    let rank = |name| -> Result<usize, Refusal> {
        let written = tls.str(name)?;
        Ok(VERSIONS.iter().position(|version| *version == written).unwrap_or(VERSIONS.len() - 1))
    };
    let (min, max) = (rank("min_version")?, rank("max_version")?);
    let version = |rank| if rank == VERSIONS.len() - 1 { NEW } else { OLD };
    if max < VERSIONS.len() - 2 {
        return Err(Refusal::new("client_tls.max_version: nothing below TLS 1.2 is spoken"));
    }
    if min > max {
        return Err(Refusal::new("client_tls: min_version is above max_version"));
    }
    Ok((version(min), version(max)))
}

/// The numbers of a list; none without one, or of an empty one.
fn numbers(tls: &Options<'_>, name: &str) -> Option<Vec<i64>> {
    let items = tls.items(name).ok()?;
    let numbers: Vec<i64> = items.iter().filter_map(crate::options::whole).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// A profile that verifies nothing.
fn insecure() -> Map {
    let members = [
        ("insecure", Value::Bool(true)),
        ("ca", Value::Array(Vec::new())),
        ("public_roots", Value::Bool(true)),
        ("identities", Value::Array(Vec::new())),
        ("min", text(NEW)),
        ("max", text(NEW)),
        ("cipher_suites", Value::Null),
        ("curves", Value::Null),
    ];
    map_of(members.into_iter().map(|(name, value)| (name.to_owned(), value)))
}

fn plan(profile: Value) -> Rc<str> {
    String::from_utf8_lossy(&object([("tls", profile)]).to_json()).into()
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(map_of(members.into_iter().map(|(name, value)| (name.to_owned(), value))))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn list(numbers: Vec<i64>) -> Value {
    Value::Array(numbers.into_iter().map(|number| Value::Number(number.to_string().into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Scope;
    use fjord_document::Document;

    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMAEA\n-----END CERTIFICATE-----\n";
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMAEA\n-----END PRIVATE KEY-----\n";

    fn of(root: &str) -> Result<String, String> {
        let root = Document::parse(root).unwrap().root;
        let environment = Environment {
            files: [("ca.pem", CERTIFICATE), ("me.pem", CERTIFICATE), ("me.key", KEY)]
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .into(),
            variables: [("KEY".to_owned(), KEY.to_owned())].into(),
            ..Environment::default()
        };
        let plan = of_service(&Options::part(&root, Scope::Service), &environment);
        plan.map(|plan| plan.as_deref().unwrap_or("none").to_owned()).map_err(|refusal| refusal.0)
    }

    #[test]
    fn a_block_becomes_a_plan_where_fetch_cant_do_what_it_says() {
        let open = r#"{"tls":{"ca":[],"cipher_suites":null,"curves":null,"identities":[],"insecure":true,"max":"1.3","min":"1.3","public_roots":true}}"#;
        for (root, plan) in [
            ("{}", "none"),
            (r#"{"client_tls": {}}"#, "none"),
            (r#"{"client_tls": {"min_version": "TLS12", "ca_certs": [], "client_certs": []}}"#, "none"),
            (r#"{"client_tls": {"allow_insecure_connections": true}}"#, open),
            (r#"{"allow_insecure_connections": true}"#, open),
            (r#"{"allow_insecure_connections": true, "client_tls": {"curve_preferences": []}}"#, open),
            (
                r#"{"client_tls": {"disable_system_ca_pool": true, "ca_certs": ["ca.pem"], "min_version": "TLS10", "max_version": "TLS12",
                    "cipher_suites": [49195, 4865], "curve_preferences": [23],
                    "client_certs": [{"certificate": "me.pem", "private_key": "env:KEY"}]}}"#,
                &format!(
                    r#"{{"tls":{{"ca":[{0:?}],"cipher_suites":[49195,4865],"curves":[23],"identities":[{{"certificate":{0:?},"key":{1:?}}}],"insecure":false,"max":"1.2","min":"1.2","public_roots":false}}}}"#,
                    CERTIFICATE, KEY
                ),
            ),
        ] {
            assert_eq!(of(root).as_deref(), Ok(plan), "{root}");
        }
    }

    #[test]
    fn what_cant_work_is_refused() {
        for (tls, reason) in [
            (r#""ca_certs": ["no.pem"]"#, "client_tls: the file no.pem doesn't exist"),
            (
                r#""ca_certs": ["me.key"]"#,
                "client_tls: me.key: no certificate in it, but a block `PRIVATE KEY`",
            ),
            (
                r#""client_certs": [{"certificate": "me.pem", "private_key": "env:NONE"}]"#,
                "client_tls: the worker has no secret NONE",
            ),
            (r#""max_version": "TLS11""#, "client_tls.max_version: nothing below TLS 1.2 is spoken"),
            (r#""max_version": "TLS12""#, "client_tls: min_version is above max_version"),
            (
                r#""min_version": "TLS12", "max_version": "TLS12", "cipher_suites": [4865]"#,
                "client_tls: cipher_suites has none that TLS 1.2 can use",
            ),
        ] {
            let root = format!(r#"{{"client_tls": {{"allow_insecure_connections": true, {tls}}}}}"#);
            assert_eq!(of(&root), Err(reason.to_owned()));
        }
        let new = of(
            r#"{"client_tls": {"allow_insecure_connections": true, "min_version": "TLS12", "cipher_suites": [4865]}}"#,
        );
        assert!(new.unwrap().contains(r#""min":"1.3""#));
    }
}
