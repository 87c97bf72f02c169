//! Upper and lower case as Go's `unicode` package maps it: one character becomes one character.

/// The upper case of a character. One whose upper case is several characters, as that of `ß`, stays as it is.
pub fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// The lower case of a character.
pub fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_becomes_one() {
        let all = |text: &str, change: fn(char) -> char| text.chars().map(change).collect::<String>();
        assert_eq!(all("straße Σς", upper), "STRAßE ΣΣ");
        // Go doesn't know a sigma at the end of a word.
        assert_eq!(all("ΟΔΟΣ İ", lower), "οδοσ i");
    }
}
