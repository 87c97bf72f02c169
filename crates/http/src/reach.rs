//! Tells names that only machines nearby reach from public ones.

use std::net::IpAddr;

/// Whether a host name or address is private: nothing at the edge reaches it.
pub fn is_private(name: &str) -> bool {
    match name.parse().map(|ip: IpAddr| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()
        }
        Ok(IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified()
        }
        Err(_) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            let is_bare = !name.contains('.');
            let ends = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".svc", ".test"];
            is_bare || ends.iter().any(|end| name.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn private_and_public_names() {
        for name in [
            "localhost",
            "backend",
            "10.1.2.3",
            "127.0.0.1",
            "0.0.0.0",
            "169.254.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "a.Internal",
            "a.local.",
        ] {
            assert!(is_private(name), "{name}");
        }
        for name in
            ["api.example.com", "8.8.8.8", "172.32.0.1", "2606:4700::1", "internal.example.com", "a.b."]
        {
            assert!(!is_private(name), "{name}");
        }
    }
}
