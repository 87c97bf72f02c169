use super::*;

fn run(job: serde_json::Value) -> serde_json::Value {
    serde_json::from_str(&render(&job.to_string()).unwrap()).unwrap()
}

fn job(main: &str) -> serde_json::Value {
    serde_json::json!({
        "templates": [
            { "name": "krakend.tmpl", "text": main },
            { "name": "port.tmpl", "text": "{{ .port }}" },
        ],
        "settings": [{ "name": "service", "text": r#"{"port": 8080, "big": 1000000, "tags": ["<a>"]}"# }],
        "partials": [],
        "variables": { "STAGE": "prod" },
    })
}

#[test]
fn a_configuration_is_rendered_with_its_places() {
    let outcome = run(job(r#"{"port": {{ template "port.tmpl" .service }}, "big": {{ .service.big }}}"#));
    assert_eq!(outcome["text"], r#"{"port": 8080, "big": 1e+06}"#);
    assert_eq!(
        outcome["pieces"],
        serde_json::json!([
            [0, 9, 0, 0, 9],
            [9, 13, 1, 0, 11],
            [13, 22, 0, 44, 53],
            [22, 27, 0, 53, 71],
            [27, 28, 0, 71, 72],
        ])
    );
}

#[test]
fn functions_of_the_command() {
    let cases = [
        ("{{ env \"STAGE\" }}{{ env \"NONE\" }}", "prod"),
        ("{{ expandenv \"a-$STAGE-${STAGE}s-$-${}-${STAGE\" }}", "a-prod-prods-$-${}-${STAGE"),
        ("{{ marshal .service.tags }}", r#"["\u003ca\u003e"]"#),
    ];
    for (template, want) in cases {
        assert_eq!(run(job(template))["text"], want, "{template}");
    }
}

#[test]
fn a_partial_is_asked_for_and_then_stands_for_its_file() {
    let mut job = job("[{{ include \"a.json\" }}]");
    assert_eq!(run(job.clone()), serde_json::json!({ "wants": "a.json" }));
    job["partials"] = serde_json::json!([{ "name": "a.json", "text": { "Ok": "{{ 1 }}" } }]);
    let outcome = run(job.clone());
    assert_eq!(outcome["text"], "[{{ 1 }}]");
    assert_eq!(outcome["pieces"][1], serde_json::json!([1, 8, 2, 0, 7]));
    job["partials"] = serde_json::json!([{ "name": "a.json", "text": { "Err": "a.json doesn't exist" } }]);
    assert_eq!(run(job)["fault"]["message"], "error calling include: a.json doesn't exist");
}

#[test]
fn mistakes_are_at_their_bytes() {
    let cases = [
        (job("é{{ nothing }}"), ("templates", 0, r#"function "nothing" not defined"#)),
        (job("{{ uuidv4 }}"), ("templates", 0, "it would give another text each time")),
        (job("{{ .service.port.x }}"), ("templates", 0, "can't evaluate field x")),
        (job("{{ env 1 }}"), ("templates", 0, "expected string; got int")),
        (job("{{ env }}"), ("templates", 0, "wrong number of args for env: want 1 got 0")),
        (job("{{ template \"port.tmpl\" 5 }}"), ("templates", 1, "can't evaluate field port in type int")),
    ];
    for (job, (list, index, says)) in cases {
        let fault = &run(job)["fault"];
        assert_eq!((fault["list"].as_str(), fault["index"].as_u64()), (Some(list), Some(index)), "{fault}");
        assert!(fault["message"].as_str().unwrap().contains(says), "{fault}");
    }
    for (text, offset, says) in [("[]", 0, "settings are a JSON object"), (r#"{"a": 1,, }"#, 8, "")] {
        let mut job = job("");
        job["settings"][0]["text"] = text.into();
        let fault = &run(job)["fault"];
        assert_eq!(
            (fault["list"].as_str(), fault["offset"].as_u64()),
            (Some("settings"), Some(offset)),
            "{fault}"
        );
        assert!(fault["message"].as_str().unwrap().contains(says), "{fault}");
    }
}

#[test]
fn a_report_has_the_names_of_krakend() {
    let report_of = |template: &str, color| {
        let data = r#"{"recommendations":[{"rule":"2.1.3","severity":"HIGH"}]}"#;
        let outcome: serde_json::Value =
            serde_json::from_str(&report(template, data, color).unwrap()).unwrap();
        outcome["text"].as_str().unwrap_or_default().to_owned()
    };
    let template =
        "{{ range .Recommendations }}{{ .Rule }} {{ colored .Severity }} {{ colored `x` }}{{ end }}";
    assert_eq!(report_of(template, false), "2.1.3 HIGH x");
    assert_eq!(report_of(template, true), "2.1.3 \x1b[1;31mHIGH\x1b[0m x");
    let marshalled = r#"{"recommendations":[{"rule":"2.1.3","severity":"HIGH"}]}"#;
    assert_eq!(report_of("{{ marshal . }}", false), marshalled);
}
