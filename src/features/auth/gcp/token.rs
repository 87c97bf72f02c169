//! The identity token of a service account: a signed request to Google (RFC 7523), kept until a minute before its end.

use std::rc::Rc;

use fjord_http::{Headers, Query, url};
use fjord_jose::{Algorithm, Jwk, base64url};
use fjord_json::{Map, Value};

use crate::features::auth::signature::{self, Size};
use crate::platform::{Body, CALL_MS, Deadline, Fetch, Io, RequestBody};

/// A service account, and whom its tokens are for.
pub(super) struct Account {
    email: String,
    key: Jwk,
    token_uri: Rc<str>,
    /// The claims that are the same each time.
    claims: Map,
}

/// A token that is used again.
#[derive(Clone)]
pub(super) struct Kept {
    pub authorization: Rc<str>,
    /// Milliseconds since the epoch.
    pub until: f64,
}

const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The seconds that a request for a token holds, and a token without an end of its own.
const LIFE: i64 = 3600;

/// A token is renewed so long before it ends.
const EARLY_MS: f64 = 60_000.0;

/// The bytes that an answer may have.
const MAX_ANSWER: usize = 1 << 16;

// === impl Account ===

impl Account {
    /// Reads a service account.
    pub fn new(account: &Value, audience: &str, mut claims: Map) -> Result<Self, String> {
        let text = |name: &str| account.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let needed = |name| text(name).ok_or_else(|| format!("the service account has no {name}"));
        let (email, pem) = (needed("client_email")?, needed("private_key")?);
        let key = Jwk::of_pem(pem, text("private_key_id").unwrap_or_default())
            .map_err(|_| "private_key isn't an RSA key in PKCS #8".to_owned())?;
        if let Size::Unsafe(reason) = signature::size(Algorithm::RS256, &key) {
            return Err(reason);
        }
        let written = text("token_uri").unwrap_or(TOKEN_URI);
        let is_http = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        let token_uri = url::normal(written).ok().filter(is_http);
        let token_uri = token_uri.ok_or("token_uri must be an http(s) URL")?;
        for (name, value) in
            [("iss", email), ("sub", email), ("aud", &*token_uri), ("target_audience", audience)]
        {
            claims.insert(name.to_owned(), Value::from(value));
        }
        Ok(Self { email: email.to_owned(), key, token_uri: token_uri.into(), claims })
    }

    /// Asks for a token. What the server says of a refusal stays out of the error: it may repeat what it was sent.
    pub async fn ask(&self, io: &Io) -> Result<Kept, String> {
        let deadline = Deadline::new(io, CALL_MS);
        let input = self.input((io.now() / 1000.0) as i64);
        let args = vec![
            Algorithm::RS256.name().into(),
            self.key.text.as_bytes().to_vec(),
            input.as_bytes().to_vec(),
        ];
        let signature = deadline.bound(io.call("sign", args)).await.map_err(|expired| expired.to_string())?;
        let signature = signature.map_err(|error| error.to_string())?;
        let mut form = Query::default();
        form.add("assertion", format!("{input}.{}", base64url::encode(&signature)));
        form.add("grant_type", GRANT);
        let mut headers = Headers::default();
        headers.add("Content-Type", "application/x-www-form-urlencoded");
        headers.add("User-Agent", crate::KRAKEND_AGENT);
        let fetch = Fetch {
            body: RequestBody::sized(form.encode().into_bytes()),
            ..Fetch::new("POST", Rc::clone(&self.token_uri), headers)
        };
        let answer = deadline.bound(io.fetch(fetch)).await.map_err(|expired| expired.to_string())?;
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("the token of {} is answered with status {}", self.email, answer.status));
        }
        let Body::Bytes(body) = answer.body else { return Err("the answer has no body".to_owned()) };
        let json = if body.len() > MAX_ANSWER { None } else { Value::parse(body.as_slice()).ok() };
        let token = json.as_ref().and_then(|json| json.get("id_token")).and_then(Value::as_str);
        let token = token.filter(|token| !token.is_empty()).ok_or("the answer has no id_token")?;
        let until = end(token).map_or(io.now() + LIFE as f64 * 1000.0, |end| end * 1000.0) - EARLY_MS;
        Ok(Kept { authorization: format!("Bearer {token}").into(), until })
    }

    /// Header and claims, as they are signed.
    fn input(&self, now: i64) -> String {
        let mut header = Map::new();
        for (name, value) in [("alg", Algorithm::RS256.name()), ("kid", &*self.key.kid), ("typ", "JWT")] {
            if !value.is_empty() {
                header.insert(name.to_owned(), Value::from(value));
            }
        }
        let mut claims = self.claims.clone();
        claims.insert("iat".to_owned(), Value::number(now));
        claims.insert("exp".to_owned(), Value::number(now + LIFE));
        let part = |map| base64url::encode(&Value::Object(map).to_json());
        format!("{}.{}", part(header), part(claims))
    }
}

/// When a token ends, in seconds since the epoch. It isn't checked: who gave it is known.
fn end(token: &str) -> Option<f64> {
    let payload = base64url::decode(token.split('.').nth(1)?)?;
    Value::parse(&payload).ok()?.get("exp")?.as_f64()
}
