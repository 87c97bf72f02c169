//! `security/bot-detector`: refuses user agents that look like bots.

use std::fmt;
use std::ops::Range;

use fjord_document::node::Node;
use fjord_pattern::PatternError;

use super::patterns::Patterns;
use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::{Capability, Kind, Namespace, OptionError, Options, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "security/bot-detector",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Refuses user agents that look like bots.",
    Kind::With(
        &Kind::Object(&[
            opt("allow", Kind::STRINGS, "User agents that are let in before all other rules.").default("[]"),
            opt("cache_size", Kind::NATURAL, "How many verdicts are cached; 0 for none."),
            opt("deny", Kind::STRINGS, "User agents that get 403.").default("[]"),
            opt("empty_user_agent_is_bot", Kind::Bool, "Refuses requests that name no user agent.")
                .default("false"),
            opt("patterns", Kind::STRINGS, "Regular expressions; a user agent with a match gets 403.")
                .default("[]"),
        ]),
        &[Rule::AtLeast(1)],
    ),
)
.aliases(&["github_com/devopsfaith/krakend-botdetector"])
.requires_where(Capability::Patterns, |value| {
    value.get("patterns").is_some_and(|list| !list.items().is_empty())
})
.check(check);

/// Tells bots by their user agents.
#[derive(Debug)]
pub struct BotDetector {
    allow: Vec<Box<str>>,
    deny: Vec<Box<str>>,
    patterns: Patterns,
    empty_is_bot: bool,
}

/// Why a detector can't be built. KrakenD goes without one then; bots would come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BotDetectorError {
    /// An option has a value of the wrong type.
    Option(OptionError),
    /// A pattern isn't a regular expression.
    Pattern {
        /// Its place in the text.
        span: Range<u32>,
        /// What is wrong with it.
        error: PatternError,
    },
}

// === impl BotDetector ===

impl BotDetector {
    /// Reads the options.
    ///
    /// # Errors
    /// If an option has a value of the wrong type, or a pattern isn't a regular expression.
    pub fn compile(node: &Node) -> Result<BotDetector, BotDetectorError> {
        let options = Options::of(node, &NAMESPACE);
        let patterns = Patterns::compile(&options.strings("patterns")?).map_err(|(index, error)| {
            let item = options.items("patterns").ok().and_then(|items| items.get(index));
            BotDetectorError::Pattern { span: item.unwrap_or(node).span.clone(), error }
        })?;
        let texts = |name| options.strings(name).map(|texts| texts.into_iter().map(Box::from).collect());
        Ok(BotDetector {
            patterns,
            allow: texts("allow")?,
            deny: texts("deny")?,
            empty_is_bot: options.bool("empty_user_agent_is_bot")?,
        })
    }

    /// Whether a client with this `User-Agent`, empty if it sends none, is a bot. Bots get a 403 without a body; so does a name
    /// that is made to take too long.
    pub fn is_bot(&self, agent: &str) -> bool {
        if agent.is_empty() {
            return self.empty_is_bot;
        }
        let is_in = |list: &[Box<str>]| list.iter().any(|item| **item == *agent);
        !is_in(&self.allow) && (is_in(&self.deny) || self.patterns.any_matches(agent).unwrap_or(true))
    }
}

// === impl BotDetectorError ===

impl From<OptionError> for BotDetectorError {
    fn from(error: OptionError) -> Self {
        BotDetectorError::Option(error)
    }
}

impl fmt::Display for BotDetectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BotDetectorError::Option(error) => error.fmt(f),
            BotDetectorError::Pattern { error, .. } => write!(f, "patterns: {error}"),
        }
    }
}

impl std::error::Error for BotDetectorError {}

/// Looks for patterns that can't be read, and for those that fit every client.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let (Some(allow), Some(deny)) = (spot.get("allow"), spot.get("deny")) {
        for item in deny.items().filter(|item| item.str().is_some()) {
            if let Some(first) = allow.items().find(|allowed| allowed.str() == item.str()) {
                let fault = item.warning("no-effect", "`allow` lets this one in");
                findings.add(fault.related(first.span(), "it comes first"));
            }
        }
    }
    let Some(patterns) = spot.get("patterns") else { return };
    for item in patterns.items() {
        let Some(text) = item.str() else { continue };
        looks::regex(&item, text, "KrakenD switches the detector off", findings);
        // A pattern that finds nothing in particular finds it in every client.
        let matches_all = |pattern: Patterns| {
            ["", "x", "Mozilla/5.0"].iter().all(|name| pattern.any_matches(name) == Some(true))
        };
        if Patterns::compile(&[text]).is_ok_and(matches_all) {
            findings.add(item.warning("everybody", "this matches every client, so all are refused as bots"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn lists_come_before_patterns() {
        let text = r#"{"allow":["Good/1","curl/8"],"deny":["Bad/1","a"],"patterns":["(?i)bot","^curl","Pingdom.com_bot_version_(\\d+)\\.(\\d+)"]}"#;
        let node = Document::parse(text).unwrap().root;
        let detector = BotDetector::compile(&node).unwrap();
        for agent in
            ["Bad/1", "a", "GoogleBot", "curl/7", "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)"]
        {
            assert!(detector.is_bot(agent), "{agent}");
        }
        for agent in ["", "Good/1", "curl/8", "bad/1", "b", "my curl", "Mozilla/5.0"] {
            assert!(!detector.is_bot(agent), "{agent}");
        }
        let node = Document::parse(r#"{"empty_user_agent_is_bot":true}"#).unwrap().root;
        assert!(BotDetector::compile(&node).unwrap().is_bot(""));
    }

    #[test]
    fn a_name_that_is_made_to_take_too_long_is_a_bots() {
        let node = Document::parse(r#"{"patterns":["(.{0,255}x){3}y"]}"#).unwrap().root;
        let detector = BotDetector::compile(&node).unwrap();
        let agent = "abcx".repeat(25_000);
        assert!(detector.is_bot(&agent) && !detector.is_bot(&agent[..400]));
    }

    #[test]
    fn faults_have_their_place() {
        let text = r#"{"patterns":["a","(?!b)"]}"#;
        let error = BotDetector::compile(&Document::parse(text).unwrap().root).unwrap_err();
        assert_eq!(
            error.to_string(),
            "patterns: error parsing regexp: invalid or unsupported Perl syntax: `(?!` (RE2 has no lookahead)"
        );
        let BotDetectorError::Pattern { span, .. } = error else { panic!() };
        assert_eq!(&text[span.start as usize..span.end as usize], r#""(?!b)""#);
        let error = BotDetector::compile(&Document::parse(r#"{"deny":[1]}"#).unwrap().root).unwrap_err();
        assert_eq!(error.to_string(), "deny: expected a string, found a number");
    }
}
