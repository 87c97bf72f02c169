//! The line of each request: `[GIN] 2006/01/02 - 15:04:05 | 200 |  12ms |  127.0.0.1 | GET  "/path"`.

use fjord_http::escape;

use super::clock::Layout;

/// Which requests get a line.
#[derive(Debug)]
pub struct AccessLog {
    layout: Layout,
    /// Paths without one (`router.logger_skip_paths`).
    skipped: Vec<String>,
}

/// What a line says of a request, kept until its answer is there.
#[derive(Debug)]
pub struct Entry {
    began: f64,
    client_ip: String,
    method: String,
    target: String,
}

// === impl AccessLog ===

impl AccessLog {
    /// A log of all paths but these.
    pub fn new(skipped: Vec<String>) -> AccessLog {
        AccessLog { layout: Layout::parse("2006/01/02 - 15:04:05"), skipped }
    }

    /// Begins a line; none for a path that is skipped.
    pub fn begin(&self, client_ip: &str, method: &str, target: &str, now: f64) -> Option<Entry> {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let path = escape::unescape(path).unwrap_or_default();
        let is_skipped = self.skipped.iter().any(|skipped| *skipped == path);
        (!is_skipped).then(|| Entry {
            began: now,
            client_ip: client_ip.to_owned(),
            method: method.to_owned(),
            target: target.to_owned(),
        })
    }

    /// The line of an answered request.
    pub fn line(&self, entry: &Entry, status: u16, now: f64) -> String {
        let Entry { began, client_ip, method, target } = entry;
        let mut line = "[GIN] ".to_owned();
        self.layout.write(now, &mut line);
        let latency = latency(now - began);
        line.push_str(&format!(" | {status:3} | {latency:>13} | {client_ip:>15} | {method:<7}  "));
        line.push_str(&escape::quote(target.as_bytes()));
        line
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
}
