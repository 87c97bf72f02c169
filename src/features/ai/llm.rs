//! `ai/llm`: speaks to language models of several vendors in one form.

use crate::options::{Kind, Namespace, Opt, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "ai/llm",
    Scopes::BACKEND,
    "Speaks to language models of several vendors in one form.",
    Kind::With(
        &Kind::Object(&[
            opt(
                "anthropic",
                Kind::With(
                    &Kind::Object(&[opt(
                        "v1",
                        Kind::Object(&[
                            opt("credentials", Kind::Str, "Vendor API key.").required(),
                            opt("debug", Kind::Bool, "Log payloads.").default("false"),
                            opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                            opt(
                                "output_template",
                                Kind::Str,
                                "Custom Go template for the normalised answer.",
                            ),
                            opt(
                                "variables",
                                Kind::Object(&[
                                    opt(
                                        "extra_payload",
                                        Kind::FREE,
                                        "Additional fields available to custom templates.",
                                    ),
                                    opt("max_tokens", Kind::INT, "Output token cap.").default("1024"),
                                    opt("model", Kind::Str, "Model id passed verbatim.").required(),
                                    opt("stop_sequences", Kind::STRINGS, "Stop strings."),
                                    opt(
                                        "temperature",
                                        Kind::Number { min: 0.0, max: 2.0 },
                                        "Sampling temperature.",
                                    ),
                                    opt("top_k", Kind::INT, "Top-k sampling."),
                                    opt("top_p", Kind::NUMBER, "Nucleus sampling."),
                                ]),
                                "Model parameters.",
                            )
                            .required(),
                        ]),
                        "Versioned vendor settings.",
                    )]),
                    &[Rule::AtLeast(1), Rule::AtMost(1)],
                ),
                "Anthropic connector.",
            ),
            opt(
                "bedrock",
                Kind::With(
                    &Kind::Object(&[opt(
                        "v1",
                        Kind::Object(&[
                            opt("credentials", Kind::Str, "Vendor API key.").required(),
                            opt("debug", Kind::Bool, "Log payloads.").default("false"),
                            opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                            opt("output_template", Kind::Str, "Custom Go template for the normalised answer."),
                            opt("variables", Kind::Object(BEDROCK), "Model parameters.").required(),
                        ]),
                        "Versioned vendor settings.",
                    )]),
                    &[Rule::AtLeast(1), Rule::AtMost(1)],
                ),
                "Bedrock connector.",
            ),
            opt(
                "gemini",
                Kind::With(
                    &Kind::Object(&[opt(
                        "v1beta",
                        Kind::Object(&[
                            opt("credentials", Kind::Str, "Vendor API key.").required(),
                            opt("debug", Kind::Bool, "Log payloads.").default("false"),
                            opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                            opt(
                                "output_template",
                                Kind::Str,
                                "Custom Go template for the normalised answer.",
                            ),
                            opt(
                                "variables",
                                Kind::Object(&[
                                    opt("candidate_count", Kind::INT, "Number of answers.").default("1"),
                                    opt(
                                        "extra_payload",
                                        Kind::FREE,
                                        "Additional fields available to custom templates.",
                                    ),
                                    opt("max_output_tokens", Kind::INT, "Output token cap."),
                                    opt("stop_sequences", Kind::STRINGS, "Stop strings."),
                                    opt(
                                        "temperature",
                                        Kind::Number { min: 0.0, max: 2.0 },
                                        "Sampling temperature.",
                                    ),
                                    opt("top_k", Kind::INT, "Top-k sampling."),
                                    opt("top_p", Kind::NUMBER, "Nucleus sampling."),
                                ]),
                                "Model parameters.",
                            ),
                        ]),
                        "Versioned vendor settings.",
                    )]),
                    &[Rule::AtLeast(1), Rule::AtMost(1)],
                ),
                "Gemini connector.",
            ),
            opt(
                "mistral",
                Kind::With(
                    &Kind::Object(&[opt(
                        "v1",
                        Kind::Object(&[
                            opt("credentials", Kind::Str, "Vendor API key.").required(),
                            opt("debug", Kind::Bool, "Log payloads.").default("false"),
                            opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                            opt(
                                "output_template",
                                Kind::Str,
                                "Custom Go template for the normalised answer.",
                            ),
                            opt(
                                "variables",
                                Kind::Object(&[
                                    opt(
                                        "extra_payload",
                                        Kind::FREE,
                                        "Additional fields available to custom templates.",
                                    ),
                                    opt("max_tokens", Kind::INT, "Output token cap."),
                                    opt("model", Kind::Str, "Model id passed verbatim.").required(),
                                    opt("n", Kind::INT, "Number of completions.").default("1"),
                                    opt("random_seed", Kind::INT, "Deterministic seed."),
                                    opt("safe_prompt", Kind::Bool, "Vendor safety prompt.").default("false"),
                                    opt("stop", Kind::STRINGS, "Stop strings."),
                                    opt(
                                        "temperature",
                                        Kind::Number { min: 0.0, max: 2.0 },
                                        "Sampling temperature.",
                                    ),
                                    opt("top_p", Kind::NUMBER, "Nucleus sampling."),
                                ]),
                                "Model parameters.",
                            )
                            .required(),
                        ]),
                        "Versioned vendor settings.",
                    )]),
                    &[Rule::AtLeast(1), Rule::AtMost(1)],
                ),
                "Mistral connector.",
            ),
            opt(
                "openai",
                Kind::With(
                    &Kind::Object(&[opt(
                        "v1",
                        Kind::Object(&[
                            opt("credentials", Kind::Str, "Vendor API key.").required(),
                            opt("debug", Kind::Bool, "Log payloads.").default("false"),
                            opt("input_template", Kind::Str, "Custom Go template for the vendor request."),
                            opt(
                                "output_template",
                                Kind::Str,
                                "Custom Go template for the normalised answer.",
                            ),
                            opt(
                                "variables",
                                Kind::Object(&[
                                    opt(
                                        "extra_payload",
                                        Kind::FREE,
                                        "Additional fields available to custom templates.",
                                    ),
                                    opt("max_output_tokens", Kind::INT, "Output token cap."),
                                    opt("model", Kind::Str, "Model id passed verbatim.").required(),
                                    opt(
                                        "temperature",
                                        Kind::Number { min: 0.0, max: 2.0 },
                                        "Sampling temperature.",
                                    ),
                                    opt("top_p", Kind::Number { min: 0.0, max: 1.0 }, "Nucleus sampling."),
                                    opt(
                                        "truncation",
                                        Kind::Enum(&["auto", "disabled"]),
                                        "Auto/disabled context truncation.",
                                    )
                                    .default("\"disabled\""),
                                ]),
                                "Model parameters.",
                            )
                            .required(),
                        ]),
                        "Versioned vendor settings.",
                    )]),
                    &[Rule::AtLeast(1), Rule::AtMost(1)],
                ),
                "OpenAI connector.",
            ),
        ]),
        &[Rule::AtMost(1)],
    ),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; call the model's API as a backend of its own, with modifier/martian or modifier/lua-backend for its headers and bodies",
);

/// Without a model: the URL names it.
static BEDROCK: &[Opt] = &[
    opt("extra_payload", Kind::FREE, "Additional fields available to custom templates."),
    opt("max_tokens", Kind::INT, "Output token cap."),
    opt("stop_sequences", Kind::STRINGS, "Stop strings."),
    opt("temperature", Kind::Number { min: 0.0, max: 2.0 }, "Sampling temperature."),
    opt("top_k", Kind::INT, "Top-k sampling."),
    opt("top_p", Kind::NUMBER, "Nucleus sampling."),
];
