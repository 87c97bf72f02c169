//! Reads response bodies: takes the framing off, part by part.

use bytes::{Buf, Bytes, BytesMut};

use super::HttpFault;

/// The longest line of a chunk (size and extensions), and all trailers together.
const MAX_LINE: usize = 4096;
const MAX_TRAILERS: usize = 64 << 10;

/// How a body is framed, and how much of it is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// No body, or none any more.
    None,
    /// This many bytes.
    Sized(u64),
    /// Chunks.
    Chunked(Chunks),
    /// All until the connection ends.
    UntilClose,
}

/// A chunked body that isn't complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunks(State);

/// Where a chunked body is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the line before a chunk: its size as far as it was read, its digits, and the bytes of the line.
    Size { size: u64, digits: u8, line: usize, in_extension: bool },
    /// In a chunk, with this many bytes left.
    Data(u64),
    /// After a chunk, before its carriage return.
    DataEnd,
    /// After a chunk's carriage return, before its line feed.
    DataFeed,
    /// In the trailers: the bytes of all, and of the line (without its end).
    Trailers { all: usize, line: usize },
}

/// What a decoder finds.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// A part of the body, not empty.
    Data(Bytes),
    /// Nothing until more bytes are there.
    More,
    /// The body is complete.
    End,
}

// === impl Framing ===

impl Framing {
    /// A chunked body, from its start.
    #[must_use]
    pub const fn chunked() -> Self {
        Self::Chunked(Chunks(State::START))
    }

    /// Takes the next part of the body from `input`. `is_over` says that nothing follows what `input` holds.
    ///
    /// # Errors
    /// The chunks are malformed, or the input is over before the body is.
    pub fn decode(&mut self, input: &mut BytesMut, is_over: bool) -> Result<Part, HttpFault> {
        let part = match self {
            Self::None => return Ok(Part::End),
            Self::Sized(left) => sized(left, input),
            Self::Chunked(chunks) => chunks.decode(input)?,
            Self::UntilClose if input.is_empty() && is_over => Part::End,
            Self::UntilClose if input.is_empty() => Part::More,
            Self::UntilClose => Part::Data(input.split().freeze()),
        };
        match part {
            Part::End => *self = Self::None,
            Part::More if is_over => return Err(HttpFault::Cut),
            _ => {}
        }
        Ok(part)
    }
}

fn sized(left: &mut u64, input: &mut BytesMut) -> Part {
    if *left == 0 {
        return Part::End;
    }
    if input.is_empty() {
        return Part::More;
    }
    let size = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
    *left -= size as u64;
    Part::Data(input.split_to(size).freeze())
}

// === impl Chunks ===

impl Chunks {
    fn decode(&mut self, input: &mut BytesMut) -> Result<Part, HttpFault> {
        loop {
            match &mut self.0 {
                State::Data(left) => match sized(left, input) {
                    Part::End => self.0 = State::DataEnd,
                    part => return Ok(part),
                },
                state => {
                    let Some(byte) = input.first().copied() else { return Ok(Part::More) };
                    input.advance(1);
                    match state.step(byte)? {
                        Some(next) => self.0 = next,
                        None => return Ok(Part::End),
                    }
                }
            }
        }
    }
}

// === impl State ===

impl State {
    const START: Self = Self::Size { size: 0, digits: 0, line: 0, in_extension: false };

    /// The state after a byte that isn't data; `None` after the last one.
    fn step(self, byte: u8) -> Result<Option<Self>, HttpFault> {
        let next = match (self, byte) {
            (Self::Size { digits: 0, .. }, b'\n' | b'\r' | b';') => {
                return Err(HttpFault::Chunk("a chunk has no size"));
            }
            (Self::Size { size: 0, .. }, b'\n') => Self::Trailers { all: 0, line: 0 },
            (Self::Size { size, .. }, b'\n') => Self::Data(size),
            (Self::Size { line: MAX_LINE, .. }, _) => {
                return Err(HttpFault::Chunk("a chunk's line is too long"));
            }
            (Self::Size { size, digits, line, in_extension: false }, byte) if byte.is_ascii_hexdigit() => {
                if digits == 16 {
                    return Err(HttpFault::Chunk("a chunk's size has more than 16 digits"));
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                Self::Size {
                    size: size << 4 | u64::from(digit),
                    digits: digits + 1,
                    line: line + 1,
                    in_extension: false,
                }
            }
            (Self::Size { size, digits, line, in_extension }, byte) => {
                if !in_extension && !matches!(byte, b';' | b' ' | b'\t' | b'\r') {
                    return Err(HttpFault::Chunk("a chunk's size isn't hexadecimal"));
                }
                Self::Size { size, digits, line: line + 1, in_extension: true }
            }
            (Self::DataEnd, b'\r') => Self::DataFeed,
            (Self::DataFeed, b'\n') => Self::START,
            (Self::DataEnd | Self::DataFeed, _) => {
                return Err(HttpFault::Chunk("a chunk is longer than its size"));
            }
            (Self::Trailers { line: 0, .. }, b'\n') => return Ok(None),
            (Self::Trailers { all: MAX_TRAILERS, .. }, _) => {
                return Err(HttpFault::Chunk("the trailers are too long"));
            }
            (Self::Trailers { all, .. }, b'\n') => Self::Trailers { all: all + 1, line: 0 },
            (Self::Trailers { all, line }, b'\r') => Self::Trailers { all: all + 1, line },
            (Self::Trailers { all, line }, _) => Self::Trailers { all: all + 1, line: line + 1 },
            (Self::Data(left), _) => Self::Data(left),
        };
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Decodes a body that comes in parts of these sizes, cyclically, and then is over.
    fn decoded(mut framing: Framing, bytes: &[u8], sizes: &[usize]) -> Result<(Vec<u8>, Vec<u8>), HttpFault> {
        let (mut input, mut body, mut rest) = (BytesMut::new(), Vec::new(), bytes);
        let mut sizes = sizes.iter().cycle();
        loop {
            match framing.decode(&mut input, rest.is_empty())? {
                Part::Data(part) => body.extend_from_slice(&part),
                Part::End => return Ok((body, [&input, rest].concat())),
                Part::More => {
                    let size = (*sizes.next().unwrap()).clamp(1, rest.len());
                    input.extend_from_slice(&rest[..size]);
                    rest = &rest[size..];
                }
            }
        }
    }

    fn chunked(text: &str) -> Result<(String, String), HttpFault> {
        let text_of = |bytes| String::from_utf8(bytes).unwrap();
        decoded(Framing::chunked(), text.as_bytes(), &[1]).map(|(body, rest)| (text_of(body), text_of(rest)))
    }

    #[test]
    fn chunks_are_joined() {
        let cases = [
            ("0\r\n\r\n", ("", "")),
            ("3\r\nabc\r\n0\r\n\r\nrest", ("abc", "rest")),
            ("3;a=\"b;\"\r\nabc\r\nA \r\n0123456789\r\n00\r\nX: y\r\nZ: \r\n\r\n", ("abc0123456789", "")),
            ("3\nabc\r\n0\n\n", ("abc", "")),
            ("0000000000000003\r\n\r\n\r\r\n0\r\n\r\n", ("\r\n\r", "")),
        ];
        for (text, (body, rest)) in cases {
            assert_eq!(chunked(text), Ok((body.to_owned(), rest.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn malformed_chunks_are_refused() {
        for text in [
            "\r\n",
            ";a\r\n",
            "g\r\n",
            "-1\r\n",
            "0x3\r\nabc\r\n",
            "3\r\nabcd\r\n",
            "3\r\nabc\n0\r\n\r\n",
            "3\r\nabc\r\r\n",
            "00000000000000003\r\n",
            "1\r\na0\r\n\r\n",
        ] {
            assert!(matches!(chunked(text), Err(HttpFault::Chunk(_))), "{text:?}: {:?}", chunked(text));
        }
        assert!(matches!(chunked(&format!("1;{}\r\n", "a".repeat(MAX_LINE))), Err(HttpFault::Chunk(_))));
        assert!(matches!(
            chunked(&format!("0\r\n{}", "a: b\r\n".repeat(MAX_TRAILERS / 6 + 1))),
            Err(HttpFault::Chunk(_))
        ));
    }

    #[test]
    fn a_body_that_is_cut_is_no_body() {
        for text in
            ["", "3", "3\r\n", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\n", "0\r\na: b\r\n"]
        {
            assert_eq!(chunked(text), Err(HttpFault::Cut), "{text:?}");
        }
        assert_eq!(decoded(Framing::Sized(4), b"abc", &[2]), Err(HttpFault::Cut));
        assert_eq!(decoded(Framing::Sized(3), b"abcd", &[2]), Ok((b"abc".to_vec(), b"d".to_vec())));
        assert_eq!(decoded(Framing::UntilClose, b"abc", &[2]), Ok((b"abc".to_vec(), Vec::new())));
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..8), sizes in prop::collection::vec(1usize..50, 1..6)) {
            let mut bytes = Vec::new();
            for part in &parts {
                bytes.extend(format!("{:x}\r\n", part.len()).into_bytes());
                bytes.extend_from_slice(part);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
            prop_assert_eq!(decoded(Framing::chunked(), &bytes, &sizes), Ok((parts.concat(), Vec::new())));
        }

        #[test]
        fn any_bytes_split_anyhow_give_the_same_end(bytes in prop::collection::vec(prop::sample::select(b"0123aF;\r\n x".to_vec()), 0..60), sizes in prop::collection::vec(1usize..9, 1..4)) {
            prop_assert_eq!(decoded(Framing::chunked(), &bytes, &[1]), decoded(Framing::chunked(), &bytes, &sizes));
        }
    }
}
