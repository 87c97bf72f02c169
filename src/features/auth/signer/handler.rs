//! The signer at work: runs the pipe itself and replaces objects of its response by their signatures (spec §24).

use std::rc::Rc;

use fjord_jose::{Algorithm, Jwk, base64url};
use fjord_json::{Kind, Map, Object, Piece, Value};
use fjord_memory::afford;

use crate::context::Cx;
use crate::features::auth::keys::Keys;
use crate::features::auth::refuse::refuse;
use crate::features::auth::signature;
use crate::gateway::{Handler, Incoming, NextHandler};
use crate::platform::{Answer, Level, LocalFuture};
use crate::render;

/// The signer of one endpoint.
pub(super) struct Signer {
    pub algorithm: Algorithm,
    pub keys: Keys,
    pub kid: String,
    pub typ: String,
    pub fields: Vec<Rc<str>>,
    /// Write the JSON form.
    pub full: bool,
}

impl Handler for Signer {
    /// The handlers inside are never run: neither scripts nor limits, as in KrakenD.
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        let refused = move |status, reason: &str| refuse(cx, "JWTSigner", Level::Error, status, &reason);
        Box::pin(async move {
            let key = match self.keys.find(cx, self.algorithm, &self.kid).await {
                Ok(key) if key.family == self.algorithm.family() && !key.is_public() => key,
                Ok(_) => return refused(401, "the key can't sign, or can't be used with the algorithm"),
                Err(fault) => return refused(401, &fault.to_string()),
            };
            let reply = next.reply(cx, incoming).await;
            if let Some(error) = reply.error {
                return refused(400, &error.to_string());
            }
            let Some(mut response) = reply.response else { return refused(400, "there is no response") };
            if let Some(data) = &mut response.data
                && let Err(reason) = self.sign(cx, &key, data).await
            {
                return refused(400, &reason);
            }
            render::bare(&response)
        })
    }
}

// === impl Signer ===

impl Signer {
    /// Signs the fields that are objects; others stay unchanged.
    async fn sign(&self, cx: Cx<'_>, key: &Jwk, data: &mut Object) -> Result<(), String> {
        for field in &self.fields {
            let Some(piece) = data.get(field).filter(|piece| piece.kind() == Kind::Object) else { continue };
            // It is there as text, encoded, in the input of the signature, and in the token.
            afford(6 * piece.written_len()).map_err(|error| error.to_string())?;
            let payload = piece.to_value().map_err(|error| error.to_string())?.to_json();
            let token = self.token(cx, key, &payload).await?;
            data.insert(field, Piece::text(token));
        }
        Ok(())
    }

    async fn token(&self, cx: Cx<'_>, key: &Jwk, payload: &[u8]) -> Result<String, String> {
        let header = [("alg", self.algorithm.name()), ("kid", &self.kid), ("typ", &self.typ)];
        let header: Map = header.map(|(name, text)| (name.to_owned(), Value::from(text))).into();
        let protected = base64url::encode(&Value::Object(header).to_json());
        let payload = base64url::encode(payload);
        let input = format!("{protected}.{payload}");
        let signature = base64url::encode(&signature::sign(cx, self.algorithm, key, &input).await?);
        Ok(match self.full {
            false => format!("{input}.{signature}"),
            true => {
                format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#)
            }
        })
    }
}
