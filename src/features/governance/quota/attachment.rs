//! Whose quota a request uses, and what the object that counts says of it.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::canonical;
use fjord_http::template::title;
use fjord_json::Value;
use fjord_sigv4::hash;

use super::{NAMESPACE, TIER};
use crate::context::Reach;
use crate::features::governance::processors::{Quota, Quotas};
use crate::features::governance::windows::Verdict;
use crate::features::qos::ratelimit::limiter::{first_line, short};
use crate::features::qos::tier::Fits;
use crate::gateway::Incoming;
use crate::options::{Options, Refusal, Site};
use crate::platform::{Answer, AnswerBody, Deadline, Level};
use crate::proxy::{Reply, Request};
use crate::render;

/// A quota at the service, an endpoint or a backend.
pub(super) struct Attachment {
    pub quota: Rc<Quota>,
    pub header: String,
    pub tiers: Vec<Tier>,
    pub on_unmatched_tier_allow: bool,
    pub has_headers: bool,
    pub weight: Option<Weight>,
}

/// Which requests a rule of the quota is for, and what tells their clients apart.
pub(super) struct Tier {
    fits: Fits,
    /// The rule's place in the quota.
    rule: usize,
    identity: Identity,
}

pub(super) enum Identity {
    Ip,
    Header(String),
    Param(String),
}

/// What an answer costs.
pub(super) enum Weight {
    /// A number in the data.
    Body(Vec<String>),
    /// A number in a header.
    Header(String),
}

/// What one client has of one rule.
pub(super) struct Account<'a> {
    quota: &'a Quota,
    rule: usize,
    identity: String,
}

/// The binding fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Down;

/// What becomes of a request.
pub(super) enum Admitted<'a> {
    /// It goes on, and nobody counts it.
    Uncounted,
    Counted(Account<'a>, Verdict),
    Not(Answer),
}

/// The most that a request waits for the count, in milliseconds.
const PATIENCE_MS: u32 = 5000;

// === impl Attachment ===

impl Attachment {
    /// Reads the options.
    ///
    /// # Errors
    /// If the quota, a rule or a tier can't be served.
    pub fn compile(site: &Site<'_>, node: &Node) -> Result<Self, Refusal> {
        let options = Options::of(node, &NAMESPACE);
        let name = options.str("quota_name")?;
        let quota = site.environment.shared::<Quotas>().find(name);
        let quota = quota.ok_or_else(|| Refusal(format!("governance/processors has no quota \"{name}\"")))?;
        let header = options.str("tier_key")?;
        if header.is_empty() {
            return Err(Refusal::new("there is no tier_key"));
        }
        let mut tiers = Vec::new();
        for (index, item) in options.items("tiers")?.iter().enumerate() {
            let tier = Tier::compile(&Options::new(item, TIER), &quota);
            tiers.push(tier.map_err(|refusal| Refusal(format!("tiers[{index}]: {refusal}")))?);
        }
        if tiers.is_empty() {
            return Err(Refusal::new("there are no tiers"));
        }
        let weight = match (options.str("weight_key")?, options.str("weight_strategy")?) {
            ("", _) => None,
            (key, "header") => Some(Weight::Header(canonical(key).into_owned())),
            (key, _) => Some(Weight::Body(key.split('.').map(str::to_owned).collect())),
        };
        Ok(Self {
            header: canonical(header).into_owned(),
            tiers,
            on_unmatched_tier_allow: options.bool("on_unmatched_tier_allow")?,
            has_headers: !options.bool("disable_quota_headers")?,
            weight,
            quota,
        })
    }

    /// The first tier that the value of the header fits.
    pub fn tier(&self, value: Option<&str>) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.fits.holds(value))
    }

    /// Whose quota is used; none if there is no tier, or no identity.
    pub fn account(
        &self,
        value: Option<&str>,
        identity: impl FnOnce(&Identity) -> Option<String>,
    ) -> Option<Account<'_>> {
        let tier = self.tier(value)?;
        let identity = identity(&tier.identity).filter(|identity| !identity.is_empty())?;
        let identity = if self.quota.hash_keys { hash(identity.as_bytes()) } else { short(&identity) };
        Some(Account { quota: &self.quota, rule: tier.rule, identity })
    }

    /// Asks whether a client's request may go on, and uses one of its quota unless the answer says how much it costs.
    pub async fn admit(&self, reach: Reach<'_>, incoming: &Incoming, patience_ms: u32) -> Admitted<'_> {
        let value = incoming.headers.get(&self.header).map(first_line);
        let Some(account) = self.account(value, |identity| identity.of_incoming(incoming)) else {
            return match self.on_unmatched_tier_allow && self.tier(value).is_none() {
                true => Admitted::Uncounted,
                false => refuse(reach, incoming, 400, "no tier, or no identity"),
            };
        };
        let weight = if self.weight.is_some() { 0.0 } else { 1.0 };
        match account.ask(reach, weight, false, patience_ms).await {
            Ok(verdict) if verdict.is_allowed => Admitted::Counted(account, verdict),
            Ok(verdict) => {
                let mut refused = refuse(reach, incoming, 429, "nothing is left");
                if let Admitted::Not(answer) = &mut refused {
                    self.tell(&verdict, answer);
                }
                refused
            }
            Err(Down) if self.quota.on_failure_allow => Admitted::Uncounted,
            Err(Down) => refuse(reach, incoming, 500, "nobody counts"),
        }
    }

    /// Tells a client what is left.
    pub fn tell(&self, verdict: &Verdict, answer: &mut Answer) {
        if !self.has_headers {
            return;
        }
        answer.headers.set("X-Quota-Limit", verdict.limit.to_string());
        answer.headers.set("X-Quota-Remaining", verdict.remaining.to_string());
        if !verdict.is_allowed {
            answer.headers.set("Retry-After", verdict.retry_after.to_string());
        }
    }
}

// === impl Tier ===

impl Tier {
    fn compile(options: &Options<'_>, quota: &Quota) -> Result<Self, Refusal> {
        let name = options.str("rule_name")?;
        let rule = quota.rules.iter().position(|(known, _)| known == name);
        let rule = rule.ok_or_else(|| Refusal(format!("the quota has no rule \"{name}\"")))?;
        let identity = match (options.str("strategy")?, options.str("key")?) {
            ("ip", _) => Identity::Ip,
            (_, "") => return Err(Refusal::new("there is no key to tell clients apart by")),
            ("param", key) => Identity::Param(key.to_owned()),
            (_, key) => Identity::Header(canonical(key).into_owned()),
        };
        Ok(Self { fits: Fits::compile(options)?, rule, identity })
    }
}

// === impl Identity ===

impl Identity {
    fn of_incoming(&self, incoming: &Incoming) -> Option<String> {
        match self {
            Self::Ip => Some(incoming.client_ip.clone()),
            Self::Header(name) => incoming.headers.get(name).map(first_line).map(str::to_owned),
            Self::Param(name) => {
                incoming.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            }
        }
    }

    /// The same of a backend's request: what the endpoint has let in of the client's.
    pub fn of_request(&self, request: &Request) -> Option<String> {
        match self {
            Self::Ip => request.headers.get("X-Forwarded-For").map(str::to_owned),
            Self::Header(name) => request.headers.get(name).map(first_line).map(str::to_owned),
            Self::Param(name) => request.params.get(&title(name)).map(str::to_owned),
        }
    }
}

// === impl Weight ===

impl Weight {
    /// What an answer says that it costs; one if it says nothing.
    pub fn of_answer(&self, answer: &Answer) -> f64 {
        let found = match (self, &answer.body) {
            (Self::Header(name), _) => answer.headers.get(name).and_then(|text| text.parse().ok()),
            (Self::Body(path), AnswerBody::Bytes(body)) => Value::parse(body)
                .ok()
                .and_then(|data| data.path(path.iter().map(String::as_str)).and_then(Value::as_f64)),
            (Self::Body(_), _) => None,
        };
        amount(found)
    }

    /// The same of a backend's answer.
    pub fn of_reply(&self, reply: &Reply) -> f64 {
        let response = reply.response.as_ref();
        amount(response.and_then(|response| match self {
            Self::Header(name) => response.metadata.headers.get(name)?.parse().ok(),
            Self::Body(path) => response.data.as_ref()?.lookup_text(path)?.parse().ok(),
        }))
    }
}

/// Doesn't let a client's request through; the log says why.
fn refuse(reach: Reach<'_>, incoming: &Incoming, status: u16, reason: &str) -> Admitted<'static> {
    reach.log(Level::Warning, || format!("[{}][Quota] {status}: {reason}", incoming.part()));
    Admitted::Not(render::status(status))
}

/// A weight; what isn't an amount costs one.
fn amount(found: Option<f64>) -> f64 {
    found.filter(|weight| weight.is_finite() && *weight >= 0.0).unwrap_or(1.0)
}

// === impl Account ===

impl Account<'_> {
    /// Uses `weight` if something is left, or anyway where it's `forced`.
    ///
    /// # Errors
    /// If the binding fails, which the log says.
    pub async fn ask(
        &self,
        reach: Reach<'_>,
        weight: f64,
        forced: bool,
        patience_ms: u32,
    ) -> Result<Verdict, Down> {
        let Quota { name, binding, rules, .. } = self.quota;
        let (rule, limits) = &rules[self.rule];
        // No name has a line break in it: a client can't choose the key of another account.
        let key = format!("quota {name}\n{rule}\n{}", self.identity);
        let take = format!("quota/{}/{weight}/{limits}", if forced { "add" } else { "take" });
        let args = vec![binding.clone().into(), key.into(), take.into()];
        let deadline = Deadline::new(reach.io, patience_ms.min(PATIENCE_MS));
        let reason = match deadline.bound(reach.io.call("object", args)).await {
            Ok(Ok(answer)) => match str::from_utf8(&answer).ok().and_then(|text| text.parse().ok()) {
                Some(verdict) => return Ok(verdict),
                None => "the object's answer can't be read".to_owned(),
            },
            Ok(Err(error)) => error.to_string(),
            Err(expired) => expired.to_string(),
        };
        reach.log(Level::Error, || format!("[QUOTA: {name}] {binding}: {reason}"));
        Err(Down)
    }
}
