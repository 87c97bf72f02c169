//! Addresses of brokers, as the drivers of KrakenD read them: URLs, and variables of the worker.

use fjord_http::escape::unescape;

/// An address taken apart. Escapes are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Before `://`, lower-cased.
    pub scheme: String,
    /// Before the host.
    pub user: Option<String>,
    /// After the user.
    pub password: Option<String>,
    /// The host; an IPv6 address without brackets.
    pub host: String,
    /// The port, if there is one.
    pub port: Option<u16>,
    /// From the first slash on, or empty.
    pub path: String,
    /// Names and values behind the question mark.
    pub query: Vec<(String, String)>,
}

// === impl Address ===

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// If it isn't one, with the reason.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("the scheme is missing")?;
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (login, place) = authority.rsplit_once('@').map_or((None, authority), |(a, b)| (Some(a), b));
        let read = |text: &str| match unescape(text) {
            Ok(text) => Ok(text.into_owned()),
            Err(_) => Err(format!("{text:?} has an invalid escape")),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            None => (None, None),
            Some((user, _)) if !login.is_some_and(|login| login.contains(':')) => (Some(read(user)?), None),
            Some((user, password)) => (Some(read(user)?), Some(read(password)?)),
        };
        let (host, port) = host_and_port(place)?;
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((read(&name.replace('+', " "))?, read(&value.replace('+', " "))?))
        });
        Ok(Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            password,
            host: host.to_owned(),
            port,
            path: read(path)?,
            query: query.collect::<Result<_, String>>()?,
        })
    }

    /// Host and path as one name, as gocloud's drivers name topics, subjects and queues.
    ///
    /// # Errors
    /// If there is no name.
    pub fn name(&self) -> Result<String, String> {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let whole = format!("{}{port}{}", self.host, self.path);
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let slash = if whole.starts_with('/') { "/" } else { "" };
        let name = format!("{slash}{}", parts.join("/"));
        if parts.is_empty() { Err("the name is missing".to_owned()) } else { Ok(name) }
    }

    /// The values of a parameter.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses parameters other than these, as the drivers do.
    ///
    /// # Errors
    /// If there is another one.
    pub fn only(&self, names: &[&str]) -> Result<(), String> {
        match self.query.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            Some((name, _)) => Err(format!("invalid query parameter {name:?}")),
            None => Ok(()),
        }
    }
}

/// A host with its port, an IPv6 one in brackets.
///
/// # Errors
/// If the port isn't one.
pub fn host_and_port(text: &str) -> Result<(&str, Option<u16>), String> {
    let (host, rest) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        Some("") => None,
        Some(digits) => Some(
            digits
                .parse()
                .map_err(|_| format!("{digits:?} isn't a port: expected a number from 1 to 65535"))?,
        ),
        None => return Err(format!("{text:?} isn't a host and a port")),
    };
    Ok((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let address = Address::parse("amqp://me:p%40ss@mq.example.com:5673/%2Fv?a=1&b=x+y#z").unwrap();
        assert_eq!(address.scheme, "amqp");
        assert_eq!((address.user.as_deref(), address.password.as_deref()), (Some("me"), Some("p@ss")));
        assert_eq!((&*address.host, address.port, &*address.path), ("mq.example.com", Some(5673), "//v"));
        assert_eq!(address.values("b").collect::<Vec<_>>(), ["x y"]);
        assert_eq!(address.only(&["a"]), Err("invalid query parameter \"b\"".to_owned()));
        let token = Address::parse("NATS://s3cret@[::1]").unwrap();
        assert_eq!((&*token.scheme, token.user.as_deref(), token.password), ("nats", Some("s3cret"), None));
        assert_eq!((&*token.host, token.port), ("::1", None));
        for (url, reason) in [
            ("mq:5672", "the scheme is missing"),
            ("amqp://mq:x", "\"x\" isn't a port: expected a number from 1 to 65535"),
            ("amqp://mq/%zz", "\"/%zz\" has an invalid escape"),
        ] {
            assert_eq!(Address::parse(url), Err(reason.to_owned()));
        }
    }

    #[test]
    fn host_and_path_are_a_name() {
        for (url, name) in [
            ("kafka://orders", Ok("orders")),
            ("kafka://orders/new/../old/", Ok("orders/old")),
            ("nats:///orders", Ok("/orders")),
            ("nats://orders.*.new", Ok("orders.*.new")),
            ("rabbit://my%2fqueue", Ok("my%2fqueue")),
            ("rabbit://x:1/a%20b", Ok("x:1/a b")),
            ("kafka://?topic=x", Err("the name is missing")),
        ] {
            let read = Address::parse(url).unwrap().name();
            assert_eq!(read.as_deref().map_err(String::as_str), name, "{url}");
        }
    }
}
