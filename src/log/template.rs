//! Lines of one's own for requests and calls, in the notation of KrakenD Enterprise: `%{time} %{method} %{path} %{statusCode}`.

use fjord_http::Headers;
use fjord_jose::base64url;
use fjord_json::Value;

use super::clock::Layout;
use super::one_line;

/// A pattern, cut into its pieces.
#[derive(Debug)]
pub struct Template {
    pieces: Vec<Piece>,
    /// What is written for a value that isn't there.
    no_value: String,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Time(Layout),
    Value(Name),
}

/// What a pattern can name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Status,
    LatencyMs,
    Latency,
    ClientIp,
    Method,
    Path,
    Host,
    Scheme,
    Proto,
    Query(Option<String>),
    RequestHeader(String),
    ResponseHeader(String),
    /// A claim of the bearer token, as the client sent it: nobody has verified it unless the endpoint has a validator.
    Claim(String),
    Trace,
    Unknown,
}

/// A request or a call, as far as lines say anything of it.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The client's address; empty where there is none.
    pub client_ip: &'a str,
    /// The method.
    pub method: &'a str,
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The host.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The header lines.
    pub headers: &'a Headers,
}

/// How it ended.
#[derive(Debug, Clone, Copy)]
pub struct Got<'a> {
    /// The status; none without an answer.
    pub status: Option<u16>,
    /// The header lines of the answer.
    pub headers: Option<&'a Headers>,
    /// How many milliseconds it took.
    pub ms: f64,
    /// When it ended, in milliseconds since 1970.
    pub now: f64,
    /// The trace that it belongs to.
    pub trace: Option<u128>,
}

/// The values of a pattern that are known before the answer.
#[derive(Debug)]
pub struct Begun(Vec<Option<String>>);

/// The layout of `%{time}`.
const TIME: &str = "2006/01/02 - 15:04:05.000";

/// Go's names for layouts: `%{time:rfc3339}`.
const LAYOUTS: [(&str, &str); 14] = [
    ("ansic", "Mon Jan _2 15:04:05 2006"),
    ("unixdate", "Mon Jan _2 15:04:05 MST 2006"),
    ("rubydate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("rfc822", "02 Jan 06 15:04 MST"),
    ("rfc822z", "02 Jan 06 15:04 -0700"),
    ("rfc850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("rfc1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("rfc1123z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("rfc3339", "2006-01-02T15:04:05Z07:00"),
    ("rfc3339nano", "2006-01-02T15:04:05.999999999Z07:00"),
    ("kitchen", "3:04PM"),
    ("datetime", "2006-01-02 15:04:05"),
    ("dateonly", "2006-01-02"),
    ("timeonly", "15:04:05"),
];

// === impl Template ===

impl Template {
    /// Reads a pattern; every text is one. `%{prefix}` is `prefix`.
    pub fn parse(pattern: &str, prefix: &str, no_value: &str) -> Self {
        // The log ends each line by itself. The default has its line break as JSON writes it.
        let mut rest = pattern.trim_end_matches(['\n', '\r']).trim_end_matches("\\n");
        let (mut pieces, mut text) = (Vec::new(), String::new());
        while let Some((before, after)) = rest.split_once("%{") {
            let Some((variable, behind)) = after.split_once('}') else { break };
            text.push_str(before);
            rest = behind;
            if variable == "prefix" {
                text.push_str(prefix);
                continue;
            }
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(match layout(variable) {
                Some(layout) => Piece::Time(Layout::parse(layout)),
                None => Piece::Value(name(variable)),
            });
        }
        text.push_str(rest);
        pieces.push(Piece::Text(one_line(&text)));
        Self { pieces, no_value: no_value.to_owned() }
    }

    /// The variables of a pattern that nothing is known of.
    pub fn unknown(pattern: &str) -> Vec<&str> {
        let variables = pattern.split("%{").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        let is_unknown = |variable: &&str| {
            *variable != "prefix" && layout(variable).is_none() && name(variable) == Name::Unknown
        };
        variables.filter(is_unknown).collect()
    }

    /// The header lines of a request that it shows.
    pub fn request_headers(&self) -> Vec<String> {
        let of = |name: &Name| match name {
            Name::RequestHeader(header) => Some(header.clone()),
            Name::Claim(_) => Some("Authorization".to_owned()),
            _ => None,
        };
        self.names().filter_map(of).collect()
    }

    /// Whether it shows header lines of an answer.
    pub fn shows_answer(&self) -> bool {
        self.names().any(|name| matches!(name, Name::ResponseHeader(_)))
    }

    fn names(&self) -> impl Iterator<Item = &Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name),
            Piece::Text(_) | Piece::Time(_) => None,
        })
    }

    /// What it says of a request.
    pub fn begin(&self, sent: Sent<'_>) -> Begun {
        Begun(self.names().map(|name| sent.value(name)).collect())
    }

    /// The line of a request that has ended.
    pub fn line(&self, begun: &Begun, got: Got<'_>) -> String {
        let mut values = begun.0.iter();
        let mut line = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => line.push_str(text),
                Piece::Time(layout) => layout.write(got.now, &mut line),
                Piece::Value(name) => {
                    let known = values.next().cloned().flatten();
                    let value = known.or_else(|| got.value(name)).filter(|value| !value.is_empty());
                    line.push_str(&value.map_or_else(|| self.no_value.clone(), |value| one_line(&value)));
                }
            }
        }
        line
    }
}

// === impl Sent ===

impl Sent<'_> {
    fn value(&self, name: &Name) -> Option<String> {
        let (path, query) = self.target.split_once('?').unwrap_or((self.target, ""));
        Some(match name {
            Name::ClientIp => self.client_ip.to_owned(),
            Name::Method => self.method.to_owned(),
            Name::Path => path.to_owned(),
            Name::Host => self.host.to_owned(),
            Name::Scheme => self.scheme.to_owned(),
            // The platform doesn't tell the version.
            Name::Proto => "HTTP/1.1".to_owned(),
            Name::Query(None) => query.to_owned(),
            Name::Query(Some(wanted)) => {
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(name, _)| name == wanted)?.1.to_owned()
            }
            Name::RequestHeader(header) => self.headers.get(header)?.to_owned(),
            Name::Claim(claim) => claim_of(self.headers.get("Authorization")?, claim)?,
            _ => return None,
        })
    }
}

// === impl Got ===

impl Got<'_> {
    fn value(&self, name: &Name) -> Option<String> {
        Some(match name {
            Name::Status => self.status?.to_string(),
            Name::LatencyMs => format!("{:.3}", self.ms.max(0.0)),
            Name::Latency => format!("{:.3}", self.ms.max(0.0) / 1000.0),
            Name::ResponseHeader(header) => self.headers?.get(header)?.to_owned(),
            Name::Trace => format!("{:032x}", self.trace?),
            _ => return None,
        })
    }
}

fn layout(variable: &str) -> Option<&str> {
    let layout = variable.strip_prefix("time")?;
    if layout.is_empty() {
        return Some(TIME);
    }
    let layout = layout.strip_prefix(':')?;
    let named = LAYOUTS.iter().find(|(name, _)| layout.eq_ignore_ascii_case(name));
    Some(named.map_or(layout, |(_, layout)| layout))
}

fn name(variable: &str) -> Name {
    let (kind, of) =
        variable.split_once('.').map_or((variable, None), |(kind, of)| (kind, Some(of.to_owned())));
    match (kind, of) {
        ("statusCode", None) => Name::Status,
        ("latencyMs", None) => Name::LatencyMs,
        ("latency", None) => Name::Latency,
        ("clientIP", None) => Name::ClientIp,
        ("method", None) => Name::Method,
        ("path", None) => Name::Path,
        ("host", None) => Name::Host,
        ("scheme", None) => Name::Scheme,
        ("proto", None) => Name::Proto,
        ("trace_id", None) => Name::Trace,
        ("query", of) => Name::Query(of),
        ("header" | "reqHeader", Some(header)) => Name::RequestHeader(header),
        ("respHeader", Some(header)) => Name::ResponseHeader(header),
        ("jwt", Some(claim)) => Name::Claim(claim),
        _ => Name::Unknown,
    }
}

/// A claim of a bearer token, strings without quotes.
fn claim_of(authorization: &str, claim: &str) -> Option<String> {
    let token = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))?.1;
    let payload = base64url::decode(token.split('.').nth(1)?)?;
    let claims = Value::parse(payload.as_slice()).ok()?;
    match claims.get(claim)? {
        Value::String(text) => Some(text.clone()),
        other => Some(String::from_utf8_lossy(&other.to_json()).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"sub": "ann", "admin": true}`, signed by nobody.
    const TOKEN: &str = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJhZG1pbiI6dHJ1ZX0.";

    fn line(pattern: &str) -> String {
        let headers = Headers::from_iter([("Authorization", TOKEN), ("X-A", "a\tb")]);
        let answer = Headers::from_iter([("Etag", "e")]);
        let sent = Sent {
            client_ip: "10.1.2.3",
            method: "GET",
            scheme: "https",
            host: "shop",
            target: "/a?bar=1&c=2",
            headers: &headers,
        };
        let template = Template::parse(pattern, "[GW]", "-");
        let got = Got {
            status: Some(200),
            headers: Some(&answer),
            ms: 12.0,
            now: 1_700_000_000_045.0,
            trace: Some(0xab),
        };
        template.line(&template.begin(sent), got)
    }

    #[test]
    fn lines_say_what_their_pattern_names() {
        for (pattern, expected) in [
            (
                "%{prefix} %{time} [AccessLog] |%{statusCode}| %{latencyMs} | %{clientIP} | %{method} %{path}\n",
                "[GW] 2023/11/14 - 22:13:20.045 [AccessLog] |200| 12.000 | 10.1.2.3 | GET /a",
            ),
            ("%{scheme}://%{host}%{path}?%{query} %{query.bar} %{query.x}", "https://shop/a?bar=1&c=2 1 -"),
            (
                "%{latency} %{proto} %{time:rfc3339} %{time:15:04}",
                "0.012 HTTP/1.1 2023-11-14T22:13:20Z 22:13",
            ),
            ("%{jwt.sub} %{jwt.admin} %{jwt.none}", "ann true -"),
            ("%{header.x-a} %{reqHeader.X-B} %{respHeader.ETag}", "a\\tb - e"),
            ("%{nope} 100% %{open", "- 100% %{open"),
            ("%{trace_id}", "000000000000000000000000000000ab"),
            ("", ""),
        ] {
            assert_eq!(line(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn variables_that_are_none_are_told() {
        assert_eq!(Template::unknown("%{prefix}%{time:x}%{nope}%{path}%{resp.a}"), ["nope", "resp.a"]);
    }
}
