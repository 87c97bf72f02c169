//! `/__fjord/revoke`: revokes tokens by their claims, and takes that back, for whoever has the secret.

use std::collections::BTreeSet;
use std::rc::Rc;

use fjord_json::{Map, Value};

use super::copy::{Revoker, digest};
use super::list::{Command, Digest, MOST_AT_ONCE};
use crate::context::Reach;
use crate::features::auth::shared_secret::SharedSecret;
use crate::features::auth::validator::claims::{Claims, text};
use crate::gateway::{Global, Incoming, NextGlobal};
use crate::platform::{Answer, AnswerBody, Deadline, HostError, Level, LocalFuture, RequestBody};
use crate::render;

/// The step before the endpoints.
pub struct Management {
    /// Of whoever may revoke.
    pub secret: SharedSecret,
    /// What is managed.
    pub revoker: Rc<Revoker>,
    /// How long something stays on the list, in seconds.
    pub ttl: u64,
}

/// Where revocations are asked for.
const PATH: &str = "/__fjord/revoke";

/// The bytes of a request: as many values as one may have, and room to spare.
const LONGEST: usize = 64 << 10;

impl Global for Management {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        if incoming.raw_path() == PATH {
            Box::pin(self.manage(reach, incoming))
        } else {
            next.run(reach, incoming)
        }
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        Some(&["Authorization"])
    }
}

// === impl Management ===

impl Management {
    /// `POST` revokes, `DELETE` takes back: `{"jti": "a", "sub": ["b", "c"]}`.
    async fn manage(&self, reach: Reach<'_>, incoming: Incoming) -> Answer {
        if !self.secret.is_told(&incoming.headers) {
            reach.log(Level::Warning, || "[SERVICE: Revoker] asked to revoke without the secret".to_owned());
            return render::status(401);
        }
        let digests = match (&*incoming.method, read(reach, &incoming).await) {
            ("POST" | "DELETE", Ok(body)) => self.digests(&body),
            ("POST" | "DELETE", Err(status)) => return render::status(status),
            _ => return render::status(405),
        };
        let digests = match digests {
            Ok(digests) => digests,
            Err(reason) => return refused(400, &reason),
        };
        let count = digests.len();
        let command = match &*incoming.method {
            "POST" => Command::Add(self.ttl, digests),
            _ => Command::Remove(digests),
        };
        match self.revoker.tell(reach, &command).await {
            Ok(_) => {
                let verb = if matches!(command, Command::Add(..)) { "revoked" } else { "no longer revoked" };
                reach.log(Level::Info, || format!("[SERVICE: Revoker] {count} {verb}"));
                render::status(204)
            }
            Err(reason) => {
                reach.log(Level::Error, || format!("[SERVICE: Revoker] {}: {reason}", self.revoker.binding));
                refused(503, "the list can't be changed")
            }
        }
    }

    /// What a request names. Nothing is passed over: who revokes something must know that it is revoked.
    fn digests(&self, body: &[u8]) -> Result<Vec<Digest>, String> {
        let claims =
            Claims::parse(body).map_err(|_| "expected a JSON object without repeated members".to_owned())?;
        let mut digests = BTreeSet::new();
        for (name, value) in &claims.0 {
            let Some(known) = self.revoker.name(name) else {
                return Err(format!(
                    "tokens aren't revoked by {name:?} here: token_keys and headers don't list it"
                ));
            };
            let values = match value {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for value in values {
                let value = match value {
                    Value::String(_) | Value::Float(_) | Value::Bool(_) => text(value),
                    _ => {
                        return Err(format!(
                            "{name}: expected a string, a number or a boolean, or an array of these"
                        ));
                    }
                };
                if value.trim().is_empty() {
                    return Err(format!("{name}: an empty value revokes nothing"));
                }
                digests.insert(digest(known, &value));
            }
        }
        match digests.len() {
            0 => Err("there is nothing to revoke".to_owned()),
            1..=MOST_AT_ONCE => Ok(digests.into_iter().collect()),
            _ => Err(format!("expected at most {MOST_AT_ONCE} values at once")),
        }
    }
}

/// The body of a request; else the status of the answer.
async fn read(reach: Reach<'_>, incoming: &Incoming) -> Result<Vec<u8>, u16> {
    if !matches!(incoming.body, RequestBody::Incoming) {
        return Ok(Vec::new());
    }
    let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
    match deadline.bound(reach.io.read_body()).await {
        Ok(Ok(body)) if body.len() > LONGEST => Err(413),
        Ok(Ok(body)) => Ok(body.into_vec()),
        Ok(Err(HostError::Excess(excess))) => Err(excess.status()),
        Ok(Err(HostError::Failed(_))) => Err(400),
        Err(_) => Err(408),
    }
}

fn refused(status: u16, reason: &str) -> Answer {
    let body = Value::Object(Map::from([("error".to_owned(), Value::from(reason))])).to_json();
    let mut answer = render::status(status);
    answer.headers.set("Content-Type", "application/json");
    answer.body = AnswerBody::Bytes(body);
    answer
}
