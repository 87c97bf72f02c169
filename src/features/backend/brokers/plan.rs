//! The plan of a broker: JSON, as the module of `origins/` takes it. Its README has the form.

use std::rc::Rc;

use fjord_json::Value;

use super::address::{Address, host_and_port};

/// A JSON object.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A list of texts.
pub fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Value {
    Value::Array(texts.into_iter().map(Value::from).collect())
}

/// A value, or null.
pub fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// The plan of a broker at these hosts. `name` is for errors, and has no credentials.
pub fn plan(
    name: String,
    hosts: &[(String, u16)],
    by_platform: bool,
    profile: Option<Value>,
    protocol: (&str, Value),
) -> Rc<str> {
    let host = |(name, port): &(String, u16)| {
        Value::Array(vec![name.as_str().into(), Value::number(i64::from(*port))])
    };
    let mut broker = vec![
        ("name", name.into()),
        ("hosts", Value::Array(hosts.iter().map(host).collect())),
        ("protocol", object([protocol])),
    ];
    if by_platform {
        broker.push(("tls", "platform".into()));
    }
    let broker = broker.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut members = vec![("broker".to_owned(), Value::Object(broker))];
    members.extend(profile.map(|profile| ("tls".to_owned(), profile)));
    String::from_utf8_lossy(&Value::Object(members.into_iter().collect()).to_json()).into()
}

/// What an AMQP address says: the plan's hosts, whether the platform speaks TLS, who logs in, and the address for errors.
pub struct AmqpAddress {
    /// Host and port.
    pub host: (String, u16),
    /// `amqps://`.
    pub with_tls: bool,
    /// User, password, virtual host.
    pub login: Value,
    /// Without user and password.
    pub shown: String,
}

/// Reads an AMQP address by the rules of KrakenD's client: the user is guest unless it has another, the virtual host `/`.
///
/// # Errors
/// If it isn't one.
pub fn amqp(url: &str) -> Result<AmqpAddress, String> {
    let Address { scheme, user, password, host, port, path, .. } = Address::parse(url)?;
    let (with_tls, usual) = match &*scheme {
        "amqp" => (false, 5672),
        "amqps" => (true, 5671),
        other => return Err(format!("expected amqp:// or amqps://, found {other}://")),
    };
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    let port = port.unwrap_or(usual);
    let vhost = path.strip_prefix('/').filter(|vhost| !vhost.is_empty()).unwrap_or("/");
    let login = object([
        ("user", user.as_deref().unwrap_or("guest").into()),
        ("password", password.as_deref().unwrap_or("guest").into()),
        ("vhost", vhost.into()),
    ]);
    Ok(AmqpAddress { shown: format!("{scheme}://{host}:{port}"), host: (host, port), with_tls, login })
}

/// Hosts and ports from a list with commas.
///
/// # Errors
/// If one isn't a host and a port, or there is none.
pub fn hosts(list: &str, usual: u16) -> Result<Vec<(String, u16)>, String> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let read = |name| {
        let (host, port) = host_and_port(name)?;
        if host.is_empty() {
            return Err(format!("{name:?} isn't a host and a port"));
        }
        Ok((host.to_owned(), port.unwrap_or(usual)))
    };
    let hosts: Vec<_> = names.map(read).collect::<Result<_, String>>()?;
    if hosts.is_empty() { Err("no host is listed".to_owned()) } else { Ok(hosts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_amqp_have_krakends_defaults() {
        for (url, host, login) in [
            ("amqp://mq", ("mq", 5672, false), ("guest", "guest", "/")),
            ("amqps://a:b@mq:1/", ("mq", 1, true), ("a", "b", "/")),
            ("amqps://a@mq/shop", ("mq", 5671, true), ("a", "guest", "shop")),
            ("amqp://%2Fme:%40@mq/%2F", ("mq", 5672, false), ("/me", "@", "/")),
            ("amqp:///x", ("localhost", 5672, false), ("guest", "guest", "x")),
        ] {
            let address = amqp(url).unwrap();
            assert_eq!((&*address.host.0, address.host.1, address.with_tls), host, "{url}");
            let (user, password, vhost) = login;
            let expected =
                object([("user", user.into()), ("password", password.into()), ("vhost", vhost.into())]);
            assert_eq!(address.login, expected, "{url}");
            assert!(!address.shown.contains('@'));
        }
        let fault = amqp("http://mq").err();
        assert_eq!(fault.as_deref(), Some("expected amqp:// or amqps://, found http://"));
    }

    #[test]
    fn lists_of_hosts_are_read() {
        let read = hosts("k1:9093, k2,,[::1]:7", 9092).unwrap();
        let read: Vec<_> = read.iter().map(|(host, port)| (&**host, *port)).collect();
        assert_eq!(read, [("k1", 9093), ("k2", 9092), ("::1", 7)]);
        assert!(hosts("", 1).is_err() && hosts(":1", 1).is_err() && hosts("a:b", 1).is_err());
    }
}
