//! What guards is never open by mistake: every option of every guard, broken in every way, closes what it guards.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord::features;
use fjord::options::Environment;
use fjord::options::{Kind, Opt, Role, Scope, Support};
use fjord::plan;
use fjord::review::check::{CheckOptions, check};
use fjord_document::{Document, Severity};
use serde_json::{Value, json};

/// Broken options that open nothing, by the start of their names, and why.
const HARMLESS: &[(&str, &str)] = &[
    ("proxy: zzz", "an unknown option of a shield is a warning"),
    ("qos/circuit-breaker: zzz", "an unknown option of a shield is a warning"),
    ("qos/http-cache: zzz", "an unknown option of a shield is a warning"),
    ("security/cors: zzz", "an unknown option of a shield is a warning"),
    ("security/http: zzz", "an unknown option of a shield is a warning"),
    ("qos/http-cache: whole = {}", "a cache with its defaults"),
    ("proxy: whole = {}", "no step is set"),
    ("security/cors: whole = {}", "dropped by the loader: no page is let in"),
    ("security/cors: whole = null", "dropped by the loader: no page is let in"),
    ("security/http: whole = {}", "dropped by the loader, and says so"),
    ("security/http: whole = null", "dropped by the loader, and says so"),
    ("security/cors without allow_origins", "the default is known: every origin"),
    ("security/cors.allow_methods = ", "a name that no method has lets none in"),
    ("security/cors.debug = ", "nothing but a log"),
    ("security/cors.expose_headers = ", "without it pages read less"),
    ("security/cors.max_age = ", "without it browsers ask more often"),
    ("security/cors.options_success_status = ", "the status of an answer"),
    ("proxy.static = ", "without it something is missing in the answer, and nothing too much"),
    ("proxy.sequential_propagated_params = ", "without it later calls know less"),
    ("proxy.flatmap_filter = [{\"zzz\":1}]", ""),
];

/// Options that are well-formed one by one and check nothing together, or nobody.
const IDLE: &[(&str, &str)] = &[
    ("auth/validator", r#"{"alg": "RS256", "jwk_url": "https://idp.example/k", "scopes": ["a"]}"#),
    (
        "auth/validator",
        r#"{"alg": "RS256", "jwk_url": "https://idp.example/k", "scopes": ["a"], "scopes_key": ""}"#,
    ),
    (
        "auth/validator",
        r#"{"alg": "RS256", "jwk_url": "https://idp.example/k", "cache": true, "jwk_local_path": "k.json"}"#,
    ),
    ("auth/validator", r#"{"alg": "RS256", "jwk_url": "https://idp.example/k", "auth_header_name": "X Y"}"#),
    ("auth/validator", r#"{"alg": "RS256"}"#),
    ("auth/api-keys", r#"{"client_max_rate": 1}"#),
    (
        "auth/revoker",
        r#"{"N": 1, "P": 0.1, "TTL": 1, "hash_name": "optimal", "port": 1, "token_keys": ["jti"], "binding": "A"}"#,
    ),
    (
        "auth/revoker",
        r#"{"N": 1, "P": 0.1, "TTL": 1, "hash_name": "optimal", "port": 1, "token_keys": ["jti"], "revoke_server_api_key": "a"}"#,
    ),
    (
        "auth/revoker",
        r#"{"N": 1, "P": 0.1, "TTL": 1, "hash_name": "optimal", "port": 1, "token_keys": [""], "revoke_server_api_key": "a", "binding": "A"}"#,
    ),
    ("qos/ratelimit/router", r#"{"client_max_rate": 1}"#),
    ("qos/ratelimit/router", r#"{"client_max_rate": 1, "strategy": "header"}"#),
    ("qos/ratelimit/router", r#"{"client_max_rate": 1, "strategy": "header", "key": "X Y"}"#),
    ("qos/ratelimit/router", r#"{"client_max_rate": 1, "strategy": "param", "key": "idd"}"#),
    ("qos/ratelimit/service", r#"{"client_max_rate": 1}"#),
    (
        "qos/ratelimit/tiered",
        r#"{"tier_key": "", "tiers": [{"tier_value_as": "*", "ratelimit": {"max_rate": 1}}]}"#,
    ),
    ("qos/ratelimit/tiered", r#"{"tier_key": "X-Tier", "tiers": []}"#),
    ("qos/ratelimit/tiered", r#"{"tier_key": "X-Tier", "tiers": [{"ratelimit": {"max_rate": 1}}]}"#),
    ("qos/ratelimit/tiered", r#"{"tier_key": "X-Tier", "tiers": [{"tier_value_as": "*"}]}"#),
    (
        "qos/ratelimit/tiered",
        r#"{"tier_key": "X-Tier", "tiers": [{"tier_value": "req_path", "tier_value_as": "policy", "ratelimit": {"max_rate": 1}}]}"#,
    ),
    ("qos/ratelimit/router/redis", r#"{"max_rate": 1}"#),
    ("qos/ratelimit/router/redis", r#"{"connection_name": "", "max_rate": 1}"#),
    ("qos/ratelimit/service/redis", r#"{"connection_name": "a", "client_max_rate": 1}"#),
    ("governance/quota", r#"{"quota_name": "a", "tier_key": "X", "tiers": []}"#),
    (
        "governance/quota",
        r#"{"quota_name": "a", "tier_key": "", "tiers": [{"rule_name": "r", "tier_value_as": "*"}]}"#,
    ),
    ("modifier/request-body-generator", r#"{"template": "e3sgLmEgfQ=="}"#),
    ("modifier/request-body-generator", r#"{"template": "e30"}"#),
    ("modifier/response-body-generator", r#"{"template": "e3sgdXVpZHY0IH19"}"#),
    ("modifier/response-body", r#"{"modifiers": []}"#),
    ("modifier/response-body", r#"{"modifiers": [{}]}"#),
    ("modifier/response-body", r#"{"modifiers": [{"upper": {"field": ""}}]}"#),
    ("modifier/response-body", r#"{"modifiers": [{"upper": {"field": "a"}, "lower": {"field": "a"}}]}"#),
    ("modifier/response-body", r#"{"modifiers": [{"regexp": {"field": "a", "find": "(", "replace": ""}}]}"#),
    ("modifier/response-headers", r#"{"delete": ["Connection"]}"#),
    ("modifier/response-headers", r#"{"replace": {"X Y": ["1"]}}"#),
    ("server/virtualhost", r#"{"hosts": []}"#),
    ("server/virtualhost", r#"{"aliased_hosts": {}}"#),
    ("server/virtualhost", r#"{"hosts": ["https://a.example"]}"#),
    ("server/virtualhost", r#"{"aliased_hosts": {"A-b": "a.example"}}"#),
    ("security/bot-detector", r#"{"patterns": ["(bot"]}"#),
    ("security/policies", r#"{"req": {"policies": []}}"#),
    ("security/policies", r#"{"req": {"policies": [""]}}"#),
    ("security/policies", r#"{"req": {"policies": ["resp_completed"]}}"#),
    ("security/policies", r#"{"jwt": {"policies": ["JWT.a == 'b'"]}}"#),
    ("security/policies", r#"{"req": {"policies": ["true"], "error": {"status": 204}}}"#),
    ("validation/cel", r#"[{"check_expr": "'2020' < now"}]"#),
    ("validation/cel", r#"[{"check_expr": "req_method == 'GET'"}, {"check_expr": ""}]"#),
    ("validation/cel", r#"[{"check_expr": "JWT.sub == 'a'"}]"#),
    ("validation/cel", r#"{"check_expr": "req_method == 'GET'"}"#),
    ("validation/json-schema", r#"{"requird": ["a"]}"#),
    ("validation/json-schema", r#"{"properties": {"a": {"typ": "string"}}}"#),
    ("validation/json-schema", r#"{"properties": {"a": {"format": "e-mail"}}}"#),
    ("validation/json-schema", r#"{"type": "strin"}"#),
    ("validation/response-json-schema", r#"{"schema": {}}"#),
    ("validation/response-json-schema", r#"{"schema": {"requird": ["a"]}}"#),
    ("validation/response-json-schema", r#"{"schema": {"type": "object"}, "error": {"status": 204}}"#),
    ("plugin/http-server", r#"{"name": ["ip-filter"]}"#),
    ("plugin/http-server", r#"{"name": ["ip-filter"], "ip-filter": {"CIDR": [], "allow": true}}"#),
    (
        "plugin/http-server",
        r#"{"name": ["ip-filter"], "ip-filter": {"CIDR": ["10.0.0.0/33"], "allow": true}}"#,
    ),
    ("plugin/http-server", r#"{"name": ["wildcard"], "wildcard": {"endpoints": {"/w": ["/a"]}}}"#),
    ("plugin/http-server", r#"{"name": ["url-rewrite"], "url-rewrite": {"regexp": [["(", "/"]]}}"#),
    ("plugin/req-resp-modifier", r#"{"name": ["ip-filter"], "ip-filter": {"CIDR": ["a"], "allow": true}}"#),
    (
        "plugin/req-resp-modifier",
        r#"{"name": ["content-replacer"], "content-replacer": {"a": {"find": ""}}}"#,
    ),
    (
        "plugin/req-resp-modifier",
        r#"{"name": ["response-schema-validator"], "response-schema-validator": {"schema": {"type": "strin"}}}"#,
    ),
    ("plugin/req-resp-modifier", r#"{"name": ["mine"]}"#),
];

fn bases() -> Vec<(&'static str, Scope, Value)> {
    use Scope::{Backend, Endpoint, Service};
    let validator = json!({"alg": "RS256", "jwk_url": "https://idp.example/k"});
    let users = json!({"users": {"ana": "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}});
    vec![
        ("auth/api-keys", Service, json!({"keys": [{"key": "k", "roles": ["a"]}]})),
        ("auth/api-keys", Endpoint, json!({"roles": ["a"]})),
        ("auth/aws-sigv4", Backend, json!({"region": "eu-west-1", "service": "execute-api"})),
        ("auth/basic", Service, users.clone()),
        ("auth/basic", Endpoint, users),
        (
            "auth/client-credentials",
            Backend,
            json!({"client_id": "a", "client_secret": "b", "token_url": "https://idp.example/t"}),
        ),
        ("auth/gcp", Backend, json!({"audience": "https://run.example"})),
        (
            "auth/revoker",
            Service,
            json!({"N": 10, "P": 0.1, "TTL": 60, "hash_name": "optimal", "port": 1234, "token_keys": ["jti"],
                "revoke_server_api_key": "a secret", "binding": "A"}),
        ),
        (
            "auth/signer",
            Endpoint,
            json!({"alg": "RS256", "kid": "k", "keys_to_sign": ["t"], "jwk_url": "https://idp.example/k"}),
        ),
        ("auth/validator", Service, json!({"shared_cache_duration": 5})),
        ("auth/validator", Endpoint, validator),
        ("modifier/lua-backend", Backend, json!({"pre": "local r = request.load()"})),
        ("modifier/lua-endpoint", Service, json!({"pre": "local r = ctx.load()"})),
        ("modifier/lua-endpoint", Endpoint, json!({"pre": "local r = ctx.load()"})),
        ("modifier/lua-proxy", Endpoint, json!({"pre": "local r = request.load()"})),
        (
            "modifier/martian",
            Backend,
            json!({"header.Modifier": {"scope": ["response"], "name": "A", "value": "b"}}),
        ),
        ("modifier/body-generator", Backend, json!({"template": "e30="})),
        ("modifier/request-body-generator", Endpoint, json!({"template": "e30="})),
        ("modifier/request-body-generator", Backend, json!({"template": "e30="})),
        ("modifier/response-body-generator", Endpoint, json!({"template": "e30="})),
        ("modifier/response-body-generator", Backend, json!({"template": "e30="})),
        ("governance/processors", Service, processors()),
        (
            "governance/quota",
            Service,
            json!({"quota_name": "a", "tier_key": "X", "tiers": [{"rule_name": "r", "tier_value_as": "*", "strategy": "ip"}]}),
        ),
        (
            "governance/quota",
            Endpoint,
            json!({"quota_name": "a", "tier_key": "X", "tiers": [{"rule_name": "r", "tier_value_as": "*", "strategy": "ip"}]}),
        ),
        (
            "governance/quota",
            Backend,
            json!({"quota_name": "a", "tier_key": "X", "tiers": [{"rule_name": "r", "tier_value_as": "*", "strategy": "ip"}]}),
        ),
        ("modifier/jmespath", Endpoint, json!({"expr": "a"})),
        ("modifier/jmespath", Backend, json!({"expr": "a"})),
        ("modifier/response-body", Endpoint, json!({"modifiers": [{"upper": {"field": "a"}}]})),
        ("modifier/response-body", Backend, json!({"modifiers": [{"upper": {"field": "a"}}]})),
        ("modifier/response-headers", Service, json!({"delete": ["X"]})),
        ("proxy", Endpoint, json!({"flatmap_filter": [{"type": "del", "args": ["a"]}]})),
        ("proxy", Backend, json!({"flatmap_filter": [{"type": "del", "args": ["a"]}]})),
        ("qos/ratelimit/proxy", Backend, json!({"max_rate": 1, "capacity": 1})),
        ("qos/ratelimit/router", Endpoint, json!({"max_rate": 1})),
        ("qos/ratelimit/service", Service, json!({"max_rate": 1})),
        ("qos/ratelimit/router/redis", Endpoint, json!({"connection_name": "A", "max_rate": 1})),
        ("qos/ratelimit/service/redis", Service, json!({"connection_name": "A", "max_rate": 1})),
        (
            "qos/ratelimit/tiered",
            Endpoint,
            json!({"tier_key": "X-Tier", "tiers": [{"tier_value_as": "*", "ratelimit": {"max_rate": 1}}]}),
        ),
        (
            "qos/ratelimit/tiered",
            Service,
            json!({"tier_key": "X-Tier", "tiers": [{"tier_value_as": "*", "ratelimit": {"max_rate": 1}}]}),
        ),
        ("qos/circuit-breaker", Backend, json!({"interval": 1, "timeout": 1, "max_errors": 1})),
        ("qos/http-cache", Backend, json!({})),
        ("security/bot-detector", Service, json!({"deny": ["x"]})),
        ("security/bot-detector", Endpoint, json!({"deny": ["x"]})),
        ("security/cors", Service, json!({"allow_origins": ["https://a.example"]})),
        ("security/http", Service, json!({"allowed_hosts": ["a.example"]})),
        ("security/policies", Endpoint, json!({"req": {"policies": ["req_method == 'GET'"]}})),
        ("security/policies", Backend, json!({"resp": {"policies": ["resp_completed"]}})),
        ("server/virtualhost", Service, json!({"hosts": ["a.example"]})),
        ("validation/cel", Endpoint, json!([{"check_expr": "req_method == 'GET'"}])),
        ("validation/cel", Backend, json!([{"check_expr": "req_method == 'GET'"}])),
        ("validation/json-schema", Endpoint, json!({"type": "object"})),
        ("validation/response-json-schema", Endpoint, json!({"schema": {"type": "object"}})),
        ("validation/response-json-schema", Backend, json!({"schema": {"type": "object"}})),
    ]
}

/// The quota that attachments refer to.
fn processors() -> Value {
    let rules = json!([{"name": "r", "limits": [{"amount": 1, "unit": "day"}]}]);
    json!({"quotas": [{"name": "a", "connection_name": "A", "rules": rules}]})
}

fn document(name: &str, scope: Scope, value: &Value) -> String {
    let extra = |at: Scope| if at == scope { json!({name: value}) } else { json!({}) };
    let mut service = extra(Scope::Service);
    if name == "governance/quota" {
        service["governance/processors"] = processors();
    }
    if name == "auth/api-keys" && scope == Scope::Endpoint {
        service = json!({"auth/api-keys": {"keys": [{"key": "k", "roles": ["a"]}]}});
    }
    json!({"version": 3, "extra_config": service, "endpoints": [
        {"endpoint": "/a/{id}", "method": "POST", "extra_config": extra(Scope::Endpoint), "backend": [
            {"host": ["https://b.example"], "url_pattern": "/b", "extra_config": extra(Scope::Backend)}]}]})
    .to_string()
}

fn wrong(kind: &Kind) -> Vec<Value> {
    let mut values = match kind {
        Kind::Any => vec![],
        Kind::Bool => vec![json!("yes"), json!(7), json!([])],
        Kind::Int { min, .. } => {
            let mut v = vec![json!("x"), json!(1.5), json!([1])];
            if *min > i64::MIN {
                v.push(json!(min - 1));
            }
            v
        }
        Kind::Number { min, .. } => {
            let mut v = vec![json!("x"), json!([1])];
            if *min > f64::MIN {
                v.push(json!(min - 1.0));
            }
            v
        }
        Kind::IntEnum(_) => vec![json!("x"), json!(-5)],
        Kind::Str
        | Kind::File
        | Kind::Folder
        | Kind::Pem(_)
        | Kind::Secret(_)
        | Kind::Binding
        | Kind::Reader => {
            vec![json!(7), json!(["x"]), json!({"a": 1})]
        }
        Kind::Duration => vec![json!("often"), json!("-1s"), json!([1]), json!(true)],
        Kind::Enum(_) => vec![json!("nope"), json!(7)],
        Kind::Format(_) => vec![json!("nope"), json!(7)],
        Kind::List(item) => {
            let mut v = vec![json!("x"), json!({"a": 1}), json!(7)];
            v.extend(wrong(item).into_iter().map(|value| json!([value])));
            v
        }
        Kind::Object(_) => vec![json!("x"), json!([1]), json!({"zzz": 1})],
        Kind::Map(item) => {
            let mut v = vec![json!("x"), json!([1])];
            v.extend(wrong(item).into_iter().map(|value| json!({"k": value})));
            v
        }
        Kind::With(inner, _) | Kind::Same(inner) => wrong(inner),
        Kind::OneOf(kinds) => kinds.iter().flat_map(wrong).collect(),
        Kind::Part(_) | Kind::ExtraConfig(_) => vec![],
    };
    values.dedup();
    values
}

fn mutations(name: &str, base: &Value, options: &[Opt]) -> Vec<(String, Value)> {
    let mut all = vec![];
    all.push((format!("{name}: whole = 7"), json!(7)));
    all.push((format!("{name}: whole = \"x\""), json!("x")));
    all.push((format!("{name}: whole = {{}}"), json!({})));
    all.push((format!("{name}: whole = []"), json!([])));
    all.push((format!("{name}: whole = null"), json!(null)));
    let set = |base: &Value, key: &str, value: Value| {
        let mut base = base.clone();
        let object = if base.is_array() { &mut base[0] } else { &mut base };
        object[key] = value;
        base
    };
    let unset = |base: &Value, key: &str| {
        let mut base = base.clone();
        let object = if base.is_array() { &mut base[0] } else { &mut base };
        object.as_object_mut().unwrap().remove(key);
        base
    };
    if base.is_object() && name != "validation/json-schema" || base.is_array() {
        all.push((format!("{name}: zzz"), set(base, "zzz", json!(1))));
    }
    for option in options {
        if option.support != Support::Implemented {
            continue;
        }
        for value in wrong(&option.kind) {
            all.push((format!("{name}.{} = {value}", option.name), set(base, option.name, value)));
        }
        let near = format!("{}s", option.name);
        if !options.iter().any(|o| o.name == near) && name != "modifier/martian" {
            all.push((format!("{name}.{near}"), set(base, &near, json!(1))));
        }
        if option.required && base.get(option.name).or(base.get(0).and_then(|b| b.get(option.name))).is_some()
        {
            all.push((format!("{name} without {}", option.name), unset(base, option.name)));
        }
    }
    all
}

/// What the plan makes of a configuration.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// What the guard guards answers 501.
    Closed,
    /// The guard is left out, and nothing gets more open.
    Off,
    Served,
}

fn fate(text: &str) -> Fate {
    let root = Document::parse(text).unwrap().root;
    let Ok(refusals) = plan::refusals(&root, &Environment::default()) else { return Fate::Closed };
    if refusals.service.is_some() || !refusals.endpoints.is_empty() {
        return Fate::Closed;
    }
    if refusals.left_out.is_empty() { Fate::Served } else { Fate::Off }
}

fn is_error(text: &str) -> bool {
    check(text, &CheckOptions::default()).iter().any(|found| found.severity == Severity::Error)
}

#[test]
fn every_broken_guard_is_closed() {
    let (mut open, mut apart, mut seen) = (Vec::new(), Vec::new(), 0);
    for (name, scope, base) in bases() {
        let good = document(name, scope, &base);
        assert!(
            fate(&good) == Fate::Served && !is_error(&good),
            "{name} {scope:?}: {:?}",
            check(&good, &CheckOptions::default())
        );
        for (what, value) in mutations(name, &base, features::find(scope, name).unwrap().options()) {
            let text = document(name, scope, &value);
            let fate = fate(&text);
            seen += 1;
            if is_error(&text) == (fate == Fate::Served) {
                apart.push(format!("{scope:?} {what}: {fate:?}"));
            }
            if fate == Fate::Served && !HARMLESS.iter().any(|(start, _)| what.starts_with(start)) {
                open.push(format!("{scope:?} {what}"));
            }
        }
    }
    assert!(open.is_empty(), "{} of {seen} are open:\n{}", open.len(), open.join("\n"));
    assert!(apart.is_empty(), "check and plan disagree on {} of {seen}:\n{}", apart.len(), apart.join("\n"));
    assert!(seen > 800, "{seen}");
}

#[test]
fn every_guard_that_works_has_a_base() {
    let bases = bases();
    for namespace in features::namespaces() {
        let is_guard = namespace.role() != Role::Plain && namespace.role() != Role::Step;
        if !is_guard || namespace.support != Support::Implemented {
            continue;
        }
        for scope in namespace.scopes.iter().filter(|scope| !matches!(scope, Scope::Workflow | Scope::Async))
        {
            let is_here = bases.iter().any(|(name, at, _)| *name == namespace.name && *at == scope);
            // Without a worker each plugin is refused by name; what its worker's faults do, tests/gateway/cases/origins/plugins.json says.
            assert!(is_here || namespace.name.starts_with("plugin/"), "{} {scope:?}", namespace.name);
        }
    }
}

#[test]
fn a_guard_that_guards_nothing_is_closed() {
    for (name, value) in IDLE {
        let scope = features::find(Scope::Endpoint, name).map_or(Scope::Service, |_| Scope::Endpoint);
        let text = document(name, scope, &serde_json::from_str(value).unwrap());
        assert_eq!((fate(&text), is_error(&text)), (Fate::Closed, true), "{name}: {value}");
    }
}

/// The pages that promise what is refused name each guard.
#[test]
fn the_pages_name_every_guard() {
    for page in ["docs/rules.md", "docs/differences.md"] {
        let path = format!("{}/{page}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let start = text.find("changes\nwhat passes").or_else(|| text.find("changes what passes")).unwrap();
        // The list of guards ends with the validations.
        let list =
            &text[start..start + text[start..].find("`validation/*`").unwrap() + "`validation/*`".len()];
        let names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        for namespace in features::namespaces() {
            let is_named = names.iter().any(|name| match name.strip_suffix('*') {
                Some(family) => namespace.name.starts_with(family),
                None => namespace.name == *name,
            });
            assert_eq!(is_named, namespace.role() == Role::Guard, "{page}: {}", namespace.name);
        }
    }
}
