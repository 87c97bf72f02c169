//! The temporary credentials of a role (STS `AssumeRole`), kept until a minute before they end.

use std::rc::Rc;

use fjord_encoding::xml;
use fjord_http::{Headers, Query};
use fjord_json::{Map, Value};
use fjord_sigv4::{Credentials, Signable, hash, sign, timestamp};

use crate::context::Cx;
use crate::platform::{Body, CALL_MS, Deadline, Fetch, Io, LocalFuture, Shared};
use crate::proxy::{Blame, Error};

/// A role and its credentials.
pub(super) struct Role {
    call: Rc<Call>,
    kept: Shared<Kept, String>,
}

#[derive(Clone)]
struct Kept {
    credentials: Rc<Credentials>,
    /// Milliseconds since the epoch.
    until: f64,
}

/// The call that asks for credentials.
struct Call {
    host: String,
    query: String,
    region: String,
}

/// The seconds that credentials are asked for: the most that a role of a role may have.
const LIFE: u32 = 3600;

/// Credentials are renewed so long before they end.
const EARLY_MS: f64 = 60_000.0;

// === impl Role ===

impl Role {
    pub fn new(arn: &str, region: &str) -> Self {
        let mut query = Query::default();
        query.add("Action", "AssumeRole");
        query.add("DurationSeconds", LIFE.to_string());
        query.add("RoleArn", arn);
        query.add("RoleSessionName", "fjord");
        query.add("Version", "2011-06-15");
        let host = format!("sts.{region}.amazonaws.com");
        let call = Call { host, query: query.encode(), region: region.to_owned() };
        Self { call: Rc::new(call), kept: Shared::default() }
    }

    /// The role's credentials, by one call for all that wait.
    pub async fn credentials(&self, cx: Cx<'_>, own: &Credentials) -> Result<Rc<Credentials>, Error> {
        let is_fresh = |kept: &Kept| cx.io.now() < kept.until;
        let call = || -> LocalFuture<'static, _> {
            let (call, io, own) = (Rc::clone(&self.call), Rc::clone(cx.io), own.clone());
            Box::pin(async move { call.ask(&io, &own).await })
        };
        let kept = cx.deadline.bound(self.kept.get(cx.io, is_fresh, call)).await?;
        let fault = |text| Error::of_step(Blame::Origin, format!("aws sts: {text}"));
        Ok(kept.map_err(fault)?.credentials)
    }
}

// === impl Call ===

impl Call {
    /// Asks once. What the service says of a refusal stays out of the error: it may repeat what it was sent.
    async fn ask(&self, io: &Io, own: &Credentials) -> Result<Kept, String> {
        let now = io.now();
        let deadline = Deadline::new(io, CALL_MS);
        let answer = deadline.bound(io.fetch(self.request(own, (now / 1000.0) as u64))).await;
        let answer = answer.map_err(|expired| expired.to_string())?.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("AssumeRole is answered with status {}", answer.status));
        }
        let Body::Bytes(body) = answer.body else { return Err("the answer has no body".to_owned()) };
        let read = || credentials(&xml::decode(body.as_slice(), false).ok()?);
        let credentials = read().ok_or("the answer has no credentials")?;
        Ok(Kept { credentials: Rc::new(credentials), until: now + f64::from(LIFE) * 1000.0 - EARLY_MS })
    }

    fn request(&self, own: &Credentials, now: u64) -> Fetch {
        let mut lines =
            vec![("Host".to_owned(), self.host.clone()), ("X-Amz-Date".to_owned(), timestamp(now))];
        if let Some(token) = &own.session_token {
            lines.push((super::TOKEN.to_owned(), token.clone()));
        }
        let signable = Signable {
            method: "GET",
            path: "/",
            query: &self.query,
            headers: &lines,
            body_hash: &hash(b""),
            normalize: true,
        };
        let authorization = sign(&signable, own, &self.region, "sts", now);
        // The host's line is written by whoever makes the call.
        let mut headers: Headers = lines.into_iter().skip(1).collect();
        headers.add("Authorization", authorization);
        headers.add("User-Agent", crate::KRAKEND_AGENT);
        Fetch::new("GET", format!("https://{}/?{}", self.host, self.query), headers)
    }
}

fn credentials(answer: &Map) -> Option<Credentials> {
    let answer = answer.get("AssumeRoleResponse")?;
    let found = answer.path(["AssumeRoleResult", "Credentials"])?;
    let text = |name: &str| found.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Credentials {
        access_key_id: text("AccessKeyId")?,
        secret_access_key: text("SecretAccessKey")?,
        session_token: Some(text("SessionToken")?),
    })
}
