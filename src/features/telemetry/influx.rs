//! `telemetry/influx`: sends metrics to InfluxDB.

use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/influx",
    Scopes::SERVICE,
    "Sends metrics to InfluxDB.",
    Kind::Object(&[
        opt("address", Kind::Str, "The address of InfluxDB.").required(),
        opt("buffer_size", Kind::NATURAL, "How many points are kept while the database is away."),
        opt("db", Kind::Str, "The database or bucket.").default("\"krakend\""),
        opt("password", Kind::Str, "The password."),
        opt("ttl", Kind::Duration, "How often points are sent.").required(),
        opt("username", Kind::Str, "The user."),
    ]),
)
.aliases(&["github_com/letgoapp/krakend-influx"])
.no_effect(
    "nothing is sent to InfluxDB; write telemetry/opentelemetry with an exporter of otlp, and have the collector (or Telegraf's \
     input for OpenTelemetry) write to InfluxDB",
);
