use super::*;

fn found(name: &str) -> String {
    match explain(name, false) {
        Explanation::Found(text) => text,
        unknown => panic!("{name}: {unknown:?}"),
    }
}

#[test]
fn finds_what_a_name_stands_for() {
    let cases = [
        ("qos/ratelimit/router", "qos/ratelimit/router  in the extra_config of endpoints"),
        ("github.com/devopsfaith/krakend-httpcache", "qos/http-cache  in the extra_config of backends"),
        ("qos/ratelimit/router.max_rate", "qos/ratelimit/router.max_rate  in the extra_config of endpoints"),
        ("backend.url_pattern", "backend.url_pattern  in an item of `backend`"),
        ("url_pattern", "backend.url_pattern  in an item of `backend`"),
        ("endpoint.backend", "endpoint.backend  in an item of `endpoints`"),
        ("endpoints.backend.host", "backend.host  in an item of `backend`"),
        ("@fjord", "service.@fjord  in the root"),
        ("@fjord.hosts", "service.@fjord.hosts  in the root"),
        ("service.timeout", "service.timeout  in the root"),
        ("client_tls.ca_certs", "service.client_tls.ca_certs  in the root"),
        (
            "modifier/martian.header.Modifier.name",
            "modifier/martian.header.Modifier.name  in the extra_config of backends",
        ),
        ("qos/ratelimit/tiered.tiers[].tier_value", "qos/ratelimit/tiered.tiers[].tier_value"),
        ("qos/ratelimit/tiered.tiers.tier_value", "qos/ratelimit/tiered.tiers[].tier_value"),
        ("/endpoints/0/backend/1/extra_config/qos~1http-cache/max_items", "qos/http-cache.max_items"),
        ("/endpoints/0/backend/1/url_pattern", "backend.url_pattern"),
        ("/endpoints/0/extra_config/proxy", "proxy  in the extra_config of endpoints"),
        ("/endpoints/0/backend/0/mapping/a", "backend.mapping"),
        ("backend", "endpoint.backend"),
    ];
    for (name, start) in cases {
        let text = found(name);
        assert!(text.starts_with(start), "{name}:\n{text}");
    }
}

#[test]
fn suggests_what_was_meant() {
    let cases = [
        ("qos/ratelimt/router", Some("qos/ratelimit/router")),
        ("qos/ratelimit/router.max_rat", Some("qos/ratelimit/router.max_rate")),
        ("qos/ratelimt/router.max_rate", Some("qos/ratelimit/router.max_rate")),
        ("url_patern", Some("url_pattern")),
        ("xyzzy", None),
        ("", None),
        ("......", None),
        ("/endpoints/0/extra_config/xyzzy", None),
        ("/endpoints/0/extra_config/qos~1ratelimt~1router", Some("qos/ratelimit/router")),
    ];
    for (name, meant) in cases {
        assert_eq!(explain(name, false), Explanation::Unknown(meant.map(str::to_owned)), "{name}");
    }
}

#[test]
fn every_option_can_be_explained() {
    fn walk(owner: &str, before: &str, options: &'static [Opt], depth: usize) {
        for option in options {
            // A name that is a pattern stands for names that aren't known here.
            if option.name.contains('*') {
                continue;
            }
            let path = format!("{before}{}", option.name);
            let text = found(&format!("{owner}.{path}"));
            assert!(text.contains(&format!("{owner}.{path}  ")), "{owner}.{path}:\n{text}");
            assert!(text.contains(option.doc.split_whitespace().next().unwrap_or("")), "{owner}.{path}");
            if depth < 4 {
                walk(owner, &format!("{path}{}", option.kind.steps()), option.kind.members(), depth + 1);
            }
        }
    }
    for namespace in crate::features::namespaces() {
        walk(namespace.name, "", namespace.value.members(), 0);
    }
    for scope in crate::options::Scope::ALL {
        let name = if scope == crate::options::Scope::Async { "async_agent" } else { scope.name() };
        let options = crate::options::core::options(scope);
        for option in options {
            let text = found(&format!("{name}.{}", option.name));
            assert!(text.contains(option.name), "{text}");
        }
    }
}

#[test]
fn an_option_in_full() {
    let text = found("qos/http-cache.max_items");
    let wanted = "qos/http-cache.max_items  in the extra_config of backends\n\n  How many answers the cache holds; needs max_size too.\n\n  Takes: whole number, 1 or more\n\n  \"extra_config\": { \"qos/http-cache\": { \"max_items\": … } }\n\n";
    assert_eq!(text, wanted);
}
