//! The rules against KrakenD's audit of the same configurations, and what it should have said.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use fjord_document::Document;

/// Rules that find more or less than KrakenD's, wherever they look.
const BETTER: &[&str] = &[
    "1.1.1", "1.1.2", "2.1.7", "3.1.2", "4.1.1", "4.1.2", "5.2.1", "5.2.2", "5.2.3", "7.1.5", "7.1.6",
    "7.1.7",
];

fn ids(config: &Value, options: &AuditOptions) -> BTreeSet<&'static str> {
    let root = Document::parse(&config.to_string()).unwrap().root;
    audit(&root, options).into_iter().map(|finding| finding.rule.id).collect()
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn every_rule_fires_where_it_should() {
    let suite: Value = serde_json::from_str(include_str!("../../../tests/data/audit.json")).unwrap();
    let mut faults = Vec::new();
    let mut count = 0;
    for case in items(&suite, "rules") {
        let id = case["id"].as_str().unwrap();
        let better = &case["better"];
        for verdict in ["fires", "silent"] {
            let other = if verdict == "fires" { "silent" } else { "fires" };
            let overruled = |config: &Value| items(better, other).iter().any(|b| b["config"] == *config);
            for item in items(better, verdict).iter().chain(items(case, verdict)) {
                let config = &item["config"];
                if overruled(config) && !items(better, verdict).contains(item) {
                    continue;
                }
                count += 1;
                let found = ids(config, &AuditOptions::default());
                // What Fjord refuses limits no client here.
                let is_refused = |name: &&str| id == "3.1.2" && config.to_string().contains(*name);
                let fires =
                    verdict == "fires" || ["qos/ratelimit/tiered", "redis-ratelimit"].iter().any(is_refused);
                if found.contains(id) != fires {
                    faults.push(format!("{id} {verdict}: {config}"));
                }
                let theirs: BTreeSet<&str> =
                    items(item, "krakend").iter().filter_map(Value::as_str).collect();
                let same = |id: &&&str| !id.starts_with('9') && !BETTER.contains(*id);
                let differ = found.symmetric_difference(&theirs).filter(same).collect::<Vec<_>>();
                if !differ.is_empty() && !theirs.contains("ERR") {
                    faults.push(format!("{id} {verdict}: {differ:?} differ: {config}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 220, "{count} configurations");
}

#[test]
fn ids_and_severities_are_krakends() {
    let suite: Value = serde_json::from_str(include_str!("../../../tests/data/audit.json")).unwrap();
    let theirs: Vec<(&str, &str)> = items(&suite, "rules")
        .iter()
        .map(|rule| (rule["id"].as_str().unwrap(), rule["severity"].as_str().unwrap()))
        .collect();
    let own = rules().filter(|rule| !rule.id.starts_with('9'));
    let ours: Vec<(&str, &str)> = own.map(|rule| (rule.id, rule.severity.name())).collect();
    let sorted: BTreeSet<_> = ours.iter().copied().collect();
    assert_eq!(sorted, theirs.into_iter().collect());
    assert_eq!(ours.len(), 51);
}

/// An endpoint and the service around it, as much as an edge rule needs.
fn edge(text: &str) -> BTreeSet<&'static str> {
    let options = AuditOptions { bindings: Some(vec!["API".into()]), ..AuditOptions::default() };
    let root = Document::parse(text).unwrap().root;
    let found = audit(&root, &options).into_iter().map(|finding| finding.rule.id);
    found.filter(|id| id.starts_with('9')).collect()
}

#[test]
fn edge_rules() {
    let one = |service: &str, endpoint: &str, backend: &str| {
        let text = format!(
            "{{\"version\": 3, {service} \"endpoints\": [{{\"endpoint\": \"/a\", {endpoint} \"backend\": [{{\"url_pattern\": \"/\" {backend}}}]}}]}}"
        );
        edge(&text)
    };
    let quiet = "\"timeout\": \"3s\", \"host\": [\"https://api.example.com\"],";
    let host = |host: &str| one("\"timeout\": \"3s\",", "", &format!(", \"host\": [\"{host}\"]"));
    let many = |count: usize, extra: &str| {
        let backends = vec!["{\"url_pattern\": \"/\"}"; count].join(",");
        edge(&format!(
            "{{\"version\": 3, {quiet} \"endpoints\": [{{\"endpoint\": \"/a\", {extra} \"backend\": [{backends}]}}]}}"
        ))
    };
    let extra = |namespace: &str, value: &str| format!("\"extra_config\": {{\"{namespace}\": {value}}}");
    let behind = |namespace: &str, value: &str| one(quiet, "", &format!(", {}", extra(namespace, value)));
    let before = |namespace: &str, value: &str| one(quiet, &format!("{},", extra(namespace, value)), "");
    let service = |text: &str| one(&format!("{quiet} {text},"), "", "");
    let cors = |value: &str| service(&extra("security/cors", value));
    let ip = "{\"client_max_rate\": 1, \"strategy\": \"ip\"}";
    let limited = |router: &str, limit: &str| {
        let router = format!("{quiet} {},", extra("router", router));
        one(&router, &format!("{},", extra("qos/ratelimit/router", limit)), "")
    };
    let kept = |headers: &str, shared: &str| {
        let cache = format!("{{\"shared\": {shared}, \"max_items\": 10, \"max_size\": 1048576}}");
        let backend = format!(", {}", extra("qos/http-cache", &cache));
        one(quiet, &format!("\"input_headers\": {headers},"), &backend)
    };
    let cases: Vec<(BTreeSet<&str>, &[&str])> = vec![
        (one(quiet, "", ""), &[]),
        (one("\"host\": [\"https://api.example.com\"],", "", ""), &["9.3.1"]),
        (one("\"host\": [\"https://api.example.com\"],", "\"timeout\": \"1s\",", ""), &[]),
        (behind("auth/client-credentials", "{\"client_secret\": \"x\"}"), &["9.1.1"]),
        (behind("auth/client-credentials", "{\"client_secret\": \"$X\"}"), &[]),
        (before("auth/signer", "{\"jwk_local_path\": \"k.json\"}"), &["9.1.2"]),
        (before("auth/validator", "{\"alg\": \"HS256\", \"jwk_local_path\": \"k.json\"}"), &["9.1.2"]),
        (before("auth/validator", "{\"alg\": \"RS256\", \"jwk_local_path\": \"k.json\"}"), &[]),
        (host("http://localhost:8080"), &["9.2.1"]),
        (host("10.0.0.7"), &["9.2.1"]),
        (host("https://[::1]:8443"), &["9.2.1"]),
        (host("https://shop.internal"), &["9.2.1"]),
        (host("http://api.example.com"), &["9.2.2"]),
        (host("api.example.com"), &["9.2.2"]),
        (host("https://api.example.com"), &[]),
        (host("https://user:pw@api.example.com"), &["9.1.1"]),
        (host("service://API"), &[]),
        (host("service://OTHER"), &["9.2.3"]),
        (one(quiet, "\"timeout\": \"100s\",", ""), &[]),
        (one(quiet, "\"timeout\": \"101s\",", ""), &["9.3.2"]),
        (behind("qos/http-cache", "{}"), &["9.4.1"]),
        (behind("qos/http-cache", "{\"max_items\": 10, \"max_size\": 1048576}"), &[]),
        (behind("qos/http-cache", "{\"max_items\": 10, \"max_size\": 104857600}"), &["9.4.1"]),
        (service("\"debug_endpoint\": true"), &["9.5.1"]),
        (service("\"echo_endpoint\": true"), &["9.5.2"]),
        (before("qos/ratelimit/router", "{\"max_rate\": 1}"), &["9.6.1"]),
        (before("qos/ratelimit/router", ip), &["9.6.1", "9.6.3"]),
        (limited("{\"trusted_proxies\": []}", ip), &["9.6.1"]),
        (
            limited("{\"trusted_proxies\": []}", "{\"strategy\": \"ip\", \"key\": \"X-Ip\"}"),
            &["9.6.1", "9.6.3"],
        ),
        (kept("[\"Authorization\"]", "false"), &["9.4.2"]),
        (kept("[\"Authorization\"]", "true"), &[]),
        (kept("[\"X-Trace\"]", "false"), &[]),
        (behind("qos/ratelimit/proxy", "{\"max_rate\": 1}"), &["9.6.1"]),
        (behind("qos/circuit-breaker", "{\"interval\": 1, \"timeout\": 1, \"max_errors\": 11}"), &["9.6.2"]),
        (behind("qos/circuit-breaker", "{\"interval\": 1, \"timeout\": 1, \"max_errors\": 10}"), &[]),
        (many(6, ""), &[]),
        (many(7, ""), &["9.7.1"]),
        (many(3, "\"concurrent_calls\": 3,"), &["9.7.1"]),
        (many(7, "\"extra_config\": {\"proxy\": {\"sequential\": true}},"), &[]),
        (many(50, "\"extra_config\": {\"proxy\": {\"sequential\": true}},"), &[]),
        (many(51, "\"extra_config\": {\"proxy\": {\"sequential\": true}},"), &["9.7.2"]),
        (cors("{\"allow_origins\": [\"*\"], \"allow_credentials\": true}"), &["9.8.1"]),
        (cors("{\"allow_origins\": [\"https://a.example.com\"], \"allow_credentials\": true}"), &[]),
        (
            before(
                "auth/validator",
                "{\"jwk_url\": \"http://a.example.com\", \"disable_jwk_security\": true}",
            ),
            &["9.8.2"],
        ),
    ];
    for (index, (found, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(found.into_iter().collect::<Vec<_>>(), wanted, "case {index}");
    }
}

#[test]
fn reports_what_is_asked_for_at_its_place() {
    let text = "{\n  \"version\": 3,\n  \"timeout\": \"61s\",\n  \"endpoints\": [\n    {\"endpoint\": \"/a\", \"backend\": []},\n    {\"endpoint\": \"/b\", \"backend\": []}\n  ]\n}\n";
    let asked = |options: &str| -> Value {
        serde_json::from_str(&report(&Document::read(text.as_bytes()), options).unwrap().unwrap()).unwrap()
    };
    let ids = |report: &Value| -> Vec<String> {
        items(report, "recommendations").iter().map(|r| r["rule"].as_str().unwrap().to_owned()).collect()
    };
    let critical = asked("{\"severities\": [\"CRITICAL\"], \"file\": \"k.json\"}");
    assert_eq!(ids(&critical), ["3.3.4", "5.2.1", "5.2.1"]);
    let first = &critical["recommendations"][0];
    assert_eq!((first["line"].as_u64(), first["column"].as_u64()), (Some(3), Some(14)));
    assert_eq!(first["path"], "/timeout");
    assert_eq!(critical["recommendations"][2]["path"], "/endpoints/1/endpoint");
    assert_eq!(ids(&asked("{\"severities\": [\"critical\"], \"ignore\": [\"5.2\"]}")), ["3.3.4"]);
    assert_eq!(
        ids(&asked("{\"severities\": [\"CRITICAL\"], \"ignore\": [\"5.2.1\", \"3\"]}")),
        Vec::<String>::new()
    );
    let wanted = "3.3.4\t[CRITICAL]\ta timeout above a minute\n  --> k.json:3:14 /timeout\n  = help: set a shorter timeout: waiting requests pile up when an origin hangs\n\n5.2.1\t[CRITICAL]\tan endpoint without backends\n  --> k.json:5:18 /endpoints/0/endpoint\n  --> k.json:6:18 /endpoints/1/endpoint\n  = help: add a backend, or remove the endpoint\n\n3 critical\n";
    let text = asked("{\"severities\": [\"CRITICAL\"], \"file\": \"k.json\", \"text\": true}");
    assert_eq!(text, serde_json::json!({"text": wanted}));
    assert_eq!(report(&Document::read(b"["), "{}").unwrap(), None);
    for options in ["", "[1]", "{\"severity\": []}", "{\"severities\": [\"HUGE\"]}"] {
        assert!(report(&Document::read(b"{}"), options).is_err(), "{options}");
    }
}
