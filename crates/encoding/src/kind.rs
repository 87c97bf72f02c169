//! Which encodings the configuration's names mean (spec §2.5, §14).

/// How the body of a backend is read: the option `encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// A JSON object, or an array with `is_collection`.
    Json,
    /// Any JSON: what isn't an object is wrapped.
    SafeJson,
    /// XML.
    Xml,
    /// RSS, Atom or JSON Feed.
    Rss,
    /// Any text, as `content`.
    Text,
    /// YAML (of the Enterprise edition).
    Yaml,
    /// Not read: status, headers and the stream of the body go through.
    NoOp,
    /// `no-op` in other case: nothing is decoded, and nothing goes through either.
    Nothing,
}

/// How an answer is written: the option `output_encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The object as JSON.
    Json,
    /// The member `collection` as a JSON array.
    JsonCollection,
    /// The member `content` as text.
    Text,
    /// The backend's own answer.
    NoOp,
    /// The object as XML.
    Xml,
    /// The object as YAML.
    Yaml,
    /// JSON, XML or YAML, as the client's `Accept` says.
    Negotiate,
}

// === impl Encoding ===

impl Encoding {
    /// The encoding `name`; case does not count, and what is unknown or empty is JSON.
    pub fn parse(name: &str) -> Encoding {
        match name.to_lowercase().as_str() {
            "safejson" => Encoding::SafeJson,
            "xml" => Encoding::Xml,
            "rss" => Encoding::Rss,
            "string" => Encoding::Text,
            "yaml" => Encoding::Yaml,
            "no-op" if name == "no-op" => Encoding::NoOp,
            "no-op" => Encoding::Nothing,
            _ => Encoding::Json,
        }
    }
}

// === impl Output ===

impl Output {
    /// The output encoding `name`. One that is unknown means the output named like the encoding of the only backend
    /// (`backend`, none with several), else JSON. Case counts.
    pub fn parse(name: &str, backend: Option<&str>) -> Output {
        Output::named(name).or_else(|| Output::named(backend?)).unwrap_or(Output::Json)
    }

    fn named(name: &str) -> Option<Output> {
        Some(match name {
            "json" => Output::Json,
            "json-collection" => Output::JsonCollection,
            "string" => Output::Text,
            "no-op" => Output::NoOp,
            "xml" => Output::Xml,
            "yaml" => Output::Yaml,
            "negotiate" => Output::Negotiate,
            _ => return None,
        })
    }

    /// The `Content-Type` of an answer; none where the backend's or the negotiated one counts.
    pub fn content_type(self) -> Option<&'static str> {
        match self {
            Output::Json | Output::JsonCollection => Some("application/json; charset=utf-8"),
            Output::Text => Some("text/plain; charset=utf-8"),
            Output::Xml => Some("application/xml"),
            Output::Yaml => Some("application/x-yaml; charset=utf-8"),
            Output::NoOp | Output::Negotiate => None,
        }
    }
}

/// What `negotiate` answers in: JSON, XML or YAML. `accept` is the first `Accept` line. Items count in their order, `q` does
/// not; an item matches what it is a prefix of, up to a `*`. Plain text is answered as YAML, as in KrakenD.
pub fn negotiate(accept: Option<&str>) -> Output {
    const OFFERS: [(&str, Output); 4] = [
        ("application/json", Output::Json),
        ("text/plain", Output::Yaml),
        ("application/xml", Output::Xml),
        ("application/x-yaml", Output::Yaml),
    ];
    let items = accept.unwrap_or_default().split(',').map(|item| match item.find(';') {
        Some(end) if end > 0 => item[..end].trim(),
        _ => item.trim(),
    });
    items
        .filter(|item| !item.is_empty())
        .find_map(|item| OFFERS.iter().find(|(offer, _)| accepts(item, offer)))
        .map_or(Output::Json, |&(_, output)| output)
}

fn accepts(item: &str, offer: &str) -> bool {
    for (i, byte) in item.bytes().enumerate() {
        match offer.as_bytes().get(i) {
            Some(_) if byte == b'*' => return true,
            Some(&offered) if byte == offered => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        for (name, encoding) in [
            ("", Encoding::Json),
            ("json", Encoding::Json),
            ("JSON", Encoding::Json),
            ("fast-json", Encoding::Json),
            ("bogus", Encoding::Json),
            ("SafeJson", Encoding::SafeJson),
            ("XML", Encoding::Xml),
            ("rss", Encoding::Rss),
            ("String", Encoding::Text),
            ("yaml", Encoding::Yaml),
            ("no-op", Encoding::NoOp),
            ("NO-OP", Encoding::Nothing),
        ] {
            assert_eq!(Encoding::parse(name), encoding, "{name}");
        }
    }

    #[test]
    fn outputs() {
        for (name, backend, output) in [
            ("json", Some("xml"), Output::Json),
            ("fast-json", Some("rss"), Output::Json),
            ("fast-json", Some("xml"), Output::Xml),
            ("bogus", Some("string"), Output::Text),
            ("bogus", Some("no-op"), Output::NoOp),
            ("bogus", None, Output::Json),
            ("XML", None, Output::Json),
            ("negotiate", None, Output::Negotiate),
            ("json-collection", None, Output::JsonCollection),
        ] {
            assert_eq!(Output::parse(name, backend), output, "{name} {backend:?}");
        }
    }

    #[test]
    fn negotiation() {
        for (accept, output) in [
            ("", Output::Json),
            ("*/*", Output::Json),
            ("application/*", Output::Json),
            ("text/*", Output::Yaml),
            ("t", Output::Yaml),
            ("text/plain;q=0.1, application/json", Output::Yaml),
            ("TEXT/PLAIN", Output::Json),
            ("text/html", Output::Json),
            ("text/html, application/xml;q=0.1", Output::Xml),
            ("application/xml; charset=utf-8", Output::Xml),
            ("application/x", Output::Xml),
            ("application/x-yaml", Output::Yaml),
            ("application/x-*", Output::Yaml),
            ("application/yaml", Output::Json),
            ("text/xml", Output::Json),
            ("application/json, application/xml", Output::Json),
            (" , application/xml", Output::Xml),
            ("application/xmlx", Output::Json),
        ] {
            assert_eq!(negotiate(Some(accept)), output, "{accept}");
        }
        assert_eq!(negotiate(None), Output::Json);
    }
}
