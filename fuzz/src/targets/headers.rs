//! Operations on header lines give what they give on a plain list of names and values.
//!
//! A line is an operation: `+name:value` adds, `=name:value` sets, `-name` removes, `!` removes what is about one connection.

use fjord_http::{Headers, canonical};

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "headers",
    run,
    seeds: || {
        seeds::of(&[
            "+a:1\n+X-b:2\n+A:3\n=a:4\n-x-B",
            "+Connection:x-y, close\n+X-Y:1\n+Keep-Alive:5\n+te:1\n!",
            "+Set-Cookie:a=b\n+set-cookie:c=d\n=content-type:text/html\n-Set-Cookie",
            "+not a name:1\n+\u{e9}:2\n=:3\n+Content-Length:0",
        ])
    },
    words: &[
        "+",
        "=",
        "-",
        "!",
        ":",
        "\n",
        "Connection",
        "content-length",
        "X-A",
        "\u{e9}",
        "Transfer-Encoding",
    ],
};

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace(['\r', '\0'], "");
    let mut headers = Headers::new();
    let mut model: Vec<(String, String)> = Vec::new();
    for line in text.split('\n').take(64) {
        let Some(operation) = line.chars().next() else { continue };
        let rest = &line[operation.len_utf8()..];
        let (name, value) = rest.split_once(':').unwrap_or((rest, ""));
        let same = |field: &(String, String)| field.0.eq_ignore_ascii_case(name);
        match operation {
            '+' => {
                headers.add(name.to_owned(), value);
                model.push((canonical(name).into_owned(), value.to_owned()));
            }
            '=' => {
                headers.set(name.to_owned(), value);
                match model.iter().position(same) {
                    None => model.push((canonical(name).into_owned(), value.to_owned())),
                    Some(first) => {
                        value.clone_into(&mut model[first].1);
                        let mut at = 0;
                        model.retain(|field| {
                            at += 1;
                            at <= first + 1 || !same(field)
                        });
                    }
                }
            }
            '-' => {
                let had = model.iter().any(same);
                model.retain(|field| !same(field));
                assert_eq!(headers.remove(name), had);
            }
            '!' => hop_by_hop(&mut headers, &mut model),
            _ => {}
        }
        agree(&headers, &model, name);
    }
}

fn hop_by_hop(headers: &mut Headers, model: &mut Vec<(String, String)>) {
    headers.remove_hop_by_hop();
    let listed: Vec<String> = model
        .iter()
        .filter(|field| field.0 == "Connection")
        .flat_map(|field| field.1.split(',').map(|name| name.trim().to_ascii_lowercase()).collect::<Vec<_>>())
        .collect();
    let known =
        ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
    model.retain(|field| {
        let name = field.0.to_ascii_lowercase();
        !known.contains(&&*name) && !listed.contains(&name)
    });
}

fn agree(headers: &Headers, model: &[(String, String)], name: &str) {
    let fields: Vec<(&str, &str)> = headers.iter().collect();
    let expected: Vec<(&str, &str)> = model.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(fields, expected);
    let values: Vec<&str> =
        expected.iter().filter(|field| field.0.eq_ignore_ascii_case(name)).map(|field| field.1).collect();
    assert_eq!(headers.get_all(name).collect::<Vec<_>>(), values);
    assert_eq!(headers.get(name), values.first().copied());
    for (name, value) in headers.iter() {
        assert_eq!(canonical(name), name, "names are canonical");
        let breaks = |text: &str| text.contains(['\r', '\n', '\0']);
        assert!(!breaks(name) && !breaks(value), "no field breaks a header line");
    }
}
