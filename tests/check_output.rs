//! What a user sees of a check, to the letter. `UPDATE_SNAPSHOTS=1 cargo test` writes the snapshots anew.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord::review::check::{CheckOptions, View, Worker, check_bytes, github, json, report, text};
use fjord_document::Document;

fn compare(name: &str, seen: &str) {
    let path = format!("{}/tests/snapshots/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, seen).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    assert_eq!(seen, wanted, "{name} differs");
}

fn checked(
    file: &str,
    see: impl Fn(&fjord::review::check::Checked<'_>, &str) -> String,
    view: View,
) -> String {
    let bytes = std::fs::read(format!("{}/tests/data/check/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    see(&check_bytes(&bytes, &CheckOptions { view, ..CheckOptions::default() }), file)
}

#[test]
fn shows_all_faults_at_once() {
    compare("mixed.txt", &checked("mixed.json", |c, file| text(c, file, false), View::Lint));
}

#[test]
fn shows_colours_on_a_terminal() {
    compare("mixed.ansi", &checked("mixed.json", |c, file| text(c, file, true), View::Lint));
}

#[test]
fn reads_on_behind_syntax_faults() {
    compare("broken.txt", &checked("broken.json", |c, file| text(c, file, false), View::Lint));
}

#[test]
fn clips_long_lines() {
    compare("minified.txt", &checked("minified.json", |c, file| text(c, file, false), View::Lint));
}

#[test]
fn places_in_one_clipped_line_stand_under_it() {
    let config = r#"{"version":3,"host":["https://a.example"],"endpoints":[{"endpoint":"/a","backend":[{"url_pattern":"/e"}]},{"endpoint":"/a","backend":[{"url_pattern":"/f","group":"some name that makes the line long"}]},{"endpoint":"/a","backend":[{"url_pattern":"/g"}]}]}"#;
    let shown = text(&check_bytes(config.as_bytes(), &CheckOptions::default()), "k.json", false);
    compare("one_line.txt", &shown);
}

#[test]
fn annotates_for_github() {
    compare("mixed.github.txt", &checked("mixed.json", github, View::Lint));
}

#[test]
fn reports_for_programs() {
    let report = checked("mixed.json", |c, file| json(c, file, false), View::Lenient);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let diagnostics = serde_json::to_string_pretty(&report["diagnostics"]).unwrap();
    compare("mixed.lenient.json", &(diagnostics + "\n"));
}

#[test]
fn counts_calls_and_names_what_the_worker_lacks() {
    compare("edge.txt", &checked("edge.json", |c, file| text(c, file, false), View::Lint));
    let bytes = include_bytes!("data/check/edge.json");
    let worker = Worker {
        file: "wrangler.toml".into(),
        names: vec!["USERS".into(), "IDP_SECRET".into()],
        ..Worker::default()
    };
    let options = CheckOptions { worker: Some(&worker), ..CheckOptions::default() };
    let found = check_bytes(bytes, &options).diagnostics;
    let found = found.iter().filter(|d| d.code != "any-audience");
    let about: Vec<_> = found.map(|d| (d.severity.name(), d.code, d.path.as_str())).collect();
    let wanted = [
        ("note", "subrequests", "/endpoints/0/backend"),
        ("note", "connections", "/endpoints/0/backend"),
        ("error", "missing-binding", "/endpoints/1/backend/0/host/0"),
    ];
    assert_eq!(about, wanted);
}

#[test]
fn private_hosts_are_bound_by_the_root() {
    let config = r#"{"version": 3,
  "@fjord": {"hosts": {"*.internal": "NET", "10.0.0.7": "SEVEN", "partner.example": "PARTNER"}},
  "endpoints": [{"endpoint": "/a", "backend": [
    {"url_pattern": "/", "host": ["http://a.internal:8080", "http://10.0.0.7"]},
    {"url_pattern": "/", "group": "b", "host": ["http://users.svc"]}]}]}"#;
    let shown = text(&check_bytes(config.as_bytes(), &CheckOptions::default()), "k.json", false);
    compare("private.txt", &shown);
    let worker = |names: &[&str]| Worker {
        file: "wrangler.toml".into(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Worker::default()
    };
    let errors = |names: &[&str]| {
        let worker = worker(names);
        let options = CheckOptions { worker: Some(&worker), ..CheckOptions::default() };
        let found = check_bytes(config.as_bytes(), &options).diagnostics;
        let errors = found.iter().filter(|d| d.severity == fjord_document::Severity::Error);
        errors.map(|d| (d.code, d.path.clone())).collect::<Vec<_>>()
    };
    assert_eq!(errors(&["NET", "SEVEN", "PARTNER"]), []);
    assert_eq!(errors(&["NET", "PARTNER"]), [("missing-binding", "/@fjord/hosts/10.0.0.7".to_owned())]);
    // A host's name may begin as comments do.
    let config = config.replace("partner.example", "_partner.example");
    let options = CheckOptions { worker: Some(&worker(&["NET", "SEVEN"])), ..CheckOptions::default() };
    let found = check_bytes(config.as_bytes(), &options).diagnostics;
    let missing = found.iter().find(|d| d.code == "missing-binding").map(|d| &*d.path);
    assert_eq!(missing, Some("/@fjord/hosts/_partner.example"));
}

#[test]
fn leads_back_to_the_files_that_a_text_was_made_from() {
    let config = r#"{"version":3,"endpoints":[{"endpoint":"/a","backend":[{"url_pattern":"/{x}","host":["https://h.example"]}]}]}"#;
    let at = |part: &str| config.find(part).unwrap();
    let (path, host) = (at("\"/{x}\""), at("\"host\""));
    let options = serde_json::json!({"file": "k.tmpl", "origin": {
        "sources": [{"file": "k.tmpl", "text": "first\n"}, {"file": "t/e.tmpl", "text": "  url: {{ .path }}\n"}],
        "pieces": [[0, path, 0, 0, 5], [path, path + 6, 1, 7, 18], [host, config.len(), 0, 0, 5]],
    }});
    let report: serde_json::Value =
        serde_json::from_str(&report(&Document::read(config.as_bytes()), &options.to_string()).unwrap())
            .unwrap();
    compare("origin.txt", report["text"].as_str().unwrap());
    let first = &report["diagnostics"][0];
    assert_eq!(
        (&first["file"], &first["line"], &first["column"]),
        (&"t/e.tmpl".into(), &1.into(), &8.into())
    );
}

#[test]
fn tells_what_an_endpoint_costs_where_the_surroundings_change_it_and_what_hides_it() {
    let config = br#"{"version": 3, "timeout": "3s", "host": ["https://h.example"], "endpoints": [
  {"endpoint": "/a", "backend": [{"url_pattern": "/x"}, {"url_pattern": "/y", "sd": "dns"}],
    "extra_config": {"qos/ratelimit/router": {"max_rate": 5, "binding": "LIMITS"}}},
  {"endpoint": "/files/{name}", "output_encoding": "no-op", "backend": [{"url_pattern": "/z"}]}]}"#;
    let options = serde_json::json!({
        "file": "k.json", "costs": true, "variables": {"KRAKEND_TIMEOUT": "90s"},
        "worker": {"file": "wrangler.toml", "names": ["LIMITS"], "assets": ["/", "/a", "/files/logo.png"]},
        "counters": {"LIMITS": "exactly"},
        "schema": {"file": "own.json", "text": r#"{"required": ["name"], "properties": {"endpoints": {"maxItems": 1}}}"#},
    });
    let report: serde_json::Value =
        serde_json::from_str(&report(&Document::read(config), &options.to_string()).unwrap()).unwrap();
    compare("surroundings.txt", report["text"].as_str().unwrap());
    let wanted = serde_json::json!([
        {"path": "/endpoints/0", "calls": 4, "worst": 24, "at_once": 2, "cpu": 520, "memory": 40960},
        {"path": "/endpoints/1", "calls": 1, "worst": 11, "at_once": 1, "cpu": 270, "memory": 0},
    ]);
    assert_eq!(report["costs"], wanted);
}

#[test]
fn one_finding_has_all_its_places() {
    let endpoint = |i: usize| {
        format!(
            r#"{{"endpoint": "/{i}", "backend": [{{"url_pattern": "/", "host": ["http://users:8080"]}}]}}"#
        )
    };
    let config = |count: usize| {
        let endpoints: Vec<_> = (0..count).map(endpoint).collect();
        format!("{{\"version\": 3, \"endpoints\": [\n{}\n]}}", endpoints.join(",\n"))
    };
    let shown =
        |count| text(&check_bytes(config(count).as_bytes(), &CheckOptions::default()), "k.json", false);
    compare("grouped.txt", &shown(13));
    assert_eq!(shown(1).matches("also").count(), 0);
    assert!(
        shown(300).contains("also: 289 more places") && shown(300).ends_with("\n1 note\n"),
        "{}",
        shown(300)
    );
}
