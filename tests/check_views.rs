//! What `check` says of files from real life, with and without `-l`.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord::review::check::{CheckOptions, View, check};

/// Members of the root beside the version, and the findings without and with `-l`: severity, code and pointer each.
const FILES: &[(&str, &[&str], &[&str])] = &[
    // A plugin's options are its own.
    (
        r#""host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/"}], "extra_config": {"plugin/req-resp-modifier": {"name": ["mine"], "mine": {"header": "X-A"}}}}]"#,
        &["error not-supported /endpoints/0/extra_config/plugin~1req-resp-modifier/name/0"],
        &["error not-supported /endpoints/0/extra_config/plugin~1req-resp-modifier/name/0"],
    ),
    // With a worker it's served.
    (
        r#""@fjord": {"plugins": {"mine": "MINE", "other": "OTHER"}}, "host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/"}], "extra_config": {"plugin/req-resp-modifier": {"name": ["mine"], "mine": {"header": "X-A"}}}}]"#,
        &[
            "note binding /@fjord/plugins/mine",
            "warning unused /@fjord/plugins/other",
            "note binding /@fjord/plugins/other",
        ],
        &[
            "note binding /@fjord/plugins/mine",
            "warning unused /@fjord/plugins/other",
            "note binding /@fjord/plugins/other",
        ],
    ),
    // KrakenD's schema allows further members.
    (
        r#""host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/", "extra_config": {"backend/http": {"return_error_details": "b", "max_idle_conns": 100}}}]}]"#,
        &["warning unknown-option /endpoints/0/backend/0/extra_config/backend~1http/max_idle_conns"],
        &["warning unknown-option /endpoints/0/backend/0/extra_config/backend~1http/max_idle_conns"],
    ),
    (
        r#""extra_config": {"telemetry/metrics": {"collection_time": "60s", "listen_address": "127.0.0.1:8090"}}, "endpoints": []"#,
        &[
            "warning no-endpoints ",
            "note no-effect /extra_config/telemetry~1metrics",
            "warning bad-format /extra_config/telemetry~1metrics/listen_address",
        ],
        &[
            "note no-endpoints ",
            "note no-effect /extra_config/telemetry~1metrics",
            "error bad-format /extra_config/telemetry~1metrics/listen_address",
        ],
    ),
    // An address is reached by a name only.
    (
        r#""endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/", "host": ["http://198.51.100.7:8080"]}]}]"#,
        &["warning bare-address /endpoints/0/backend/0/host/0"],
        &["warning bare-address /endpoints/0/backend/0/host/0"],
    ),
    (
        r#""host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "concurrent_calls": "2", "backend": [{"url_pattern": "/", "tmeout": "1s"}]}]"#,
        &[
            "warning wrong-type /endpoints/0/concurrent_calls",
            "warning unknown-option /endpoints/0/backend/0/tmeout",
        ],
        &[
            "error wrong-type /endpoints/0/concurrent_calls",
            "error unknown-option /endpoints/0/backend/0/tmeout",
        ],
    ),
    // What the plan can't read is an error at its place.
    (
        r#""host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "timeout": "soon", "backend": [{"url_pattern": "/"}]}]"#,
        &["error bad-duration /endpoints/0/timeout"],
        &["error bad-duration /endpoints/0/timeout"],
    ),
    (
        r#""timeout": "soon", "host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/"}]}]"#,
        &["error bad-duration /timeout"],
        &["error bad-duration /timeout"],
    ),
    (
        r#""host": ["https://h.example"], "cache_ttl": "5m", "extra_config": {"auth/basic": {"users": {"a": "$2y$05$c4WoMPo3SXsafkva.HHa6u7b1XOWKqA7XZANDrnv4IVny/8ABNR66"}}}, "endpoints": [{"endpoint": "/a", "input_headers": ["Authorization"], "extra_config": {"auth/basic": {}}, "backend": [{"url_pattern": "/", "extra_config": {"qos/http-cache": {"max_items": 9, "max_size": 9999}}}]}]"#,
        &[
            "warning public-answer /endpoints/0/endpoint",
            "warning kept-for-all /endpoints/0/backend/0/extra_config/qos~1http-cache",
        ],
        &[
            "warning public-answer /endpoints/0/endpoint",
            "warning kept-for-all /endpoints/0/backend/0/extra_config/qos~1http-cache",
        ],
    ),
    (
        r#""host": ["https://h.example"], "endpoints": [{"endpoint": "/a", "extra_config": {"auth/signer": {"alg": "RS256", "kid": "k", "keys_to_sign": ["t"], "jwk_url": "https://k.example/j"}, "qos/ratelimit/router": {"max_rate": 1}}, "backend": [{"url_pattern": "/"}]}]"#,
        &[
            "warning replaced /endpoints/0/extra_config/qos~1ratelimit~1router",
            "note counting /endpoints/0/extra_config/qos~1ratelimit~1router",
        ],
        &[
            "warning replaced /endpoints/0/extra_config/qos~1ratelimit~1router",
            "note counting /endpoints/0/extra_config/qos~1ratelimit~1router",
        ],
    ),
    (
        r#""host": ["https://h.example"], "extra_config": {"security/http": {"allowed_hosts": []}}, "endpoints": [{"endpoint": "/a", "extra_config": {"auth/validator": {"alg": "RS256", "jwk_url": "https://k.example/j", "roles": [], "audience": []}}, "backend": [{"url_pattern": "/"}]}]"#,
        &[
            "warning everybody /extra_config/security~1http/allowed_hosts",
            "note any-audience /endpoints/0/extra_config/auth~1validator",
            "warning everybody /endpoints/0/extra_config/auth~1validator/roles",
            "warning everybody /endpoints/0/extra_config/auth~1validator/audience",
        ],
        &[
            "warning everybody /extra_config/security~1http/allowed_hosts",
            "note any-audience /endpoints/0/extra_config/auth~1validator",
            "warning everybody /endpoints/0/extra_config/auth~1validator/roles",
            "warning everybody /endpoints/0/extra_config/auth~1validator/audience",
        ],
    ),
    (
        r#""host": ["https://h.example"], "extra_config": {"security/cors": {}}, "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/"}]}]"#,
        &["warning no-effect /extra_config/security~1cors"],
        &["warning no-effect /extra_config/security~1cors"],
    ),
];

#[test]
fn each_view_says_what_it_is_asked() {
    let mut faults = Vec::new();
    for (members, run, lint) in FILES {
        let text = format!(r#"{{"version": 3, {members}}}"#);
        for (view, wanted) in [(View::Run, run), (View::Lint, lint)] {
            let found = check(&text, &CheckOptions { view, ..CheckOptions::default() });
            let found: Vec<String> =
                found.iter().map(|d| format!("{} {} {}", d.severity.name(), d.code, d.path)).collect();
            if found != *wanted {
                faults.push(format!("{view:?} of {text}\n  found {found:?}\n  want  {wanted:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
