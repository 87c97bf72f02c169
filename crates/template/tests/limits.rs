//! What a hostile template or hostile data can do: no more than to reach a limit.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use fjord_json::Value;
use fjord_template::{ExecError, Limits, NoHost, Templates};

fn run(template: &str, data: &str) -> Result<String, ExecError> {
    let data = Value::parse(data.as_bytes()).unwrap();
    let mut templates = Templates::default();
    templates.add("t", template, &[]).unwrap();
    let started = Instant::now();
    let done = templates.render("t", &data, Limits::REQUEST, &mut NoHost);
    // Without optimization on a busy machine; a thousandth of it otherwise.
    assert!(started.elapsed() < Duration::from_secs(20), "{template} took {:?}", started.elapsed());
    done
}

fn limit(template: &str) -> String {
    match run(template, r#"{"a":{"b":1},"l":[1,2,3]}"#) {
        Err(error) if error.is_limit => error.message,
        other => panic!("{template}: {other:?}"),
    }
}

#[test]
fn work_is_bounded() {
    const STEPS: &str = "the template takes too many steps";
    for template in [
        "{{ range 999999999999 }}{{ end }}",
        "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}",
        "{{ $s := repeat 100000 `a` }}{{ range 1000 }}{{ $x := contains `b` $s }}{{ end }}",
        "{{ $s := repeat 10000 `a` }}{{ range 100000 }}{{ $x := regexMatch `(a?){50}b` $s }}{{ end }}",
        "{{ $x := regexReplaceAll `a|.*b` (repeat 500000 `a`) `` }}",
        "{{ $l := list }}{{ range 10000 }}{{ $l = prepend (list) (len $l) }}{{ $x := uniq (until 3000) }}{{ end }}",
    ] {
        assert_eq!(limit(template), STEPS, "{template}");
    }
}

#[test]
fn memory_is_bounded() {
    const BYTES: &str = "the template takes too much memory";
    for template in [
        "{{ $x := repeat 9223372036854775807 `abc` }}",
        "{{ $x := repeat 5000000 `a` }}",
        "{{ $x := until 999999999999 }}",
        "{{ $x := untilStep -9223372036854775808 9223372036854775807 1 }}",
        "{{ $x := seq 1 9223372036854775807 }}",
        "{{ $x := printf `%999999d%999999d%999999d%999999d%999999d` 1 1 1 1 1 }}",
        "{{ $x := indent 1000000 \"a\\n\\n\\n\\n\\n\" }}",
        "{{ $s := `ab` }}{{ range 40 }}{{ $s = print $s $s }}{{ end }}",
        "{{ $s := `ab` }}{{ range 40 }}{{ $s = replace `a` $s $s }}{{ end }}",
        "{{ $s := `ab` }}{{ range 40 }}{{ $s = regexReplaceAll `.` $s `$0$0$0` }}{{ end }}",
        "{{ $l := list 1 }}{{ range 40 }}{{ $l = concat $l $l }}{{ end }}",
        "{{ $l := list 1 }}{{ range 40 }}{{ $l = list $l $l $l }}{{ end }}{{ $x := toJson $l }}",
        "{{ $l := list 1 }}{{ range 40 }}{{ $l = list $l $l }}{{ end }}{{ $x := deepCopy $l }}",
    ] {
        let found = limit(template);
        assert!(found == BYTES || found == "the template takes too many steps", "{template}: {found}");
    }
    // A request that finds no room.
    let small = fjord_memory::with_room(1000, || run("{{ $x := repeat 2000 `a` }}", "null"));
    assert!(small.unwrap_err().is_limit);
}

#[test]
fn output_is_bounded() {
    let template = "{{ $s := repeat 10000 `a` }}{{ range 10000 }}{{ $s }}{{ end }}";
    assert_eq!(limit(template), "the template writes too much");
}

#[test]
fn depth_is_bounded() {
    for template in [
        "{{ define `a` }}{{ template `a` . }}{{ end }}{{ template `a` . }}",
        "{{ define `a` }}{{ if true }}{{ range 1 }}{{ template `a` $ }}{{ end }}{{ end }}{{ end }}{{ template `a` . }}",
    ] {
        assert_eq!(limit(template), "exceeded maximum template depth", "{template}");
    }
    for (open, close) in
        [("{{if true}}", "{{end}}"), ("{{range .}}", "{{end}}"), ("{{with 1}}x{{else with 2}}", "")]
    {
        let template = format!("{}{}", open.repeat(5000), close.repeat(5000));
        let error = Templates::default().add("t", &template, &[]).unwrap_err();
        assert!(error.to_string().contains("max expression depth exceeded"), "{error}");
    }
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    assert!(Templates::default().add("t", &parens, &[]).is_err());
    // As deep as it may be, in the stack of a worker.
    let deep = format!("{}x{}", "{{if true}}".repeat(70), "{{end}}".repeat(70));
    assert_eq!(run(&deep, "null").unwrap(), "x");
}

#[test]
fn values_may_be_deep_and_contain_themselves() {
    const DEEP: &str = "a value nests too deeply";
    // Dropped without recursion.
    let nested = "{{ $l := list }}{{ range 20000 }}{{ $l = list $l }}{{ end }}";
    assert_eq!(run(nested, "null").unwrap(), "");
    assert_eq!(limit(&format!("{nested}{{{{ $l }}}}")), DEEP);
    let chain = "{{ $top := dict }}{{ $m := $top }}{{ range 10000 }}{{ $n := dict }}{{ $_ := set $m `k` $n }}{{ $m = $n }}{{ end }}";
    assert_eq!(run(chain, "null").unwrap(), "");
    for ending in
        ["{{ $top }}", "{{ toJson $top }}", "{{ deepCopy $top }}", "{{ deepEqual $top (deepCopy $top) }}"]
    {
        assert_eq!(limit(&format!("{chain}{ending}")), DEEP, "{ending}");
    }
    for itself in ["{{ $d := dict }}{{ $_ := set $d `d` $d }}", "{{ $d := . }}{{ $_ := set . `d` (list .) }}"]
    {
        assert_eq!(run(itself, "{}").unwrap(), "");
        for ending in
            ["{{ $d }}", "{{ toPrettyJson $d }}", "{{ printf `%#v` $d }}", "{{ merge (dict `d` (dict)) $d }}"]
        {
            assert_eq!(limit(&format!("{itself}{ending}")), DEEP, "{itself}{ending}");
        }
    }
    let data = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    assert_eq!(run("{{ toJson . }}", &data).unwrap(), data);
    assert_eq!(run("{{ $_ := set (dict) `a` . }}{{ toJson (deepCopy .) }}", &data).unwrap(), data);
}

#[test]
fn hostile_text_is_no_template() {
    for text in [
        "{{",
        "{{\0}}",
        "{{/*",
        "{{`",
        "{{\"\\",
        "{{'",
        "{{ 1e99999 }}",
        "{{ .a.\u{200b} }}",
        "{{ $x := }}",
        "{{ (((((",
        "{{ \u{1f600} }}",
    ] {
        let error = Templates::default().add("t", text, &[]).unwrap_err();
        assert!(error.to_string().starts_with("template: t:1: "), "{text}: {error}");
    }
    let opens = "{{".repeat(50_000);
    assert!(Templates::default().add("t", &opens, &[]).is_err());
}
