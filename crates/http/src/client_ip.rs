//! Whose request it is: the peer, or the address a trusted proxy says it speaks for (spec §3, gin's `ClientIP`).

use std::borrow::Cow;
use std::net::IpAddr;

use super::headers::Headers;

/// The headers gin reads unless `remote_ip_headers` is set.
pub const DEFAULT_HEADERS: [&str; 2] = ["X-Forwarded-For", "X-Real-Ip"];

/// The networks whose word is taken for the client's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<Network>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

/// The client's address, as text. `None`: the peer's address is unknown or none.
pub fn client_ip<'h>(
    headers: &'h Headers,
    peer: Option<&'h str>,
    trusted: &TrustedProxies,
    header_names: &[impl AsRef<str>],
    forwarded_by_client_ip: bool,
) -> Option<Cow<'h, str>> {
    let peer: IpAddr = peer?.trim().parse().ok()?;
    if forwarded_by_client_ip && trusted.contains(peer) {
        let said = header_names.iter().find_map(|name| from_header(headers.get(name.as_ref())?, trusted));
        if let Some(address) = said {
            return Some(Cow::Borrowed(address));
        }
    }
    Some(Cow::Owned(peer.to_canonical().to_string()))
}

/// The address in a header that a rate limit of strategy `ip` reads first: its first item, up to a `:` (spec §20).
pub fn key_address(value: &str) -> Option<&str> {
    let item = value.split(',').next()?.split(':').next()?.trim();
    item.parse::<IpAddr>().is_ok().then_some(item)
}

/// From the right: the first address that isn't a trusted proxy, or the leftmost. Anything else: nothing.
fn from_header<'h>(value: &'h str, trusted: &TrustedProxies) -> Option<&'h str> {
    let mut items = value.rsplit(',').map(str::trim).peekable();
    while let Some(item) = items.next() {
        let address = item.parse().ok()?;
        if items.peek().is_none() || !trusted.contains(address) {
            return Some(item);
        }
    }
    None
}

// === impl TrustedProxies ===

impl TrustedProxies {
    /// Everybody, which is gin's default: a client then chooses its address itself.
    pub fn all() -> Self {
        let network = |text: &str| Network { address: text.parse().expect("a written address"), bits: 0 };
        Self { networks: vec![network("0.0.0.0"), network("::")] }
    }

    /// Reads addresses and CIDR networks. As in gin, the first bad one, which is returned, ends the list.
    pub fn parse<'t>(entries: impl IntoIterator<Item = &'t str>) -> (Self, Option<&'t str>) {
        let mut networks = Vec::new();
        for entry in entries {
            match Network::parse(entry) {
                Some(network) => networks.push(network),
                None => return (Self { networks }, Some(entry)),
            }
        }
        (Self { networks }, None)
    }

    /// Whether an address is in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(address))
    }
}

// === impl Network ===

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let Some((address, bits)) = text.split_once('/') else {
            let address = text.parse::<IpAddr>().ok()?.to_canonical();
            return Some(Self { address, bits: if address.is_ipv4() { 32 } else { 128 } });
        };
        let written: IpAddr = address.parse().ok()?;
        let bits = bits.bytes().all(|byte| byte.is_ascii_digit()).then(|| bits.parse::<u32>().ok())??;
        let address = written.to_canonical();
        match (written.is_ipv4(), address.is_ipv4()) {
            (true, _) => (bits <= 32).then_some(Self { address, bits }),
            // An IPv4 address written as IPv6: its network is that of its last 32 bits.
            (false, true) => (bits <= 128).then_some(Self { address, bits: bits.saturating_sub(96) }),
            (false, false) => (bits <= 128).then_some(Self { address, bits }),
        }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = u32::from(own) ^ u32::from(other);
                differ.leading_zeros() >= self.bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = u128::from(own) ^ u128::from(other);
                differ.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let everybody = ["0.0.0.0/0", "::/0"];
        let local = ["127.0.0.1", "5.6.7.8"];
        for (trusted, header, peer, expected) in [
            (&everybody[..], "1.2.3.4, 5.6.7.8", "127.0.0.1", Some("1.2.3.4")),
            (&local, "1.2.3.4, 5.6.7.8", "127.0.0.1", Some("1.2.3.4")),
            (&local, "9.9.9.9, 1.2.3.4 ,5.6.7.8", "127.0.0.1", Some("1.2.3.4")),
            (&local, "5.6.7.8", "127.0.0.1", Some("5.6.7.8")),
            (&local, "1.2.3.4", "10.0.0.1", Some("10.0.0.1")),
            (&local, "bad, 5.6.7.8", "127.0.0.1", Some("127.0.0.1")),
            (&local, "bad, 1.2.3.4", "127.0.0.1", Some("1.2.3.4")),
            (&local, "1.2.3.4,", "127.0.0.1", Some("127.0.0.1")),
            (&local, "1.2.3.4:80", "127.0.0.1", Some("127.0.0.1")),
            (&["::1/128"], "2001:db8::1", "::1", Some("2001:db8::1")),
            (&["10.0.0.0/8"], "1.1.1.1", "::ffff:10.2.3.4", Some("1.1.1.1")),
            (&["::ffff:10.0.0.0/104"], "1.1.1.1", "10.2.3.4", Some("1.1.1.1")),
            (&[], "1.1.1.1", "::ffff:10.2.3.4", Some("10.2.3.4")),
            (&everybody, "1.1.1.1", "", None),
        ] {
            let mut headers = Headers::new();
            headers.add("X-Client", header);
            let (trusted, bad) = TrustedProxies::parse(trusted.iter().copied());
            assert_eq!(bad, None);
            let found = client_ip(&headers, Some(peer), &trusted, &["X-None", "x-client"], true);
            assert_eq!(found.as_deref(), expected, "{header} from {peer}");
        }
    }

    #[test]
    fn addresses_of_rate_limits() {
        for (value, expected) in [
            ("1.2.3.4, 5.6.7.8", Some("1.2.3.4")),
            ("1.2.3.4:80", Some("1.2.3.4")),
            ("2001:db8::1", None),
            ("nope,1.2.3.4", None),
            ("", None),
        ] {
            assert_eq!(key_address(value), expected, "{value}");
        }
    }

    #[test]
    fn options() {
        let headers: Headers = [("X-Forwarded-For", "bad"), ("X-Real-IP", "7.7.7.7")].into_iter().collect();
        let all = TrustedProxies::all();
        let ip = |forwarded| client_ip(&headers, Some("::1"), &all, &DEFAULT_HEADERS, forwarded);
        assert_eq!(ip(true).as_deref(), Some("7.7.7.7"));
        assert_eq!(ip(false).as_deref(), Some("::1"));
        assert_eq!(client_ip(&headers, None, &all, &DEFAULT_HEADERS, true), None);
        for bad in ["nope", "1.2.3.4/33", "::/129", "1.2.3/8", "/8", "1.2.3.4/", "1.2.3.4/+8", "01.2.3.4"] {
            let (kept, found) = TrustedProxies::parse(["10.0.0.0/8", bad, "0.0.0.0/0"]);
            assert_eq!(found, Some(bad));
            assert!(kept.contains([10, 1, 1, 1].into()) && !kept.contains([11, 1, 1, 1].into()));
        }
    }
}
