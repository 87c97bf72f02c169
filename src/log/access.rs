//! The line of each request: `[GIN] 2006/01/02 - 15:04:05 | 200 |  12ms |  127.0.0.1 | GET  "/path"`, or in the forms of Apache's
//! server, or as JSON.

use fjord_http::{escape, redact};
use fjord_json::{Map, Value};

use super::clock::Layout;
use super::template::{Begun, Got, Sent, Template};

/// Which requests get a line, and how it's written.
#[derive(Debug)]
pub struct AccessLog {
    form: AccessForm,
    layout: Layout,
    /// The prefix of lines, which JSON has as a member.
    prefix: String,
    /// The header lines of a request that its lines show.
    headers: Vec<String>,
    /// Paths without one (`router.logger_skip_paths`).
    skipped: Vec<String>,
}

/// How a line is written (`access_log_format`).
#[derive(Debug, Default)]
pub enum AccessForm {
    /// KrakenD's own.
    #[default]
    Gin,
    /// Apache's common log format.
    Common,
    /// The same with referrer and user agent.
    Combined,
    /// JSON, whose members the platform's log indexes.
    Json,
    /// As a pattern says.
    Custom(Template),
}

/// What a line says of a request, kept until its answer is there.
#[derive(Debug)]
pub struct Entry {
    began: f64,
    client_ip: String,
    method: String,
    target: String,
    host: String,
    referrer: String,
    agent: String,
    /// What a pattern says of the request.
    begun: Option<Begun>,
}

/// What a line says of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// The status.
    pub status: u16,
    /// The bytes of the body, where the gateway has it.
    pub size: Option<usize>,
    /// The trace that the request belongs to.
    pub trace: Option<u128>,
    /// When it was there, in milliseconds since 1970.
    pub now: f64,
}

// === impl AccessForm ===

impl AccessForm {
    /// The form that `access_log_format` names; none for one that isn't there, or that needs a pattern.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" | "default" => Some(Self::Gin),
            "httpdCommon" => Some(Self::Common),
            "httpdCombine" => Some(Self::Combined),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

// === impl AccessLog ===

impl AccessLog {
    /// A log of all paths but these.
    pub fn new(skipped: Vec<String>, form: AccessForm, prefix: &str) -> AccessLog {
        let headers = match &form {
            AccessForm::Gin | AccessForm::Common => Vec::new(),
            AccessForm::Combined | AccessForm::Json => vec!["Referer".to_owned(), "User-Agent".to_owned()],
            AccessForm::Custom(template) => template.request_headers(),
        };
        let layout = match form {
            AccessForm::Gin | AccessForm::Custom(_) => "2006/01/02 - 15:04:05",
            AccessForm::Common | AccessForm::Combined => "02/Jan/2006:15:04:05 -0700",
            AccessForm::Json => "2006-01-02T15:04:05.000Z07:00",
        };
        AccessLog { form, layout: Layout::parse(layout), prefix: prefix.to_owned(), headers, skipped }
    }

    /// Whether its lines have a form of their own, which nothing may be added to.
    pub fn is_whole(&self) -> bool {
        matches!(self.form, AccessForm::Json | AccessForm::Custom(_))
    }

    /// The header lines of a request that its lines show.
    pub fn request_headers(&self) -> &[String] {
        &self.headers
    }

    /// Begins a line; none for a path that is skipped.
    pub fn begin(&self, sent: Sent<'_>, now: f64) -> Option<Entry> {
        let Sent { client_ip, method, target, host, headers, .. } = sent;
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let path = escape::unescape(path).unwrap_or_default();
        if self.skipped.iter().any(|skipped| *skipped == path) {
            return None;
        }
        let shows_client = matches!(self.form, AccessForm::Combined | AccessForm::Json);
        let shown = |name: &str| match shows_client {
            true => headers.get(name).unwrap_or_default().to_owned(),
            false => String::new(),
        };
        let begun = match &self.form {
            AccessForm::Custom(template) => Some(template.begin(sent)),
            _ => None,
        };
        Some(Entry {
            began: now,
            client_ip: client_ip.to_owned(),
            method: method.to_owned(),
            target: target.to_owned(),
            host: if shows_client { host.to_owned() } else { String::new() },
            referrer: shown("Referer"),
            agent: shown("User-Agent"),
            begun,
        })
    }

    /// The line of an answered request.
    pub fn line(&self, entry: &Entry, ended: Ended) -> String {
        match &self.form {
            AccessForm::Gin => self.gin(entry, ended),
            AccessForm::Common => self.httpd(entry, ended),
            AccessForm::Combined => {
                let quoted = |text: &str| escape::quote(if text.is_empty() { "-" } else { text }.as_bytes());
                format!("{} {} {}", self.httpd(entry, ended), quoted(&entry.referrer), quoted(&entry.agent))
            }
            AccessForm::Json => self.json(entry, ended),
            AccessForm::Custom(template) => {
                let Ended { status, now, trace, .. } = ended;
                let got = Got { status: Some(status), headers: None, ms: now - entry.began, now, trace };
                entry.begun.as_ref().map_or_else(String::new, |begun| template.line(begun, got))
            }
        }
    }

    fn gin(&self, entry: &Entry, ended: Ended) -> String {
        let Entry { began, client_ip, method, target, .. } = entry;
        let Ended { status, now, .. } = ended;
        let mut line = "[GIN] ".to_owned();
        self.layout.write(now, &mut line);
        let latency = latency(now - began);
        line.push_str(&format!(" | {status:3} | {latency:>13} | {client_ip:>15} | {method:<7}  "));
        line.push_str(&escape::quote(target.as_bytes()));
        line
    }

    /// `127.0.0.1 - - [02/Jan/2006:15:04:05 +0000] "GET /path HTTP/1.1" 200 17`. The platform doesn't tell the version of HTTP.
    fn httpd(&self, entry: &Entry, ended: Ended) -> String {
        let mut time = String::new();
        self.layout.write(entry.began, &mut time);
        let target = redact::url(&entry.target);
        let request = escape::quote(format!("{} {target} HTTP/1.1", entry.method).as_bytes());
        let size = ended.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
        format!("{} - - [{time}] {request} {} {size}", entry.client_ip, ended.status)
    }

    fn json(&self, entry: &Entry, ended: Ended) -> String {
        let mut time = String::new();
        self.layout.write(entry.began, &mut time);
        let target = redact::url(&entry.target);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let ms = (ended.now - entry.began).max(0.0);
        let latency = format!("{:.3}", ms / 1000.0);
        let number = |number: f64| Value::Number(format!("{number:.0}").into());
        let mut line = Map::new();
        // The first seven are KrakenD's.
        let texts = [
            ("prefix", self.prefix.as_str()),
            ("time", time.as_str()),
            ("latency", &latency),
            ("client_ip", &entry.client_ip),
            ("method", &entry.method),
            ("host", &entry.host),
            ("path", path),
            ("query", query),
            ("referer", &entry.referrer),
            ("user_agent", &entry.agent),
        ];
        for (name, text) in texts {
            if !text.is_empty() {
                line.insert(name.to_owned(), Value::String(text.to_owned()));
            }
        }
        line.insert("status_code".to_owned(), number(f64::from(ended.status)));
        line.insert("latency_ms".to_owned(), number(ms));
        if let Some(size) = ended.size {
            line.insert("size".to_owned(), number(size as f64));
        }
        if let Some(trace) = ended.trace {
            line.insert("trace_id".to_owned(), Value::String(format!("{trace:032x}")));
        }
        String::from_utf8_lossy(&Value::Object(line).to_json()).into_owned()
    }
}

/// Milliseconds as Go writes a duration; above a minute in whole seconds.
fn latency(ms: f64) -> String {
    let ms = ms.max(0.0) as u64;
    match (ms / 1000, ms % 1000) {
        (0, 0) => "0s".to_owned(),
        (0, millis) => format!("{millis}ms"),
        (seconds @ ..60, 0) => format!("{seconds}s"),
        (seconds @ ..60, _) => format!("{}s", format!("{seconds}.{:03}", ms % 1000).trim_end_matches('0')),
        (seconds @ ..3600, _) => format!("{}m{}s", seconds / 60, seconds % 60),
        (seconds, _) => format!("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use fjord_http::Headers;

    use super::*;

    #[test]
    fn latencies_as_go_writes_them() {
        for (ms, expected) in [
            (-1.0, "0s"),
            (12.0, "12ms"),
            (1500.0, "1.5s"),
            (2000.0, "2s"),
            (61_999.0, "1m1s"),
            (3_723_000.0, "1h2m3s"),
        ] {
            assert_eq!(latency(ms), expected);
        }
    }

    #[test]
    fn lines_have_the_form_that_is_asked_for() {
        let headers = Headers::from_iter([("User-Agent", "curl/8 \"x\""), ("Authorization", "secret")]);
        let (client_ip, method, scheme, target, host) = ("10.1.2.3", "GET", "https", "/a?b=1", "h");
        let sent = Sent { client_ip, method, scheme, target, host, headers: &headers };
        let ended = Ended { status: 200, size: Some(17), trace: Some(0xab), now: 1_700_000_000_057.0 };
        let line = |form| {
            let log = AccessLog::new(Vec::new(), form, "[GW]");
            log.line(&log.begin(sent, 1_700_000_000_045.0).unwrap(), ended)
        };
        let common = r#"10.1.2.3 - - [14/Nov/2023:22:13:20 +0000] "GET /a?b=REDACTED HTTP/1.1" 200 17"#;
        assert_eq!(line(AccessForm::Common), common);
        assert_eq!(line(AccessForm::Combined), format!(r#"{common} "-" "curl/8 \"x\"""#));
        let json = concat!(
            r#"{"client_ip":"10.1.2.3","host":"h","latency":"0.012","latency_ms":12,"method":"GET","path":"/a","#,
            r#""prefix":"[GW]","query":"b=REDACTED","size":17,"status_code":200,"time":"2023-11-14T22:13:20.045Z","trace_id":"000000000000000000000000000000ab","#,
            r#""user_agent":"curl/8 \"x\""}"#
        );
        assert_eq!(line(AccessForm::Json), json);
    }
}
