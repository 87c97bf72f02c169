//! Reads the strings and bytes of an expression: four kinds of quotes, raw ones, and the escapes.

use super::lexer::TokenKind;

/// What is wrong, and how many bytes behind the start of the literal.
type Fault = (usize, &'static str);

/// The literal `rest` starts with, if it does, and its length.
pub(super) fn read(rest: &str) -> Result<Option<(TokenKind<'static>, usize)>, Fault> {
    let (bytes, raw, prefix) = match rest.as_bytes() {
        [b'b' | b'B', b'r' | b'R', b'"' | b'\'', ..] => (true, true, 2),
        [b'b' | b'B', b'"' | b'\'', ..] => (true, false, 1),
        [b'r' | b'R', b'"' | b'\'', ..] => (false, true, 1),
        [b'"' | b'\'', ..] => (false, false, 0),
        _ => return Ok(None),
    };
    let quoted = rest.get(prefix..).unwrap_or_default();
    let quote =
        ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| quoted.starts_with(quote)).unwrap_or("\"");
    let body = quoted.get(quote.len()..).unwrap_or_default();
    let length = body_length(body, quote, raw).ok_or((0, "the string has no end"))?;
    let body = body.get(..length).unwrap_or_default();
    let total = prefix + length + 2 * quote.len();

    // Line ends inside of a literal are always the same.
    let normal;
    let body = if body.contains('\r') {
        normal = body.replace("\r\n", "\n").replace('\r', "\n");
        normal.as_str()
    } else {
        body
    };
    let token = match (bytes, raw) {
        (true, true) => TokenKind::Bytes(body.as_bytes().to_vec()),
        (false, true) => TokenKind::String(body.to_owned()),
        (true, false) => {
            let mut out = Vec::with_capacity(body.len());
            unescape(body, |piece| match piece {
                Piece::Text(text) => {
                    out.extend_from_slice(text.as_bytes());
                    Ok(())
                }
                Piece::Number(number) => u8::try_from(number).map(|byte| out.push(byte)).map_err(|_| ()),
                Piece::Unicode(_) => Err(()),
            })
            .map_err(|at| (prefix + quote.len() + at, "invalid escape in bytes"))?;
            TokenKind::Bytes(out)
        }
        (false, false) => {
            let mut out = String::with_capacity(body.len());
            unescape(body, |piece| match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    Ok(())
                }
                Piece::Number(number) | Piece::Unicode(number) => {
                    char::from_u32(number).map(|character| out.push(character)).ok_or(())
                }
            })
            .map_err(|at| (prefix + quote.len() + at, "invalid escape in the string"))?;
            TokenKind::String(out)
        }
    };
    Ok(Some((token, total)))
}

/// How many bytes come before the closing quote.
fn body_length(body: &str, quote: &str, raw: bool) -> Option<usize> {
    let bytes = body.as_bytes();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(quote.as_bytes()) {
            return Some(at);
        }
        at += match rest.first()? {
            b'\\' if !raw => 2,
            b'\n' | b'\r' if quote.len() == 1 => return None,
            _ => 1,
        };
    }
}

enum Piece<'s> {
    Text(&'s str),
    /// `\x41`, `\101`: a byte of bytes, a character of a string.
    Number(u32),
    /// `\u0041`, `\U00000041`
    Unicode(u32),
}

/// Hands the pieces of `body` to `emit`; the error is the place of the escape that is wrong.
fn unescape<'s>(body: &'s str, mut emit: impl FnMut(Piece<'s>) -> Result<(), ()>) -> Result<(), usize> {
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.find('\\').unwrap_or(rest.len());
        if plain > 0 {
            emit(Piece::Text(rest.get(..plain).unwrap_or_default())).map_err(|()| at)?;
            at += plain;
            continue;
        }
        let (piece, length) = escape(rest).ok_or(at)?;
        emit(piece).map_err(|()| at)?;
        at += length;
    }
    Ok(())
}

/// The escape `rest` starts with, and its length.
fn escape(rest: &str) -> Option<(Piece<'_>, usize)> {
    let number = |from: usize, length: usize, radix: u32| {
        let digits = rest.get(from..from + length)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(digits, radix).ok()
    };
    Some(match rest.as_bytes().get(1)? {
        b'a' => (Piece::Text("\u{7}"), 2),
        b'b' => (Piece::Text("\u{8}"), 2),
        b'f' => (Piece::Text("\u{c}"), 2),
        b'n' => (Piece::Text("\n"), 2),
        b'r' => (Piece::Text("\r"), 2),
        b't' => (Piece::Text("\t"), 2),
        b'v' => (Piece::Text("\u{b}"), 2),
        b'\\' | b'?' | b'"' | b'\'' | b'`' => (Piece::Text(rest.get(1..2)?), 2),
        b'x' | b'X' => (Piece::Number(number(2, 2, 16)?), 4),
        b'u' => (Piece::Unicode(number(2, 4, 16)?), 6),
        b'U' => (Piece::Unicode(number(2, 8, 16)?), 10),
        b'0'..=b'3' => (Piece::Number(number(1, 3, 8)?), 4),
        _ => return None,
    })
}
