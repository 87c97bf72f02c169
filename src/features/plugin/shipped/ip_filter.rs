//! `ip-filter`: lets clients in, or keeps them out, by their addresses.

use std::net::IpAddr;

use fjord_http::TrustedProxies;

use crate::options::check::{Findings, Spot};
use crate::options::{Options, Refusal};

/// Networks, and whether their clients are let in or kept out.
#[derive(Debug)]
pub(in crate::features::plugin) struct IpFilter {
    networks: TrustedProxies,
    allow: bool,
}

// === impl IpFilter ===

impl IpFilter {
    /// Reads the options.
    ///
    /// # Errors
    /// If there are no networks, or one isn't a network.
    pub fn compile(options: &Options<'_>) -> Result<Self, Refusal> {
        let texts = options.strings("CIDR")?;
        if texts.is_empty() {
            return Err(Refusal::new("ip-filter: there are no networks"));
        }
        match TrustedProxies::parse(texts) {
            (networks, None) => Ok(Self { networks, allow: options.bool("allow")? }),
            (_, Some(bad)) => Err(Refusal(format!("ip-filter: \"{bad}\" isn't a network"))),
        }
    }

    /// Whether a client with this address is let in. What isn't an address is kept out.
    pub fn lets_in(&self, address: &str) -> bool {
        address.parse::<IpAddr>().is_ok_and(|address| self.networks.contains(address) == self.allow)
    }

    /// Says which networks aren't any.
    pub fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
        let Some(networks) = spot.get("CIDR") else { return };
        if networks.items().len() == 0 {
            findings.add(networks.error("idle-guard", "without networks nobody is told apart"));
        }
        for network in networks.items() {
            if let Some(text) = network.str()
                && TrustedProxies::parse([text]).1.is_some()
            {
                let message = format!("\"{text}\" isn't a network: write 10.0.0.0/8 or an address");
                findings.add(network.error("bad-name", message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_however_they_are_written() {
        let (networks, bad) = TrustedProxies::parse(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]);
        assert_eq!(bad, None);
        let mut filter = IpFilter { networks, allow: true };
        for (address, is_listed) in [
            ("10.255.0.1", true),
            ("::ffff:10.1.2.3", true),
            ("2001:DB8:0:0::1", true),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("11.0.0.1", false),
            ("::1", false),
        ] {
            assert_eq!(filter.lets_in(address), is_listed, "{address}");
            filter.allow = false;
            assert_eq!(filter.lets_in(address), !is_listed, "{address}");
            filter.allow = true;
        }
        // Neither way lets in what isn't an address.
        for address in ["", "10.0.0.1, 11.0.0.1", "010.0.0.1", "10.0.0.1:80", "localhost"] {
            assert!(!filter.lets_in(address), "{address}");
            filter.allow = false;
            assert!(!filter.lets_in(address), "{address}");
            filter.allow = true;
        }
    }
}
