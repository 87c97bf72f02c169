//! Goes over a value without a look at what is in it, for texts that were checked before.
//!
//! Small on purpose: at a start V8 has only its quick compiler's code for this, and compiles a function a second time once so
//! many bytes of its code have run. The scanner that validates reaches that within 30 KB of text, and costs 4 ms of CPU then.

use super::mask::{Marks, marks};
use super::string::far;
use super::{byte, solid, window};

/// The position after the value that starts at `i`. `None` if it has no end.
#[inline(never)]
pub fn skip(text: &[u8], i: usize) -> Option<usize> {
    match byte(text, i)? {
        b'{' | b'[' => container(text, i),
        b'"' => string(text, i + 1),
        _ => {
            let ends = |byte: &u8| matches!(byte, 0..=b' ' | b',' | b':' | b']' | b'}');
            let len = text.get(i..)?.iter().position(ends)?;
            (len > 0).then_some(i + len)
        }
    }
}

/// The text of the key at `i`, and where its value starts. `None` also if it has escapes: nobody writes keys so.
#[inline(never)]
pub fn name(text: &[u8], i: usize) -> Option<(&[u8], usize)> {
    if byte(text, i)? != b'"' {
        return None;
    }
    let end = far(text, i + 1)?;
    let colon = solid(text, end + 1)?;
    let is_key = byte(text, end)? == b'"' && byte(text, colon)? == b':';
    is_key.then_some((text.get(i + 1..end)?, solid(text, colon + 1)?))
}

fn string(text: &[u8], mut i: usize) -> Option<usize> {
    loop {
        let at = far(text, i)?;
        match byte(text, at)? {
            b'"' => return Some(at + 1),
            b'\\' => i = at + 2,
            _ => return None,
        }
    }
}

fn container(text: &[u8], mut i: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut inside = false;
    loop {
        let Marks { quotes, escapes, opens, closes } = marks(window(text, i)?);
        // An escape ends the block: what it escapes isn't a mark.
        let len = escapes.trailing_zeros().min(16);
        let block = (1 << len) - 1;
        let mut strings = quotes & block;
        for shift in [1, 2, 4, 8] {
            // In the end each bit tells whether an odd number of quotes precedes it.
            strings ^= strings << shift;
        }
        if inside {
            strings = !strings;
        }
        let mut brackets = (opens | closes) & !strings & block;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            if opens >> at & 1 == 1 {
                depth += 1;
            } else {
                depth -= 1;
                if depth == 0 {
                    return Some(i + at as usize + 1);
                }
            }
            brackets &= brackets - 1;
        }
        inside ^= (quotes & block).count_ones() % 2 == 1;
        i += len as usize;
        if len < 16 {
            if !inside {
                return None;
            }
            i += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Body;
    use crate::scan::value;

    fn both(text: &str) -> (Option<usize>, Option<usize>) {
        let body = Body::from(text.as_bytes());
        (skip(body.padded(), 0), value(body.padded(), 0, 0))
    }

    #[test]
    fn ends_where_the_value_ends() {
        let long =
            format!(r#"[{{"{}\\\"]": "}}{}"}}, [], 1.5e3, null] "#, "a".repeat(11), "\\u0041".repeat(9));
        for text in ["{}", "[]]", "\"\"", r#""\"" "#, "17,", "true}", "{\"a\":[1,{}]},", &long] {
            let (skipped, end) = both(text);
            assert_eq!(skipped, end, "{text}");
            assert!(end.is_some(), "{text}");
        }
    }

    #[test]
    fn what_has_no_end_has_none() {
        let deep = "[".repeat(100_000);
        for text in ["", ",", "[", "{\"", "\"", "\"\\", "[\"\\\"]", "[\\]", "\"\n\"", &deep] {
            assert_eq!(both(text).0, None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_where_the_text_is_valid(text in "(\"(a|\\\\\"|\\\\\\\\|\\{|\\]){0,9}\"|[\\[\\]{}:, 1]){0,40}") {
            let (skipped, end) = both(&text);
            // A number or a word continues up to a mark.
            if let Some(at) = end && !text[at..].starts_with(['"', '{', '[', '1']) {
                prop_assert_eq!(skipped, end, "{}", text);
            }
        }
    }
}
