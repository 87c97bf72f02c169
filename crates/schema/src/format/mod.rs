//! `format`: the names gojsonschema checks, with the results of the Go functions it asks.

mod email;
mod time;
mod uri;

use std::net::IpAddr;

use fjord_pattern::Pattern;

/// A format that is checked. Any other name says nothing about a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    name: &'static str,
    check: fn(&str) -> bool,
}

const FORMATS: [Format; 17] = [
    Format { name: "date", check: time::is_date },
    Format { name: "time", check: time::is_time },
    Format { name: "date-time", check: time::is_date_time },
    Format { name: "hostname", check: is_hostname },
    Format { name: "email", check: email::is_address },
    Format { name: "idn-email", check: email::is_address },
    Format { name: "ipv4", check: |text| is_ip(text, '.') },
    Format { name: "ipv6", check: |text| is_ip(text, ':') },
    Format { name: "uri", check: uri::is_uri },
    Format { name: "uri-reference", check: uri::is_reference },
    Format { name: "iri", check: uri::is_uri },
    Format { name: "iri-reference", check: uri::is_reference },
    Format { name: "uri-template", check: uri::is_template },
    Format { name: "uuid", check: is_uuid },
    Format { name: "regex", check: |text| Pattern::new(text).is_ok() },
    Format { name: "json-pointer", check: is_pointer },
    Format { name: "relative-json-pointer", check: is_relative_pointer },
];

// === impl Format ===

impl Format {
    /// The format of that name, if it is checked.
    pub fn named(name: &str) -> Option<Format> {
        FORMATS.into_iter().find(|format| format.name == name)
    }

    /// The names of all formats that are checked.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.into_iter().map(|format| format.name)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether `text` has it.
    pub fn holds(&self, text: &str) -> bool {
        (self.check)(text)
    }
}

/// An address of either version that has the mark of one: `::ffff:1.2.3.4` is both.
fn is_ip(text: &str, mark: char) -> bool {
    text.parse::<IpAddr>().is_ok() && text.contains(mark)
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() < 256 && text.split('.').all(is_label)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, c)| match i {
            8 | 13 | 18 | 23 => c == b'-',
            _ => matches!(c, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn is_pointer(text: &str) -> bool {
    let tilde_ok = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && tilde_ok
}

fn is_relative_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    !number.is_empty() && (number == "0" || !number.starts_with('0')) && (rest == "#" || is_pointer(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_hold_as_in_go() {
        // format, what has it, what has not
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                "date",
                &["2024-02-29", "0000-01-01", "1999-12-31"],
                &[
                    "2023-02-29",
                    "2024-2-09",
                    "2024-13-01",
                    "2024-00-10",
                    "2024-01-32",
                    "24-01-01",
                    "2024-01-01 ",
                    "",
                    "2024-01-0a",
                ],
            ),
            (
                "time",
                &["12:34:56", "1:02:03", "23:59:59Z", "12:34:56.789", "12:34:56,5+02:00", "12:34:56-23:59"],
                &[
                    "24:00:00",
                    "12:60:00",
                    "12:00:60",
                    "12:34",
                    "12:34:56z",
                    "12:34:56+2:00",
                    "12:34:56.",
                    "12:34:5",
                    "",
                ],
            ),
            (
                "date-time",
                &[
                    "2024-02-29T12:34:56Z",
                    "2024-02-29T12:34:56.123456789+01:00",
                    "2024-02-29",
                    "12:34:56",
                    "12:34:56Z",
                ],
                &[
                    "2024-02-29T12:34:56",
                    "2024-02-29 12:34:56Z",
                    "2024-02-29t12:34:56Z",
                    "2024-02-30T12:34:56Z",
                    "2024-02-29T12:34:56z",
                    "yesterday",
                ],
            ),
            (
                "hostname",
                &["example.com", "a", "A-1.b", "1.2.3.4"],
                &["", "-a", "a-", "a..b", "a.", "a_b", "é.com", &"a.".repeat(128), &"a".repeat(64)],
            ),
            (
                "email",
                &[
                    "a@b.co",
                    "a.b+c@d",
                    "\"a b\"@c",
                    "Bob <bob@example.org>",
                    "\"B, ob\" <bob@x>",
                    "é@ü.de",
                    " a@b ",
                    "<a@b>",
                    "a@[127.0.0.1]",
                    "A. B. C <a@b>",
                    "a@b (comment)",
                ],
                &[
                    "",
                    "nope",
                    "a@",
                    "@b",
                    "a@b@c",
                    "a..b@c",
                    ".a@b",
                    "a.@b",
                    "a b@c",
                    "a@b,c@d",
                    "Bob <bob@x",
                    "\"\"@b",
                    "a@b.",
                    "a@b>",
                    "\"a@b",
                ],
            ),
            ("idn-email", &["実例@実例.テスト"], &["2962"]),
            (
                "ipv4",
                &["1.2.3.4", "::ffff:1.2.3.4"],
                &["1.2.3", "256.1.1.1", "01.2.3.4", "::1", "1.2.3.4/8", ""],
            ),
            (
                "ipv6",
                &["::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"],
                &["1.2.3.4", "12345::", "::1%eth0", "[::1]", ":"],
            ),
            (
                "uri",
                &[
                    "http://a/b?c#d",
                    "urn:x:y",
                    "mailto:a@b",
                    "http://a:80/",
                    "http://[::1]:8/",
                    "HTTP://é/ü",
                    "http://u:p@h/%20",
                    "a:",
                ],
                &[
                    "",
                    "/a",
                    "a",
                    "://x",
                    "http://a b/",
                    "http://a/%zz",
                    "http://[::1/",
                    "http://a:b/",
                    "http://a\\b",
                    "http://a/\u{1}",
                    "http:// /",
                    "1a:b",
                    "http://%41/",
                ],
            ),
            (
                "uri-reference",
                &["", "/a", "a/b:c", "#f", "?q", "//h/p", "http://a", "*", "a b"],
                &["a:b:c\\", "1:2", ":a", "//h^/", "#%", "%", "\\a"],
            ),
            ("iri", &["http://ƒøø.ßår/?∂éœ=πîx#πîüx"], &["ƒøø"]),
            ("iri-reference", &["ƒøø/b"], &["#ƒrägmênt\\"]),
            (
                "uri-template",
                &["http://a/{b}{c}", "{a}/}", "a", "http://a/b?{"],
                &["http://a/{b", "{", "{a}{", "http://a/%7b", "%zz"],
            ),
            (
                "uuid",
                &["2eb8aa08-aa98-11ea-b4aa-73b441d16380"],
                &[
                    "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
                    "2eb8aa08aa9811eab4aa73b441d16380",
                    "",
                    "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
                ],
            ),
            ("regex", &["", "a+", r"\pL"], &["(", "(?=a)", r"(a)\1"]),
            ("json-pointer", &["", "/", "/a/b~0c~1", "/é"], &["a", "/~", "/~2", "#/a"]),
            ("relative-json-pointer", &["0", "1/a", "10#", "2"], &["", "/a", "01", "-1", "1a", "0##", "+1"]),
        ];
        for (name, yes, no) in cases {
            let format = Format::named(name).unwrap();
            yes.iter().for_each(|text| assert!(format.holds(text), "{text:?} is a {name}"));
            no.iter().for_each(|text| assert!(!format.holds(text), "{text:?} is no {name}"));
        }
        assert_eq!(cases.len(), FORMATS.len());
        assert!(Format::named("duration").is_none());
    }
}
