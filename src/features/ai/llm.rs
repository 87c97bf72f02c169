//! `ai/llm`: speaks to language models of several vendors in one form.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// A vendor, with what all vendors have around the variables of its own.
macro_rules! vendor {
    ($name:literal, $version:literal, required $variables:ident, $doc:literal) => {
        vendor!(@ $name, $version, opt("variables", Kind::Object($variables), "Model parameters.").required(), $doc)
    };
    ($name:literal, $version:literal, $variables:ident, $doc:literal) => {
        vendor!(@ $name, $version, opt("variables", Kind::Object($variables), "Model parameters."), $doc)
    };
    (@ $name:literal, $version:literal, $variables:expr, $doc:literal) => {
        opt(
            $name,
            Kind::With(
                &Kind::Object(&[opt(
                    $version,
                    Kind::Object(&[
                        opt("credentials", Kind::Str, "Vendor API key.").required(),
                        opt("debug", Kind::Bool, "Log payloads.").default("false"),
                        opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                        opt("output_template", Kind::Str, "Custom Go template for the normalised answer."),
                        $variables,
                    ]),
                    "Versioned vendor settings.",
                )]),
                &[Rule::AtLeast(1), Rule::AtMost(1)],
            ),
            $doc,
        )
    };
}
/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "ai/llm",
    Scopes::BACKEND,
    "Speaks to language models of several vendors in one form.",
    Kind::With(
        &Kind::Object(&[
            vendor!("anthropic", "v1", required ANTHROPIC, "Anthropic connector."),
            // Without a model: the URL names it.
            vendor!("bedrock", "v1", required BEDROCK, "Bedrock connector."),
            vendor!("gemini", "v1beta", GEMINI, "Gemini connector."),
            vendor!("mistral", "v1", required MISTRAL, "Mistral connector."),
            vendor!("openai", "v1", required OPENAI, "OpenAI connector."),
        ]),
        &[Rule::AtMost(1)],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; call the model's API as a backend of its own, with modifier/request-body-generator for what it's asked, and modifier/martian for its credentials",
);

const EXTRA_PAYLOAD: Opt =
    opt("extra_payload", Kind::FREE, "Additional fields available to custom templates.");
const MAX_OUTPUT_TOKENS: Opt = opt("max_output_tokens", Kind::INT, "Output token cap.");
const MAX_TOKENS: Opt = opt("max_tokens", Kind::INT, "Output token cap.");
const MODEL: Opt = opt("model", Kind::Str, "Model id passed verbatim.").required();
const STOP_SEQUENCES: Opt = opt("stop_sequences", Kind::STRINGS, "Stop strings.");
const TEMPERATURE: Opt = opt("temperature", Kind::Number { min: 0.0, max: 2.0 }, "Sampling temperature.");
const TOP_K: Opt = opt("top_k", Kind::INT, "Top-k sampling.");
const TOP_P: Opt = opt("top_p", Kind::NUMBER, "Nucleus sampling.");

static ANTHROPIC: &[Opt] =
    &[EXTRA_PAYLOAD, MAX_TOKENS.default("1024"), MODEL, STOP_SEQUENCES, TEMPERATURE, TOP_K, TOP_P];

static BEDROCK: &[Opt] = &[EXTRA_PAYLOAD, MAX_TOKENS, STOP_SEQUENCES, TEMPERATURE, TOP_K, TOP_P];

static GEMINI: &[Opt] = &[
    opt("candidate_count", Kind::INT, "Number of answers.").default("1"),
    EXTRA_PAYLOAD,
    MAX_OUTPUT_TOKENS,
    STOP_SEQUENCES,
    TEMPERATURE,
    TOP_K,
    TOP_P,
];

static MISTRAL: &[Opt] = &[
    EXTRA_PAYLOAD,
    MAX_TOKENS,
    MODEL,
    opt("n", Kind::INT, "Number of completions.").default("1"),
    opt("random_seed", Kind::INT, "Deterministic seed."),
    opt("safe_prompt", Kind::Bool, "Vendor safety prompt.").default("false"),
    opt("stop", Kind::STRINGS, "Stop strings."),
    TEMPERATURE,
    TOP_P,
];

static OPENAI: &[Opt] = &[
    EXTRA_PAYLOAD,
    MAX_OUTPUT_TOKENS,
    MODEL,
    TEMPERATURE,
    opt("top_p", Kind::Number { min: 0.0, max: 1.0 }, "Nucleus sampling."),
    opt("truncation", Kind::Enum(&["auto", "disabled"]), "Auto/disabled context truncation.")
        .default("\"disabled\""),
];
