//! `telemetry/influx`: sends metrics to InfluxDB.

use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/influx",
    aliases: &["github_com/letgoapp/krakend-influx"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NoEffect("nothing is sent to InfluxDB; the platform measures requests itself"),
    check: None,
    doc: "Sends metrics to InfluxDB.",
    value: Kind::Object(&[
        opt("address", Kind::Str, "The address of InfluxDB.").required(),
        opt("buffer_size", Kind::NATURAL, "How many points are kept while the database is away."),
        opt("db", Kind::Str, "The database or bucket.").default("\"krakend\""),
        opt("password", Kind::Str, "The password."),
        opt("ttl", Kind::Duration, "How often points are sent.").required(),
        opt("username", Kind::Str, "The user."),
    ]),
};
