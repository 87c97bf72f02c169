//! Unicode's general categories, scripts and simple case folding, as Go's `unicode` package names them.
//!
//! `unicode.bin` holds, for each name: its length (1 byte), the name, the length of its ranges (2 bytes, low byte
//! first), the ranges: gap to the end of the range before, length less one, each 7 bits a byte, low bits first, high
//! bit set if more follow. That is a twentieth of the tables as Rust arrays. A test checks and rewrites it.

use std::sync::OnceLock;

/// Inclusive ranges of characters.
pub type Ranges = Vec<(u32, u32)>;

static TABLES: &[u8] = include_bytes!("unicode.bin");

/// The first and the last character that differs from another in case only.
const CASED: (u32, u32) = (0x41, 0x1e943);

/// The long names of categories; scripts have one name only.
const ALIASES: [(&str, &str); 42] = [
    ("casedletter", "lc"),
    ("closepunctuation", "pe"),
    ("cntrl", "cc"),
    ("combiningmark", "m"),
    ("connectorpunctuation", "pc"),
    ("control", "cc"),
    ("currencysymbol", "sc"),
    ("dashpunctuation", "pd"),
    ("decimalnumber", "nd"),
    ("digit", "nd"),
    ("enclosingmark", "me"),
    ("finalpunctuation", "pf"),
    ("format", "cf"),
    ("initialpunctuation", "pi"),
    ("letter", "l"),
    ("letternumber", "nl"),
    ("lineseparator", "zl"),
    ("lowercaseletter", "ll"),
    ("mark", "m"),
    ("mathsymbol", "sm"),
    ("modifierletter", "lm"),
    ("modifiersymbol", "sk"),
    ("nonspacingmark", "mn"),
    ("number", "n"),
    ("openpunctuation", "ps"),
    ("other", "c"),
    ("otherletter", "lo"),
    ("othernumber", "no"),
    ("otherpunctuation", "po"),
    ("othersymbol", "so"),
    ("paragraphseparator", "zp"),
    ("privateuse", "co"),
    ("punct", "p"),
    ("punctuation", "p"),
    ("separator", "z"),
    ("spaceseparator", "zs"),
    ("spacingmark", "mc"),
    ("surrogate", "cs"),
    ("symbol", "s"),
    ("titlecaseletter", "lt"),
    ("unassigned", "cn"),
    ("uppercaseletter", "lu"),
];

/// The characters of a category (`L`, `Lu`, `Letter`) or a script (`Greek`), or all but these (the flag);
/// `None` for any other name. As since Go 1.25, case, spaces, hyphens and underscores of names don't count.
pub fn property(name: &str) -> Option<(Ranges, bool)> {
    let name = plain(name.as_bytes());
    let name = ALIASES.iter().find(|alias| alias.0 == name).map_or(&*name, |alias| alias.1);
    match name {
        "any" => return Some((vec![(0, 0x10ffff)], false)),
        "ascii" => return Some((vec![(0, 0x7f)], false)),
        _ => {}
    }
    let mut ranges = Ranges::new();
    let mut known = false;
    for (entry, table) in Entries(TABLES) {
        let entry = plain(entry);
        let is_category = entry.len() == 2;
        let wanted = match name {
            "assigned" | "cn" => is_category,
            // Unassigned characters are of the category C: it is what no other holds.
            "c" => is_category && !entry.starts_with('c'),
            "lc" => matches!(&*entry, "ll" | "lt" | "lu"),
            _ => entry == name || is_category && name.len() == 1 && entry.starts_with(name),
        };
        if wanted {
            known = true;
            decode(table, &mut ranges);
        }
    }
    known.then_some((ranges, matches!(name, "cn" | "c")))
}

fn plain(name: &[u8]) -> String {
    let letters = name.iter().filter(|c| !matches!(c, b'_' | b'-' | b' '));
    letters.map(|c| char::from(c.to_ascii_lowercase())).collect()
}

/// Adds to `ranges` what equals one of its characters but for case.
pub fn fold(ranges: &mut Ranges) {
    let mut more = Ranges::new();
    for &(low, high) in &*ranges {
        if low <= CASED.0 && high >= CASED.1 {
            // Everything that has cases is there.
            continue;
        }
        let ascii = low.max(u32::from('A'))..=high.min(u32::from('z'));
        more.extend(ascii.filter_map(char::from_u32).flat_map(fold_ascii).map(|c| (c, c)));
        let (low, high) = (low.max(0x80), high.min(CASED.1));
        if low <= high {
            let pairs = fold_pairs();
            let from = pairs.partition_point(|pair| pair.0 < low);
            let to = pairs.partition_point(|pair| pair.0 <= high);
            more.extend(pairs[from..to].iter().map(|&(_, c)| (c, c)));
        }
    }
    ranges.extend(more);
}

/// What equals an ASCII letter but for case: almost always all a pattern needs, without the table.
fn fold_ascii(c: char) -> impl Iterator<Item = u32> {
    let other = c.is_ascii_alphabetic().then_some(u32::from(c) ^ 32);
    let third = match c.to_ascii_lowercase() {
        'k' => Some(0x212a),
        's' => Some(0x17f),
        _ => None,
    };
    other.into_iter().chain(third)
}

/// Every character and each one that equals it but for case, sorted.
fn fold_pairs() -> &'static [(u32, u32)] {
    static PAIRS: OnceLock<Vec<(u32, u32)>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let cased = (CASED.0..=CASED.1).filter_map(char::from_u32);
        let mut classes: Vec<(char, char)> = cased.map(|c| (representative(c), c)).collect();
        classes.sort_unstable();
        let classes = classes.chunk_by(|a, b| a.0 == b.0).filter(|class| class.len() > 1);
        let mut pairs: Vec<_> = classes
            .flat_map(|class| class.iter().flat_map(move |a| class.iter().map(move |b| (a.1, b.1))))
            .filter(|(a, b)| a != b)
            .map(|(a, b)| (u32::from(a), u32::from(b)))
            .collect();
        pairs.sort_unstable();
        pairs
    })
}

/// The same character for all that differ in case only.
fn representative(c: char) -> char {
    // The dotless i is alone in Go's folding, although its capital is I.
    if c == 'ı' {
        return c;
    }
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

/// A mapping to one character; those to several are not simple and don't fold.
fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

/// The names and tables of a file like `unicode.bin`.
pub(super) struct Entries<'a>(pub &'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&length, rest) = self.0.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(length))?;
        let (size, rest) = rest.split_first_chunk::<2>()?;
        let (table, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*size)))?;
        self.0 = rest;
        Some((name, table))
    }
}

fn decode(mut table: &[u8], ranges: &mut Ranges) {
    let mut next = 0;
    while !table.is_empty() {
        let low = next + varint(&mut table);
        let high = low + varint(&mut table);
        ranges.push((low, high));
        next = high + 1;
    }
}

fn varint(bytes: &mut &[u8]) -> u32 {
    let mut value = 0;
    let mut shift = 0;
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    value
}
