//! The validator at work: token, key, signature, claims, expressions, roles and scopes, in KrakenD's order (spec §23).

use std::fmt;
use std::rc::Rc;

use fjord_http::headers::is_line;
use fjord_jose::{Algorithm, Token, TokenError};
use fjord_json::{Value, go_print};

use super::access::Access;
use super::claims::{ClaimError, Claims, Expected, text};
use crate::context::Cx;
use crate::features::auth::keys::{KeyFault, Keys};
use crate::features::auth::refuse::refuse;
use crate::features::auth::revoker::{Barred, Revoker};
use crate::features::auth::signature;
use crate::features::auth::without_scheme;
use crate::features::security::policies::{Plain, Policies};
use crate::features::validation::cel::{Cause, Checks, Phase, TokenVariables};
use crate::gateway::{Handler, Incoming, NextHandler};
use crate::options::Capability;
use crate::platform::{Answer, Level, LocalFuture};

/// The validator of one endpoint.
pub(super) struct Validator {
    pub algorithm: Algorithm,
    pub keys: Keys,
    pub header: String,
    pub cookie: String,
    pub expected: Expected,
    /// Tells which tokens are revoked.
    pub revoker: Option<Rc<Revoker>>,
    pub checks: Checks,
    pub policies: Policies,
    pub roles: Access,
    pub scopes: Access,
    pub propagated: Vec<Propagated>,
    pub preserve_array: bool,
    /// Claims that the backends' `url_pattern`s have.
    pub params: Vec<String>,
    pub debug: bool,
}

/// A claim that becomes a header.
pub(super) struct Propagated {
    pub claim: String,
    pub nested: bool,
    pub header: String,
}

/// Why a request is not let in.
#[derive(Debug)]
enum Denied {
    NoToken,
    Token(TokenError),
    Algorithm,
    NoKeyId,
    Key(KeyFault),
    /// The key can't be used.
    Unusable(String),
    Signature,
    Claim(ClaimError),
    Barred(Barred),
    /// The text of a claim can't be sent as a header.
    Line(String),
    Expression(usize, Cause),
    Policy(usize, Cause),
    Role,
    Scope,
}

impl Handler for Validator {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        mut incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            let admitted = self.admit(cx, &incoming).await;
            match admitted.and_then(|claims| self.hand_on(&claims, &mut incoming)) {
                Ok(()) => next.run(cx, incoming).await,
                Err(denied) => {
                    let level = if self.debug { Level::Error } else { Level::Warning };
                    refuse(cx, "JWTValidator", level, denied.status(), &denied)
                }
            }
        })
    }
}

// === impl Validator ===

impl Validator {
    async fn admit(&self, cx: Cx<'_>, incoming: &Incoming) -> Result<Claims, Denied> {
        let token = Token::parse(self.token(incoming)?).map_err(Denied::Token)?;
        // The configuration chooses the algorithm; the token may only agree.
        if token.header.alg != self.algorithm.name() {
            return Err(Denied::Algorithm);
        }
        let id = self.keys.strategy().of_token(&token.header).ok_or(Denied::NoKeyId)?;
        let key = self.keys.find(cx, self.algorithm, &id).await.map_err(Denied::Key)?;
        let input = &token.signing_input;
        match signature::verify(cx, self.algorithm, &key, input, &token.signature).await {
            Ok(true) => {}
            Ok(false) => return Err(Denied::Signature),
            Err(reason) => return Err(Denied::Unusable(reason)),
        }
        let claims = Claims::parse(&token.payload).map_err(Denied::Claim)?;
        let now = cx.io.now();
        claims.check(&self.expected, now).map_err(Denied::Claim)?;
        if Capability::Revocation.is_included()
            && let Some(revoker) = &self.revoker
        {
            // Boxed: validators without a revoker don't carry it.
            Box::pin(revoker.admit(cx, &claims, &incoming.headers)).await.map_err(Denied::Barred)?;
        }
        let now = cx.io.now();
        self.checks
            .run(Phase::Token, &TokenVariables::new(&claims.0, now))
            .map_err(|rejected| Denied::Expression(rejected.index, rejected.cause))?;
        self.policies
            .run(&Plain(TokenVariables::new(&claims.0, now)))
            .map_err(|rejected| Denied::Policy(rejected.index, rejected.cause))?;
        if !self.roles.is_granted(&claims) {
            return Err(Denied::Role);
        }
        if !self.scopes.is_granted(&claims) {
            return Err(Denied::Scope);
        }
        Ok(claims)
    }

    /// The text of the token: of the header, else of the cookie. A header that holds no token is not passed over.
    fn token<'i>(&self, incoming: &'i Incoming) -> Result<&'i str, Denied> {
        let mut lines = incoming.headers.get_all(&self.header);
        let line = lines.next().unwrap_or_default().trim();
        // Two lines could mean two things to two readers.
        if lines.next().is_some() {
            return Err(Denied::Token(TokenError::Parts));
        }
        if !line.is_empty() {
            return Ok(without_scheme(line));
        }
        let cookies = incoming.headers.get_all("Cookie").flat_map(|line| line.split(';'));
        let pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
        let found = pairs.into_iter().find(|(name, _)| *name == self.cookie);
        let value = found.map(|(_, value)| value.trim()).ok_or(Denied::NoToken)?;
        Ok(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
    }

    /// Gives the backends what they may know of the token. A claim that isn't there still replaces what a client sent; one
    /// with a line break isn't sent as another text: `admin` and a line break would name another user.
    fn hand_on(&self, claims: &Claims, incoming: &mut Incoming) -> Result<(), Denied> {
        let line = |claim: &str, text: String| {
            if is_line(&text) { Ok(text) } else { Err(Denied::Line(claim.to_owned())) }
        };
        for Propagated { claim, nested, header } in &self.propagated {
            let value = if *nested { claims.nested(claim) } else { claims.0.get(claim) };
            match value {
                Some(Value::Array(items)) if self.preserve_array => {
                    incoming.headers.remove(header);
                    for item in items {
                        incoming.headers.add(header.clone(), line(claim, go_print(item))?);
                    }
                }
                value => {
                    let value = line(claim, value.map(text).unwrap_or_default())?;
                    incoming.headers.set(header.clone(), value);
                }
            }
        }
        for name in &self.params {
            if let Some(value) = claims.0.get(name) {
                incoming.claims.set(&format!("JWT.{name}"), text(value));
            }
        }
        Ok(())
    }
}

// === impl Denied ===

impl Denied {
    fn status(&self) -> u16 {
        match self {
            Self::Role | Self::Scope => 403,
            Self::Barred(Barred::Unknown(_)) => 500,
            _ => 401,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("there is no token"),
            Self::Token(error) => error.fmt(f),
            Self::Algorithm => f.write_str("the token names another algorithm"),
            Self::NoKeyId => f.write_str("the token's header doesn't name its key by key_identify_strategy"),
            Self::Key(fault) => fault.fmt(f),
            Self::Unusable(reason) => write!(f, "the signature can't be checked: {reason}"),
            Self::Signature => f.write_str("the signature is wrong"),
            Self::Claim(error) => error.fmt(f),
            Self::Barred(barred) => barred.fmt(f),
            Self::Line(claim) => write!(f, "the claim {claim} has a line break, which no header can have"),
            Self::Expression(index, cause) => write!(f, "request aborted by evaluator #{index}: {cause}"),
            Self::Policy(index, cause) => write!(f, "jwt policy #{index}: {cause}"),
            Self::Role => f.write_str("the token has none of the roles"),
            Self::Scope => f.write_str("the token lacks scopes"),
        }
    }
}
