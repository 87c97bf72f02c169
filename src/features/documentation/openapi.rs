//! `documentation/openapi`: describes the service for `fjord openapi export`; nothing at run time.

use crate::options::{Kind, Namespace, Opt, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "documentation/openapi",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Describes the service for `fjord openapi export`.",
    Kind::Object(&[
        opt("audience", Kind::STRINGS, "Export filter label."),
        opt("base_path", Kind::Str, "Prefix of exported paths."),
        opt("components_schemas", Kind::Map(&Kind::OneOf(&[Kind::Str, Kind::FREE])), "Reusable schemas."),
        opt("contact_email", Kind::Str, "Info.contact.email."),
        opt("contact_name", Kind::Str, "Info.contact.name."),
        opt("contact_url", Kind::Str, "Info.contact.url."),
        opt("cookie_name", Kind::Str, "SecurityScheme cookie name.").default("\"SESSIONID\""),
        opt("custom_security_schemes", Kind::Map(&Kind::FREE), "Extra securitySchemes."),
        opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
        opt("disable_default_response_definitions", Kind::Bool, "No automatic 200/500.").default("false"),
        opt("example", Kind::OneOf(&[Kind::FREE, Kind::Str]), "Example payload."),
        opt(
            "header_definition",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
                opt("enum", Kind::List(&Kind::Any), "Allowed values."),
                opt("hide", Kind::Bool, "Leave out of the spec.").default("false"),
                opt("name", Kind::Str, "Name of param/header/tag.").required(),
                opt("required", Kind::Bool, "Required flag.").default("false"),
                opt(
                    "type",
                    Kind::Enum(&["integer", "string", "boolean", "object", "array", "float", "date-time"]),
                    "Data type.",
                )
                .default("\"string\""),
            ])),
            "Header parameter docs.",
        ),
        opt("host", Kind::Str, "Published host."),
        opt("jwt_key", Kind::Str, "SecurityScheme name for JWT.").default("\"KrakenD-JWT\""),
        opt("license_name", Kind::Str, "Info.license.name."),
        opt("license_url", Kind::Str, "Info.license.url."),
        opt("operation_id", Kind::Str, "OperationId."),
        opt(
            "param_definition",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
                opt("enum", Kind::List(&Kind::Any), "Allowed values."),
                opt("example", Kind::Any, "Example payload."),
                opt("examples", Kind::Map(&Kind::Any), "Named examples."),
                opt("format", Kind::Enum(FORMATS), "Data format."),
                opt("hide", Kind::Bool, "Leave out of the spec.").default("false"),
                opt("name", Kind::Str, "Name of param/header/tag.").required(),
                opt("required", Kind::Bool, "Required flag.").default("true"),
                opt("type", Kind::Enum(TYPES), "Data type.").default("\"string\""),
            ])),
            "Path parameter docs.",
        ),
        opt(
            "query_definition",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
                opt("enum", Kind::List(&Kind::Any), "Allowed values."),
                opt("example", Kind::Any, "Example payload."),
                opt("format", Kind::Enum(FORMATS), "Data format."),
                opt("hide", Kind::Bool, "Leave out of the spec.").default("false"),
                opt("name", Kind::Str, "Name of param/header/tag.").required(),
                opt("required", Kind::Bool, "Required flag.").default("true"),
                opt("type", Kind::Enum(TYPES), "Data type.").default("\"string\""),
            ])),
            "Query parameter docs.",
        ),
        opt("request_definition", Kind::List(&Kind::Object(PAYLOAD)), "Request bodies by content type."),
        opt("response_definition", Kind::Map(&Kind::Object(PAYLOAD)), "Responses by status."),
        opt("schemes", Kind::STRINGS, "Http/https.").default("[\"http\"]"),
        opt(
            "servers",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
                opt("url", Kind::OneOf(&[Kind::Str, Kind::FREE]), "Server URL.").required(),
                opt("variables", Kind::Map(&Kind::OneOf(&[Kind::Str, Kind::FREE])), "Server variables."),
            ])),
            "Servers list.",
        ),
        opt("summary", Kind::Str, "Operation summary."),
        opt(
            "tag_definition",
            Kind::List(&Kind::Object(&[
                opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
                opt("name", Kind::Str, "Name of param/header/tag.").required(),
            ])),
            "Tags docs.",
        ),
        opt("tags", Kind::STRINGS, "Operation tags."),
        opt("terms_of_service", Kind::Str, "Info.termsOfService."),
        opt("version", Kind::Str, "Info.version."),
    ]),
)
.enterprise();

/// The types of a parameter; `number` since KrakenD 2.12.
const TYPES: &[&str] = &["integer", "number", "string", "boolean", "object", "array", "float", "date-time"];

const FORMATS: &[&str] = &["int32", "int64", "float", "double", "date", "date-time", "byte", "uuid", ""];

static PAYLOAD: &[Opt] = &[
    opt("content_type", Kind::Str, "Media type.").required(),
    opt("description", Kind::Str, "CommonMark text of API/operation/param/response."),
    opt("example", Kind::Any, "Example payload."),
    opt("examples", Kind::Map(&Kind::Any), "Named examples."),
    opt("example_schema", Kind::OneOf(&[Kind::Str, Kind::FREE]), "JSON schema (object or base64)."),
    opt("ref", Kind::Str, "Reference to components/schemas."),
];
