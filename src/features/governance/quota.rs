//! `governance/quota`: lets a client use no more than its quota in a window of the calendar.
//!
//! A Durable Object counts what a client has used of a rule, whatever uses it: the service, endpoints, backends. Where the answer says
//! what it costs, something must be left before the call, and the cost is added after it: the last call may use more than there was.

mod attachment;
mod check;

use fjord_document::node::Node;

use attachment::{Admitted, Attachment, Down, Weight};

use crate::context::{Cx, Reach};
use crate::features::qos::ratelimit::limiter::first_line;
use crate::gateway::{Global, Handler, Incoming, NextGlobal, NextHandler};
use crate::options::check::Purpose;
use crate::options::{Capability, Kind, Namespace, Opt, Refusal, Scope, Scopes, Site, namespace, opt};
use crate::platform::{Answer, LocalFuture};
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "governance/quota",
    Scopes::SERVICE.and(Scopes::ENDPOINT).and(Scopes::BACKEND),
    "Counts requests against a quota.",
    Kind::Object(&[
        opt("disable_quota_headers", Kind::Bool, "Omit X-Quota-Limit / X-Quota-Remaining / Retry-After.")
            .default("false"),
        opt("on_unmatched_tier_allow", Kind::Bool, "No tier → allow (else 400).").default("false"),
        opt("quota_name", Kind::Str, "Processor to use.").required(),
        opt("tier_key", Kind::Str, "Header/param naming the tier.").required(),
        opt("tiers", Kind::List(&Kind::Object(TIER)), "Ordered matches.").required(),
        opt("weight_key", Kind::Str, "Response field/header with the cost (e.g."),
        opt("weight_strategy", Kind::Enum(&["body", "header"]), "Body or header (no-op).")
            .default("\"body\""),
    ]),
)
.requires(Capability::Quota)
.enterprise()
.check(check::check)
.calls(Purpose::Counters, |spot| if spot.get("weight_key").is_some() { 2 } else { 1 });

static TIER: &[Opt] = &[
    opt("key", Kind::Str, "Identity source name."),
    opt("rule_name", Kind::Str, "Rule in the processor.").required(),
    opt("strategy", Kind::Enum(&["header", "ip", "param"]), "Header/ip/param.").default("\"header\""),
    opt("tier_value", Kind::Str, "Literal or CEL."),
    opt("tier_value_as", Kind::Enum(&["literal", "policy", "*"]), "Literal/policy/*.").default("\"literal\""),
];

/// Why a header can't be the weight.
const NO_HEADER: &str =
    "a weight in a header is read at a no-op backend: elsewhere the headers of an answer aren't kept";

/// Why a member can't be the weight.
const NO_WEIGHT: &str = "a no-op answer isn't decoded, so it has no weight in its body";

/// Refuses a weight that no answer has.
fn weighable(site: &Site<'_>, attachment: &Attachment) -> Result<(), Refusal> {
    let raw =
        |node: Option<&Node>, name: &str| node.and_then(|node| node.get(name)?.as_str()) == Some("no-op");
    let is_raw = raw(site.endpoint_node, "output_encoding") || raw(Some(site.node), "encoding");
    match (&attachment.weight, is_raw, site.scope) {
        (None, ..) | (Some(Weight::Header(_)), true, Scope::Backend) | (Some(Weight::Body(_)), false, _) => {
            Ok(())
        }
        (Some(Weight::Header(_)), ..) => Err(Refusal::new(NO_HEADER)),
        (Some(Weight::Body(_)), true, _) => Err(Refusal::new(NO_WEIGHT)),
    }
}

/// Compiles the quota of an endpoint.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn endpoint(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let attachment = Attachment::compile(site, node)?;
    weighable(site, &attachment)?;
    Ok(Some(Box::new(attachment)))
}

/// Compiles the quota of the service.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn service(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let attachment = Attachment::compile(site, node)?;
    Ok(Some(Box::new(Attachment { weight: None, ..attachment })))
}

/// Compiles the quota of a backend.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn backend(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let attachment = Attachment::compile(site, node)?;
    weighable(site, &attachment)?;
    Ok(Some(Box::new(attachment)))
}

impl Handler for Attachment {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            let reach = cx.reach();
            match self.admit(reach, &incoming, cx.deadline.remaining_ms()).await {
                Admitted::Uncounted => next.run(cx, incoming).await,
                Admitted::Not(answer) => answer,
                Admitted::Counted(account, mut verdict) => {
                    let mut answer = next.run(cx, incoming).await;
                    if let Some(weight) = &self.weight {
                        // What was used is counted, whatever time is left.
                        let weight = weight.of_answer(&answer);
                        verdict = account.ask(reach, weight, true, u32::MAX).await.unwrap_or(verdict);
                    }
                    self.tell(&verdict, &mut answer);
                    answer
                }
            }
        })
    }
}

impl Global for Attachment {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.admit(reach, &incoming, u32::MAX).await {
                Admitted::Uncounted => next.run(reach, incoming).await,
                Admitted::Not(answer) => answer,
                Admitted::Counted(_, verdict) => {
                    let mut answer = next.run(reach, incoming).await;
                    self.tell(&verdict, &mut answer);
                    answer
                }
            }
        })
    }
}

impl Layer for Attachment {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let value = request.headers.get(&self.header).map(first_line);
            let Some(account) = self.account(value, |identity| identity.of_request(&request)) else {
                return match self.on_unmatched_tier_allow && self.tier(value).is_none() {
                    true => next.run(cx, request).await,
                    false => Reply::err(
                        Error::of_step(Blame::Client, "quota: no tier, or no identity").with_status(400),
                    ),
                };
            };
            let first = if self.weight.is_some() { 0.0 } else { 1.0 };
            match account.ask(cx.reach(), first, false, cx.deadline.remaining_ms()).await {
                Ok(verdict) if verdict.is_allowed => {}
                Ok(_) => {
                    return Reply::err(
                        Error::of_step(Blame::Client, "quota: nothing is left").with_status(429),
                    );
                }
                Err(Down) if self.quota.on_failure_allow => return next.run(cx, request).await,
                Err(Down) => {
                    return Reply::err(
                        Error::of_step(Blame::Gateway, "quota: nobody counts").with_status(500),
                    );
                }
            }
            let reply = next.run(cx, request).await;
            if let Some(weight) = &self.weight {
                let weight = weight.of_reply(&reply);
                // A failure is in the log, and nothing else can be done.
                let _ = account.ask(cx.reach(), weight, true, u32::MAX).await;
            }
            reply
        })
    }
}
