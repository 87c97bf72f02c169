//! Compares paths without regard to case, one character at a time, as Go's `strings.EqualFold` does.

use std::borrow::Cow;

/// `text` in a form that is equal for texts that differ only in case.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(fold_char).collect())
}

/// The length of the part of `text` that equals `prefix` but for case, if `text` begins with it.
pub fn strip_prefix_len(text: &str, prefix: &str) -> Option<usize> {
    let mut rest = text.chars();
    for expected in prefix.chars() {
        if rest.next().map(fold_char) != Some(fold_char(expected)) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

fn fold_char(c: char) -> char {
    // Through upper case, so that characters with several lower-case forms meet (Kelvin sign, final sigma).
    single(single(c, c.to_uppercase()), single(c, c.to_uppercase()).to_lowercase())
}

fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
