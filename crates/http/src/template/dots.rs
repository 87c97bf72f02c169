//! Finds the dot segments of a path, which `fetch` resolves: they would take a call out of the place that its
//! `url_pattern` gives it.

use std::ops::Range;

/// The dot segments of the part of `path` before its query, as a URL parser sees them, a server that decodes the path
/// first (even twice), or one that cuts parameters off: `%2e` and `%252e` are dots, `\`, `%5c` and `%2f` are slashes, and
/// `..;x` is `..`, as Java's servers have it.
pub fn dot_segments(path: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = &path.as_bytes()[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at <= bytes.len() {
            let start = at;
            let (mut dots, mut others, mut parameters) = (0, false, false);
            loop {
                let (byte, len) = match bytes.get(at) {
                    None => (b'/', 1),
                    Some(b'%') => encoded(&bytes[at..]),
                    Some(byte) => (*byte, 1),
                };
                let end = at;
                at += len;
                match byte {
                    b'/' | b'\\' if matches!(dots, 1 | 2) && !others => return Some(start..end),
                    b'/' | b'\\' => break,
                    b';' => parameters = true,
                    _ if parameters => {}
                    b'.' => dots += 1,
                    _ => others = true,
                }
            }
        }
        None
    })
}

/// The byte that an escape means in the end, however often its `%` is escaped itself, and the length of the escape.
fn encoded(bytes: &[u8]) -> (u8, usize) {
    let mut digits = 1;
    while bytes[digits..].starts_with(b"25") {
        digits += 2;
    }
    let byte = match &bytes[digits..] {
        [b'2', b'e' | b'E', ..] => b'.',
        [b'2', b'f' | b'F', ..] => b'/',
        [b'5', b'c' | b'C', ..] => b'\\',
        [b'3', b'b' | b'B', ..] => b';',
        _ => return (b'%', 1),
    };
    (byte, digits + 2)
}
