//! `auth/aws-sigv4`: signs calls for Amazon Web Services.

mod role;

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::escape::unescape;
use fjord_http::url::Parts;
use fjord_sigv4::{Credentials, Signable, hash, sign, timestamp};

use crate::context::Cx;
use crate::features::backend::lambda;
use crate::options::check::{Around, Findings, Purpose, Spot};
use crate::options::{
    Capability, Compiled, Kind, Namespace, Options, Refusal, Rule, Scopes, Site, namespace, opt,
};
use crate::platform::{Level, LocalFuture, RequestBody};
use crate::proxy::{Blame, Error, Exchange, HttpRequest, HttpResponse, NextExchange};

use role::Role;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/aws-sigv4",
    Scopes::BACKEND,
    "Signs calls for Amazon Web Services.",
    Kind::With(
        &Kind::Object(&[
            opt("assume_role_arn", Kind::Str, "The role whose temporary credentials sign."),
            opt("debug", Kind::Bool, "Logs what is signed, at the level DEBUG.").default("false"),
            opt("region", Kind::Str, "The region of the service.").required(),
            opt("service", Kind::Str, "The code of the service, such as execute-api.").required(),
            opt(
                "sts_region",
                Kind::Str,
                "The region that gives the role's credentials; the service's otherwise.",
            ),
        ]),
        // Each AWS tool reads its credentials from these.
        &[Rule::Secrets(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])],
    ),
)
.requires(Capability::CloudAuth)
.enterprise()
.check(check)
.calls(Purpose::Tokens, |spot| {
    u64::from(spot.get("assume_role_arn").is_some_and(|arn| arn.str().is_some_and(|text| !text.is_empty())))
});

/// Signs the calls of one backend.
struct Signer {
    region: String,
    service: String,
    debug: bool,
    /// None if the host has no credentials: every call then fails and says so.
    credentials: Option<Credentials>,
    role: Option<Role>,
}

/// S3 signs paths as they are, and takes bodies whose hash nobody knows.
const S3: &str = "s3";

/// The hash in place of a body's that isn't read.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

const TOKEN: &str = "X-Amz-Security-Token";

/// Compiles the signer. The credentials are secrets of the host, never part of the configuration.
///
/// # Errors
/// If an option has a value of the wrong type, or region or service is empty.
pub fn compile(site: &Site<'_>, node: &Node) -> Compiled<dyn Exchange> {
    let options = Options::of(node, &NAMESPACE);
    let text = |name: &str| match options.str(name)? {
        "" => Err(Refusal(format!("{name} is empty"))),
        text => Ok(text.to_owned()),
    };
    let region = text("region")?;
    let role = match options.str("assume_role_arn")? {
        "" => None,
        arn => {
            let sts = options.str("sts_region")?;
            Some(Role::new(arn, if sts.is_empty() { &region } else { sts }))
        }
    };
    let service = text("service")?;
    let debug = options.bool("debug")?;
    let credentials = lambda::credentials(site.environment);
    Ok(Some(Box::new(Signer { region, service, debug, credentials, role })))
}

/// Checks that there's something to sign for.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    for key in ["region", "service"] {
        if let Some(empty) = spot.get(key).filter(|text| text.str() == Some("")) {
            findings.add(empty.error("empty", format!("`{key}` is empty, so no signature is valid")));
        }
    }
}

impl Exchange for Signer {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(async move {
            let headers = Rc::make_mut(&mut request.headers);
            // What a client sends instead of a signature isn't for the service, and the signature is for no other host.
            for name in ["Authorization", TOKEN, "X-Amz-Date", "X-Amz-Content-Sha256"] {
                headers.remove(name);
            }
            if !next.is_away() {
                self.sign(cx, &mut request).await?;
            }
            next.run(cx, request).await
        })
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

// === impl Signer ===

impl Signer {
    async fn sign(&self, cx: Cx<'_>, request: &mut HttpRequest) -> Result<(), Error> {
        let own = self.credentials.as_ref().ok_or_else(|| {
            Error::of_step(
                Blame::Gateway,
                "no AWS credentials: set the secrets AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        })?;
        let credentials = match &self.role {
            Some(role) => role.credentials(cx, own).await?,
            None => Rc::new(own.clone()),
        };
        let body_hash = self.body_hash(cx, request).await?;
        let now = (cx.io.now() / 1000.0) as u64;
        let lines = self.add_signature(request, &credentials, &body_hash, now)?;
        if self.debug {
            cx.log(Level::Debug, || {
                let (path, method, url) = (&cx.endpoint.path, &request.method, &request.url);
                format!("[ENDPOINT: {path}][aws-sigv4] signed {method} {url} with {lines}")
            });
        }
        Ok(())
    }

    /// The hash of the body, which is read for it if it's still with the host.
    async fn body_hash(&self, cx: Cx<'_>, request: &mut HttpRequest) -> Result<String, Error> {
        // Fetch sends none with these.
        if matches!(&*request.method, "GET" | "HEAD") {
            return Ok(hash(b""));
        }
        Ok(match &request.body {
            RequestBody::None => hash(b""),
            RequestBody::Chunked(body) | RequestBody::Sized(body) => hash(body.as_slice()),
            RequestBody::Incoming if self.service == S3 && request.url.starts_with("https://") => {
                UNSIGNED.to_owned()
            }
            RequestBody::Incoming => {
                let body = cx.deadline.bound(cx.io.read_body()).await?.map_err(Error::of_client)?;
                let hash = hash(body.as_slice());
                request.body = RequestBody::Sized(Rc::new(body));
                hash
            }
        })
    }

    /// Adds the signature to the header lines; the names of those that are signed.
    fn add_signature(
        &self,
        request: &mut HttpRequest,
        credentials: &Credentials,
        body_hash: &str,
        now: u64,
    ) -> Result<String, Error> {
        // The service may read `+` as itself: a blank is written so that both sides read one.
        if let Some((path, query)) = request.url.split_once('?').filter(|(_, query)| query.contains('+')) {
            request.url = format!("{path}?{}", query.replace('+', "%20")).into();
        }
        let url = Rc::clone(&request.url);
        let parts = Parts::parse(&url).map_err(|error| Error::from(error).with_status(400))?;
        let headers = Rc::make_mut(&mut request.headers);
        headers.set("X-Amz-Date", timestamp(now));
        headers.set("X-Amz-Content-Sha256", body_hash);
        if let Some(token) = &credentials.session_token {
            headers.set(TOKEN, token.as_str());
        }
        let mut lines = vec![("host".to_owned(), parts.authority.unwrap_or_default().to_owned())];
        let is_signed = |name: &str| name == "Content-Type" || name.starts_with("X-Amz-");
        let signed = headers.iter().filter(|(name, _)| is_signed(name));
        lines.extend(signed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        // S3 escapes a path once: the crate escapes what it gets.
        let plain = (self.service == S3).then(|| unescape(parts.path)).transpose();
        let plain = plain.map_err(|_| Error::unfit("the path has an invalid escape").with_status(400))?;
        let signable = Signable {
            method: &request.method,
            path: plain.as_deref().unwrap_or(parts.path),
            query: parts.query.unwrap_or_default(),
            headers: &lines,
            body_hash,
            normalize: self.service != S3,
        };
        let authorization = sign(&signable, credentials, &self.region, &self.service, now);
        headers.set("Authorization", authorization);
        Ok(lines.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", "))
    }
}
