//! Turns text of any charset of the web into UTF-8.
//!
//! `encoding_rs` adds 180 KB to the edge module, most of it tables for Chinese, Japanese and Korean. Tables for the
//! single-byte charsets alone would be 8 KB, but feeds in Shift_JIS, EUC-KR or GBK exist and KrakenD reads them.

use fjord_memory::{Excess, TREE, afford};

/// Decodes `bytes`, declared as `label` (`ISO-8859-1`, `shift_jis`, …); what is invalid becomes U+FFFD. None for an unknown label.
///
/// # Errors
/// If the text takes too much memory: one byte can become three.
pub fn decode(label: &str, bytes: &[u8]) -> Result<Option<String>, Excess> {
    let Some(encoding) = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()) else {
        return Ok(None);
    };
    let most = bytes.len() * 3;
    if most > TREE {
        return Err(Excess::Tree);
    }
    afford(most)?;
    Ok(Some(encoding.decode_without_bom_handling(bytes).0.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets() {
        for (label, bytes, text) in [
            ("ISO-8859-1", &b"caf\xe9 \x80"[..], "caf\u{e9} \u{20ac}"),
            ("iso-8859-15", b"\xa4", "\u{20ac}"),
            ("windows-1251", b"\xcf\xf0", "\u{41f}\u{440}"),
            ("KOI8-R", b"\xf0\xd2", "\u{41f}\u{440}"),
            ("shift_jis", b"\x93\xfa\x96\x7b", "\u{65e5}\u{672c}"),
            ("gbk", b"\xc4\xe3", "\u{4f60}"),
            ("utf-16le", b"a\0b\0", "ab"),
            ("utf8", b"a\xffb", "a\u{fffd}b"),
        ] {
            assert_eq!(decode(label, bytes), Ok(Some(text.to_owned())), "{label}");
        }
        assert_eq!(decode("klingon", b"x"), Ok(None));
        assert_eq!(decode("koi8-r", &vec![b'x'; TREE / 3 + 1]), Err(Excess::Tree));
    }
}
