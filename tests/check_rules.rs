//! Rules of the checker beside its exam: one line for each fault, with the pointer and the code that are due.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use fjord::review::check::{CheckOptions, View, check};
use fjord_document::Severity;

/// Members of the root beside the version and one good endpoint.
const SERVICE: &[(&str, &str)] = &[
    (
        r#""extra_config": {"qos/ratelimit/service": {"client_max_rate": 1, "strategy": "ip"}}"#,
        "/extra_config/qos~1ratelimit~1service/strategy forged-address",
    ),
    (
        r#""extra_config": {"router": {"trusted_proxies": []}, "qos/ratelimit/service": {"client_max_rate": 1, "strategy": "ip"}}"#,
        "",
    ),
    (
        r#""extra_config": {"router": {"trusted_proxies": []}, "qos/ratelimit/service": {"client_max_rate": 1, "strategy": "ip", "key": "X-Ip"}}"#,
        "/extra_config/qos~1ratelimit~1service/strategy forged-address",
    ),
    (
        r#""extra_config": {"auth/api-keys": {"keys": [{"key": "a"}, {"roles": []}]}}"#,
        "/extra_config/auth~1api-keys unused\n/extra_config/auth~1api-keys/keys/1 empty",
    ),
    (
        r#""extra_config": {"security/cors": {"allow_origins": ["https://a.example"], "allow_headers": ["*", "X Y"]}}"#,
        "/extra_config/security~1cors/allow_headers/1 bad-header",
    ),
    (
        r#""extra_config": {"security/http": {"allowed_hosts": ["a.example"], "host_proxy_headers": ["X Y"]}}"#,
        "/extra_config/security~1http/host_proxy_headers/0 bad-header",
    ),
    (
        r#""extra_config": {"security/bot-detector": {"patterns": [".*"]}}"#,
        "/extra_config/security~1bot-detector/patterns/0 everybody",
    ),
    (r#""extra_config": {"security/bot-detector": {"patterns": ["^$", "(bot|spider)"]}}"#, ""),
    (
        r#""extra_config": {"security/http": {"allowed_hosts": ["a|b", "(a|b)"], "allowed_hosts_are_regex": true}}"#,
        "/extra_config/security~1http/allowed_hosts/0 half-fits",
    ),
    (r#""extra_config": {"security/http": {"allowed_hosts": ["a|b"]}}"#, ""),
    (
        r#""extra_config": {"qos/ratelimit/service": {"client_max_rate": 1}}"#,
        "/extra_config/qos~1ratelimit~1service missing",
    ),
    (
        r#""extra_config": {"qos/ratelimit/service": {"max_rate": 0}}"#,
        "/extra_config/qos~1ratelimit~1service/max_rate zero",
    ),
    (r#""tls": null"#, ""),
    (r#""timeout": null"#, "/timeout null-value"),
    (r#""port": -1"#, "/port out-of-range"),
    (r#""cacheTTL": "1s""#, "/cacheTTL unknown-option"),
    (r#""timeout": "1,5s""#, "/timeout bad-duration"),
    (r#""timeout": "5S""#, "/timeout bad-duration"),
    (r#""timeout": """#, "/timeout bad-duration"),
    (r#""timeout": "90s""#, "/timeout long-timeout"),
    (r#""dns_cache_ttl": "10ms""#, "/dns_cache_ttl no-effect"),
    (r##""@note": 1, "@note": 2, "$schema": "x", "_a": {"b": 1}, "#c": 1"##, ""),
    (r#""async_agents": []"#, "/async_agents unknown-option"),
    (
        r#""extra_config": {"security/cors": {"allow_origins": ["*", "https://a.example"]}}"#,
        "/extra_config/security~1cors/allow_origins/0 everybody",
    ),
    (
        r#""extra_config": {"security/http": {"ssl_host": "https://a.example"}}"#,
        "/extra_config/security~1http/ssl_host never-matches",
    ),
    (
        r#""extra_config": {"security/http": {"allowed_hosts": ["https://a.example"]}}"#,
        "/extra_config/security~1http/allowed_hosts/0 never-matches",
    ),
    (
        r#""extra_config": {"auth/revoker": {"N": 1, "P": 1, "TTL": 1, "hash_name": "optimal", "port": 1, "token_keys": ["jti"]}}"#,
        "/extra_config/auth~1revoker not-supported not-supported\n/extra_config/auth~1revoker/P out-of-range",
    ),
    (
        r#""extra_config": {"telemetry/logging": {"level": "debug"}}"#,
        "/extra_config/telemetry~1logging/level not-a-choice",
    ),
    (
        r#""extra_config": {"telemetry/logging": {"level": "DEBUG"}, "github_com/devopsfaith/krakend-gologging": {"level": "DEBUG"}}"#,
        "/extra_config/github_com~1devopsfaith~1krakend-gologging repeated-key old-name",
    ),
    (r#""extra_config": {"router": {"health_path": "health"}}"#, "/extra_config/router/health_path bad-path"),
    (
        r#""extra_config": {"router": {"remote_ip_headers": ["X Forwarded"]}}"#,
        "/extra_config/router/remote_ip_headers/0 bad-header",
    ),
    (
        r#""extra_config": {"qos/ratelimit/service": {"client_max_rate": 1, "strategy": "header", "key": "X-A"}}"#,
        "",
    ),
    (
        r#""extra_config": {"security/http": {"sts_seconds": 1, "force_sts_header": true, "ssl_redirect": true, "ssl_host": "a.example"}}"#,
        "",
    ),
    (r#""extra_config": {"router": {"error_body": {"404": {"a": 1}, "405": {"b": 2}}}}"#, ""),
    (
        r#""extra_config": {"router": {"error_body": {"404": {"a": 1}, "405": {"b": 2}}, "disable_handle_method_not_allowed": true}}"#,
        "/extra_config/router/error_body/405 no-effect",
    ),
    (r#""client_tls": {"allow_insecure_connections": false}"#, ""),
    (r#""client_tls": {"allow_insecure_connections": true}"#, ""),
    (r#""allow_insecure_connections": true"#, "/allow_insecure_connections deprecated"),
    (
        r#""client_tls": {"disable_system_ca_pool": true, "max_version": "TLS11", "ca_certs": ["env:A-B", "", "env:CA"]}"#,
        "/client_tls/max_version out-of-range\n/client_tls/ca_certs/0 bad-format\n/client_tls/ca_certs/1 empty",
    ),
    (
        r#""client_tls": {"client_certs": [{"certificate": "a.pem", "private_key": "a.key"}, {"certificate": "b.pem", "private_key": "env:KEY"}]}"#,
        "/client_tls/client_certs/0/private_key bundled-key",
    ),
];

/// Members of an endpoint `/a/{id}` beside one good backend.
const ENDPOINT: &[(&str, &str)] = &[
    (
        r#""extra_config": {"proxy": {"strategy": "fallback"}}"#,
        "/endpoints/0/extra_config/proxy/strategy no-effect",
    ),
    (r#""extra_config": {"proxy": {"strategy": "parallel"}}"#, ""),
    (r#""@fjord": {"join_arrays": ["a"]}"#, "/endpoints/0/@fjord/join_arrays no-effect"),
    (r#""@fjord": {"join_arrays": []}"#, ""),
    (
        r#""extra_config": {"qos/ratelimit/router": {"client_max_rate": 1, "every": "1m", "strategy": "ip"}}"#,
        "/endpoints/0/extra_config/qos~1ratelimit~1router/strategy forged-address",
    ),
    (
        r#""extra_config": {"auth/api-keys": {"roles": []}}"#,
        "/endpoints/0/extra_config/auth~1api-keys missing",
    ),
    (
        r#""extra_config": {"qos/ratelimit/router": {"client_max_rate": 5, "strategy": "header", "key": "X Y"}}"#,
        "/endpoints/0/extra_config/qos~1ratelimit~1router/key bad-header",
    ),
    (
        r#""extra_config": {"auth/validator": {"alg": "RS256", "jwk_url": "https://idp.example/k", "audience": ["a"], "auth_header_name": "X Y"}}"#,
        "/endpoints/0/extra_config/auth~1validator/auth_header_name bad-header",
    ),
    (
        r#""extra_config": {"auth/validator": {"alg": "RS256", "jwk_secret": "not a name", "audience": ["a"]}}"#,
        "/endpoints/0/extra_config/auth~1validator/jwk_secret bad-name",
    ),
    (r#""extra_config": {"auth/validator": {"alg": "RS256", "jwk_secret": "$KEYS", "audience": ["a"]}}"#, ""),
    (
        r#""extra_config": {"validation/cel": [{"check_expr": "JWT.sub == 'x'"}]}"#,
        "/endpoints/0/extra_config/validation~1cel/0/check_expr never-runs",
    ),
    (
        r#""extra_config": {"validation/cel": [{"check_expr": "JWT.sub == 'x'"}], "auth/validator": {"alg": "RS256", "jwk_url": "https://idp.example/k", "audience": ["a"]}}"#,
        "",
    ),
    (
        r##""method": "POST", "extra_config": {"validation/json-schema": {"properties": {"a": {"$ref": "#/definitions/b"}}}}"##,
        "/endpoints/0/extra_config/validation~1json-schema/properties/a/$ref not-served",
    ),
    (r#""host": ["http://h.example"]"#, "/endpoints/0/host unknown-option"),
    (r#""concurrent_calls": 0"#, "/endpoints/0/concurrent_calls out-of-range"),
    (r#""input_headers": ["X-A", "X-A"]"#, "/endpoints/0/input_headers/1 repeated"),
    (r#""input_headers": ["X A"]"#, "/endpoints/0/input_headers/0 bad-header"),
    (r#""input_query_strings": ["?page"]"#, "/endpoints/0/input_query_strings/0 never-matches"),
    (
        r#""extra_config": {"qos/ratelimit/router": {"max_rate": 1, "every": "0s"}}"#,
        "/endpoints/0/extra_config/qos~1ratelimit~1router/every raised",
    ),
    (
        r#""extra_config": {"qos/ratelimit/router": {"client_max_rate": 1, "strategy": "param", "key": "idd"}}"#,
        "/endpoints/0/extra_config/qos~1ratelimit~1router/key undefined-variable",
    ),
    (
        r#""extra_config": {"qos/ratelimit/router": {}}"#,
        "/endpoints/0/extra_config/qos~1ratelimit~1router missing",
    ),
    (
        r#""extra_config": {"qos/circuit-breaker": {"interval": 1, "timeout": 1, "max_errors": 1}}"#,
        "/endpoints/0/extra_config/qos~1circuit-breaker wrong-scope",
    ),
    (
        r#""extra_config": {"proxy": {"flatmap_filter": [{"type": "del", "args": []}]}}"#,
        "/endpoints/0/extra_config/proxy/flatmap_filter/0/args wrong-arguments",
    ),
    (
        r#""extra_config": {"proxy": {"sequential_propagated_params": ["resp0_a"]}}"#,
        "/endpoints/0/extra_config/proxy/sequential_propagated_params no-effect",
    ),
    (
        r#""output_encoding": "no-op", "extra_config": {"proxy": {"static": {"data": {}, "strategy": "always"}}}"#,
        "/endpoints/0/extra_config/proxy/static no-effect",
    ),
    (
        r#""method": "POST", "extra_config": {"validation/json-schema": {"requird": ["a"]}}"#,
        "/endpoints/0/extra_config/validation~1json-schema/requird misspelt",
    ),
    (
        r#""method": "POST", "extra_config": {"validation/json-schema": {"anyOf": []}}"#,
        "/endpoints/0/extra_config/validation~1json-schema/anyOf bad-schema",
    ),
    (
        r#""method": "POST", "extra_config": {"validation/json-schema": {"properties": {"$x": {"minLength": -1}}}}"#,
        "/endpoints/0/extra_config/validation~1json-schema/properties/$x/minLength bad-schema",
    ),
    (
        r#""extra_config": {"validation/cel": [{"check_expr": "req_params.Idd == '1'"}]}"#,
        "/endpoints/0/extra_config/validation~1cel/0/check_expr never-there",
    ),
    (r#""extra_config": {"validation/cel": [{"check_expr": "'a = b' == req_path"}]}"#, ""),
    (
        r#""extra_config": {"mycompany/thing": {}}"#,
        "/endpoints/0/extra_config/mycompany~1thing unknown-namespace",
    ),
    (
        r#""extra_config": {"modifier/lua-proxy": {"post": "local r = response.load()\nif r then"}}"#,
        "/endpoints/0/extra_config/modifier~1lua-proxy/post bad-script",
    ),
];

/// Members of a backend of the endpoint `/a/{id}`.
const BACKEND: &[(&str, &str)] = &[
    (r#""url_pattern": "/{id}", "@fjord": {"retries": 2}"#, ""),
    (
        r#""url_pattern": "/{id}", "method": "PATCH", "@fjord": {"retries": 2}"#,
        "/endpoints/0/backend/0/@fjord/retries no-effect",
    ),
    (
        r#""url_pattern": "/{id}", "@fjord": {"retries": 2}, "extra_config": {"backend/graphql": {"type": "query", "query": "{ a }"}}"#,
        "/endpoints/0/backend/0/@fjord/retries no-effect",
    ),
    (r#""url_pattern": "/{id}", "host": ["http://h.example:0"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
    (r#""url_pattern": "/{id}", "host": ["http://u:p@h.example"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
    (r#""url_pattern": "/{id}", "host": ["http://[::g]"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
    (
        r#""url_pattern": "/{id}", "host": ["http://bücher.example"]"#,
        "/endpoints/0/backend/0/host/0 bad-host",
    ),
    (r#""url_pattern": "/{id}", "host": ["service://USERS"]"#, ""),
    (r#""url_pattern": "/{id}", "host": ["service://a/b"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
    (
        r#""url_pattern": "/{id}", "host": ["tcp://h.example"], "disable_host_sanitize": true"#,
        "/endpoints/0/backend/0/host/0 bad-host",
    ),
    (r#""url_pattern": "/{Id}""#, "/endpoints/0/backend/0/url_pattern undefined-variable"),
    (r#""url_pattern": "/}{id}""#, "/endpoints/0/backend/0/url_pattern bad-placeholder"),
    (r#""url_pattern": "/{resp0}""#, "/endpoints/0/backend/0/url_pattern undefined-variable"),
    (r#""url_pattern": "/{input_headers.X-Tenant}""#, "/endpoints/0/backend/0/url_pattern no-value"),
    (r#""url_pattern": "/a b""#, "/endpoints/0/backend/0/url_pattern odd-path"),
    (r#""url_pattern": "/", "headers_to_pass": []"#, "/endpoints/0/backend/0/headers_to_pass unknown-option"),
    (r#""url_pattern": "/", "method": "TRACE""#, "/endpoints/0/backend/0/method not-supported"),
    (r#""url_pattern": "/", "input_headers": ["*"]"#, "/endpoints/0/backend/0/input_headers/0 no-effect"),
    (
        r#""url_pattern": "/", "allow": ["a"], "mapping": {"b": "c"}"#,
        "/endpoints/0/backend/0/mapping/b no-effect",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"qos/http-cache": {"max_items": 1}}"#,
        "/endpoints/0/backend/0/extra_config/qos~1http-cache/max_items no-effect",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "{ a { b }"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/query bad-document",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "{ a(b: \"}\") { c } } # }"}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/lambda": {}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1lambda missing",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/lambda": {"function_param_name": "id"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1lambda/function_param_name everybody",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/lambda": {"function_param_name": "id", "function_name": "f"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1lambda/function_param_name no-effect",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"auth/client-credentials": {"client_id": "a", "client_secret": "b", "token_url": "idp.example/t"}}"#,
        "/endpoints/0/backend/0/extra_config/auth~1client-credentials/token_url bad-url",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query ($a: ) { x }"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/query bad-document",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "{\n find_follower(func: uid(\"0x3\")) {\n name \n }\n }"}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": ""}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/query bad-document",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query A { a } query B { b }"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/query bad-document",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query All { a }", "operationName": "Al"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/operationName undefined-operation",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query Q($id: ID!) { a(id: $id) }", "variables": {}}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/variables missing",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query Q($id: ID!) { a(id: $id) }", "variables": {"id": "{id}"}}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "query Q { a }", "variables": {"id": "{id}"}}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "mutation", "query": "mutation M($id: ID!) { a(id: $id) { b } }"}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "mutation", "query": "mutation M($id: ID!) { a(id: $id) { b } }", "variables": {"id": "{id}"}}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/variables/id bad-placeholder",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "mutation", "query": "mutation M($id: ID!) { a(id: $id) { b } }", "variables": {"id": "7"}}}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"backend/graphql": {"type": "query", "query": "mutation { a }"}}"#,
        "/endpoints/0/backend/0/extra_config/backend~1graphql/type wrong-operation",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"auth/client-credentials": {"client_id": "", "client_secret": "b", "token_url": "https://idp.example/t"}}"#,
        "/endpoints/0/backend/0/extra_config/auth~1client-credentials/client_id empty",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"modifier/martian": {"header.Modifier": {"scope": ["request"], "name": "X Y", "value": "z"}}}"#,
        "/endpoints/0/backend/0/extra_config/modifier~1martian/header.Modifier/name bad-header",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"modifier/martian": {"port.Modifier": {"scope": ["request"], "port": 70000}}}"#,
        "/endpoints/0/backend/0/extra_config/modifier~1martian/port.Modifier/port out-of-range",
    ),
    (
        r#""url_pattern": "/", "extra_config": {"modifier/martian": {"cookie.Modifier": {"scope": ["response"], "name": "a", "value": "b", "expires": "never"}}}"#,
        "/endpoints/0/backend/0/extra_config/modifier~1martian not-served",
    ),
    (
        r#""url_pattern": "/", "deny": ["a"], "mapping": {"a": "b"}"#,
        "/endpoints/0/backend/0/mapping/a no-effect",
    ),
    (r#""url_pattern": "/", "deny": ["a.c"], "mapping": {"a": "b"}"#, ""),
    (
        r#""url_pattern": "/", "is_collection": true, "allow": ["id"]"#,
        "/endpoints/0/backend/0/allow/0 never-there",
    ),
    (
        r#""url_pattern": "/", "is_collection": true, "allow": ["collection"], "mapping": {"collection": "users"}"#,
        "",
    ),
    (
        r#""url_pattern": "/", "encoding": "string", "deny": ["id"], "mapping": {"text": "a"}"#,
        "/endpoints/0/backend/0/deny/0 never-there\n/endpoints/0/backend/0/mapping/text never-there",
    ),
    (
        r#""url_pattern": "/", "encoding": "string", "target": "content""#,
        "/endpoints/0/backend/0/target never-there",
    ),
    (r#""url_pattern": "/", "encoding": "safejson", "allow": ["id"]"#, ""),
    (r#""url_pattern": "/", "host": ["http://a.example?x"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
    (
        r#""url_pattern": "/", "host": ["http://a.example,http://b.example"]"#,
        "/endpoints/0/backend/0/host/0 bad-host",
    ),
    (r#""url_pattern": "/", "host": ["http:/a.example"]"#, "/endpoints/0/backend/0/host/0 bad-host"),
];

/// Paths of an endpoint.
const PATHS: &[(&str, &str)] = &[
    ("/a/{id}", ""),
    ("/", ""),
    ("/a/*", ""),
    ("/a/*/b", "/endpoints/0/endpoint bad-wildcard"),
    ("/a*", "/endpoints/0/endpoint bad-wildcard"),
    ("/a/{b}/{b}", "/endpoints/0/endpoint bad-placeholder"),
    ("/a/{b}{c}", "/endpoints/0/endpoint bad-placeholder"),
    ("/a/b}", "/endpoints/0/endpoint bad-placeholder"),
    ("/a/{b.c}", "/endpoints/0/endpoint bad-placeholder"),
    ("/a/../b", "/endpoints/0/endpoint odd-path"),
    ("/a/:b", "/endpoints/0/endpoint odd-path"),
    ("/a?b=c", "/endpoints/0/endpoint bad-path"),
    ("/a/__echo", "/endpoints/0/endpoint reserved-path"),
    ("/__debugger", ""),
];

const LINT: CheckOptions<'_> = CheckOptions {
    view: View::Lint,
    files: None,
    counters: None,
    worker: None,
    schema: None,
    variables: None,
};

/// Compares what is found with pointers and their codes, a line for each; parts that are to come are taken as served.
fn expect(text: &str, want: &'static str, faults: &mut Vec<String>) {
    let pending = |code: &str| code == "not-supported" && !want.contains(code);
    let found: Vec<(String, &str)> = check(text, &LINT)
        .into_iter()
        .filter(|d| d.severity != Severity::Note && !pending(d.code))
        .map(|d| (d.path, d.code))
        .collect();
    let at = |line: &'static str| {
        let (path, codes) = line.split_once(' ').unwrap_or((line, ""));
        codes.split_whitespace().map(move |code| (path.to_owned(), code))
    };
    let wanted: Vec<(String, &str)> = want.lines().flat_map(at).collect();
    if found != wanted {
        faults.push(format!("{text}\n  found {found:?}\n  want  {wanted:?}"));
    }
}

#[test]
fn each_fault_is_found_and_nothing_else() {
    let mut faults = Vec::new();
    let backend = r#"{"url_pattern": "/b", "host": ["https://b.example"]}"#;
    for (member, want) in SERVICE {
        let text = format!(
            r#"{{"version": 3, {member}, "endpoints": [{{"endpoint": "/a", "backend": [{backend}]}}]}}"#
        );
        expect(&text, want, &mut faults);
    }
    for (member, want) in ENDPOINT {
        let text = format!(
            r#"{{"version": 3, "endpoints": [{{"endpoint": "/a/{{id}}", {member}, "backend": [{backend}]}}]}}"#
        );
        expect(&text, want, &mut faults);
    }
    for (members, want) in BACKEND {
        let text = format!(
            r#"{{"version": 3, "host": ["https://b.example"], "endpoints": [{{"endpoint": "/a/{{id}}", "backend": [{{{members}}}]}}]}}"#
        );
        expect(&text, want, &mut faults);
    }
    for (path, want) in PATHS {
        let text =
            format!(r#"{{"version": 3, "endpoints": [{{"endpoint": "{path}", "backend": [{backend}]}}]}}"#);
        expect(&text, want, &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The headers that an endpoint lets in, its other members, the cache of its backend, the headers that are named.
const KEPT: &[(&str, &str, &str, &str)] = &[
    (r#"["X-Trace"]"#, "", "{}", ""),
    (r#"["Authorization"]"#, "", "{}", "gets Authorization,"),
    (r#"["*"]"#, "", r#"{"shared": false}"#, "gets Authorization, Cookie,"),
    (r#"["authorization"]"#, "", r#"{"shared": true}"#, ""),
    (r#"["X-User"]"#, r#"["sub", "X-User"]"#, r#"{"shared": true}"#, "gets X-User,"),
    (r#"["X-Trace"]"#, r#"["sub", "X-User"]"#, "{}", ""),
];

#[test]
fn answers_to_one_caller_that_are_kept_for_all_are_named() {
    for (headers, claims, cache, want) in KEPT {
        let text = format!(
            r#"{{"version": 3, "endpoints": [{{"endpoint": "/a", "input_headers": {headers}, "extra_config": {{"auth/validator":
                {{"alg": "RS256", "jwk_url": "https://idp.example/jwks", "cache": true, "propagate_claims": [{claims}]}}}},
                "backend": [{{"url_pattern": "/b", "host": ["https://b.example"], "extra_config": {{"qos/http-cache": {cache}}}}}]}}]}}"#
        );
        let found = check(&text, &CheckOptions::default());
        let found: Vec<_> = found.iter().filter(|d| d.code == "kept-for-all").collect();
        match want.is_empty() {
            true => assert!(found.is_empty(), "{text}: {found:?}"),
            false => assert!(matches!(&found[..], [d] if d.message.contains(want)), "{text}: {found:?}"),
        }
    }
}

/// A limit's binding, the bindings that are known, the code that is due and a part of the message.
const COUNTING: &[(&str, &str, &str, &str)] = &[
    ("", "", "counting", "each isolate"),
    (r#", "binding": """#, "", "counting", "each isolate"),
    (r#", "binding": "A""#, "", "counting", "exactly if"),
    (r#", "binding": "A""#, r#"{"A": "exactly"}"#, "counting", "`A` counts exactly"),
    (r#", "binding": "A""#, r#"{"A": "locally"}"#, "counting", "`A` counts by location"),
    (r#", "binding": "A""#, r#"{"B": "exactly"}"#, "no-binding", "no binding `A`"),
];

#[test]
fn every_limit_says_where_it_is_counted() {
    for (binding, known, code, message) in COUNTING {
        let limit = format!(r#"{{"max_rate": 1, "capacity": 1{binding}}}"#);
        let text = format!(
            r#"{{"version": 3, "extra_config": {{"qos/ratelimit/service": {limit}}}, "endpoints": [{{"endpoint": "/a",
                "extra_config": {{"qos/ratelimit/router": {limit}}}, "backend": [{{"url_pattern": "/b",
                "host": ["https://b.example"], "extra_config": {{"qos/ratelimit/proxy": {limit}}}}}]}}]}}"#
        );
        let known = (!known.is_empty()).then(|| serde_json::from_str(known).unwrap());
        let options = CheckOptions { counters: known.as_ref(), ..LINT };
        let found = check(&text, &options);
        assert_eq!(found.len(), 3, "{binding} {known:?} {found:?}");
        assert!(found.iter().all(|d| d.code == *code && d.message.contains(message)), "{found:?}");
    }
}

/// How a limit tells clients apart, the claims of the endpoint, and what it makes too many objects of.
const MADE_UP: &[(&str, &str, &str)] = &[
    (r#""strategy": "ip""#, "", ""),
    (r#""strategy": "header", "key": "X-User""#, "", "the header X-User,"),
    (r#""strategy": "header", "key": "X-User""#, r#"["sub", "x-user"]"#, ""),
    (r#""strategy": "header", "key": "X-User""#, r#"["sub", "X-Other"]"#, "the header X-User,"),
    (r#""strategy": "param", "key": "id""#, "", "the parameter `{id}`,"),
];

#[test]
fn objects_of_values_that_clients_make_up_are_named() {
    let known = serde_json::from_str(r#"{"A": "exactly"}"#).unwrap();
    for (strategy, claims, want) in MADE_UP {
        let text = format!(
            r#"{{"version": 3, "endpoints": [{{"endpoint": "/a/{{id}}", "input_headers": ["X-User", "X-Other"], "extra_config": {{
                "auth/validator": {{"alg": "RS256", "jwk_url": "https://idp.example/jwks", "cache": true, "propagate_claims": [{claims}]}},
                "qos/ratelimit/router": {{"client_max_rate": 1, "binding": "A", {strategy}}}}},
                "backend": [{{"url_pattern": "/b", "host": ["https://b.example"]}}]}}]}}"#
        );
        let found = check(&text, &CheckOptions { counters: Some(&known), ..LINT });
        let counting: Vec<_> = found.iter().filter(|d| d.code == "counting").collect();
        let [counting] = &counting[..] else { panic!("{found:?}") };
        assert_eq!(counting.severity == Severity::Warning, !want.is_empty(), "{counting:?}");
        assert!(counting.message.contains(want), "{counting:?}");
    }
}

#[test]
fn keys_that_are_too_short_are_named_where_they_are_known() {
    let key = |kid: &str, k: &str| format!(r#"{{"kty": "oct", "kid": "{kid}", "k": "{k}"}}"#);
    let (tiny, short, good) = (key("t", "eA"), key("s", &"QUFB".repeat(6)), key("g", &"QUFB".repeat(11)));
    let files =
        BTreeMap::from([("keys.json".to_owned(), format!(r#"{{"keys": [{tiny}, {short}, {good}]}}"#))]);
    let found = |alg: &str| {
        let text = format!(
            r#"{{"version": 3, "endpoints": [{{"endpoint": "/a", "extra_config": {{
                "auth/validator": {{"alg": "{alg}", "jwk_local_path": "keys.json", "disable_jwk_security": true}}}},
                "backend": [{{"url_pattern": "/b", "host": ["https://b.example"]}}]}}]}}"#
        );
        let found = check(&text, &CheckOptions { files: Some(&files), ..LINT });
        found.into_iter().filter(|d| d.code == "short-key").map(|d| d.message).collect::<Vec<_>>()
    };
    assert_eq!(
        found("HS256"),
        [
            r#"the secret "t" has 8 bits; at least 112 are required, so all its tokens are refused"#,
            r#"the secret "s" has 144 bits; 256 or more are recommended"#,
        ]
    );
    assert_eq!(found("HS512").len(), 3);
    assert_eq!(found("RS256"), Vec::<String>::new());
}

/// Sources that can be read one by one, and not as the one script that they are joined into.
#[test]
fn joined_sources_are_named() {
    let script = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = BTreeMap::from([
        script("first.lua", "function first() return 1 end\nreturn first()"),
        script("second.lua", "\nfunction second() return 2 end"),
    ]);
    let found = |sources: &str| {
        let text = format!(
            r#"{{"version": 3, "endpoints": [{{"endpoint": "/a", "extra_config": {{"modifier/lua-proxy": {{"sources": [{sources}], "pre": "first()"}}}},
                "backend": [{{"url_pattern": "/b", "host": ["https://b.example"]}}]}}]}}"#
        );
        let found = check(&text, &CheckOptions { files: Some(&files), ..LINT });
        found.into_iter().map(|d| (d.code, d.path, d.message)).collect::<Vec<_>>()
    };
    assert_eq!(found(r#""second.lua", "first.lua""#), []);
    let found = found(r#""first.lua", "second.lua""#);
    let [(code, path, message)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((*code, &**path), ("bad-script", "/endpoints/0/extra_config/modifier~1lua-proxy/sources"));
    assert!(
        message.starts_with("the sources are joined into one script, which can't be read: "),
        "{message}"
    );
    assert!(message.contains(" in line 2 of second.lua, so every request fails"), "{message}");
}

/// What is said of a configuration with another version or an old name, and the variables of the environment.
#[test]
fn sentences_name_what_to_write() {
    let endpoint = |extra: &str| {
        format!(
            r#"[{{"endpoint": "/a", "extra_config": {{{extra}}}, "backend": [{{"url_pattern": "/b", "host": ["https://b.example"]}}]}}]"#
        )
    };
    let service = |extra: &str| {
        format!(
            r#"{{"version": 3, "timeout": "2s", "extra_config": {{{extra}}}, "endpoints": {}}}"#,
            endpoint("")
        )
    };
    let cases = [
        (
            service(r#""github.com/devopsfaith/krakend-cors": {"allow_origins": ["*"]}"#),
            "nothing reads `github.com/devopsfaith/krakend-cors` here, not even KrakenD; write `security/cors`",
        ),
        (
            format!(
                r#"{{"version": 3, "endpoints": {}}}"#,
                endpoint(r#""github_com/devopsfaith/krakend-jose/validator": {"alg": "RS256"}"#)
            ),
            "nothing reads `github_com/devopsfaith/krakend-jose/validator` here, not even KrakenD: no token is checked; write `auth/validator`",
        ),
        (
            service("").replace("\"version\": 3", "\"version\": 4"),
            "4 is the format of KrakenD 3: it is read as 3, and what Fjord doesn't know in it is refused; ",
        ),
    ];
    for (text, want) in cases {
        let found = check(&text, &LINT);
        let said: Vec<_> = found
            .iter()
            .map(|d| format!("{}; {}", d.message, d.help.as_deref().unwrap_or_default()))
            .collect();
        assert!(said.iter().any(|said| said == want), "{text}: {said:?}");
    }
    let variables = BTreeMap::from([("KRAKEND_TIMEOUT".to_owned(), "abc".to_owned())]);
    let found = check(&service(""), &CheckOptions { variables: Some(&variables), ..LINT });
    let said: Vec<_> = found.iter().filter(|d| d.path == "/timeout").map(|d| d.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "KRAKEND_TIMEOUT: \"abc\" isn't a duration: it has no number",
            "KRAKEND_TIMEOUT takes the place of this value"
        ]
    );
}
