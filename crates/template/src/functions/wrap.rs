//! `wrap`, `abbrev` and their relatives, which count bytes.

use super::{Context, Function, Type, int, text};
use crate::error::Failure;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("wrap", &[Type::Int, Type::String], |context, args| {
        wrap(context, text(args, 1), int(args, 0), "\n", false)
    }),
    Function::new("wrapWith", &[Type::Int, Type::String, Type::String], |context, args| {
        let separator = if text(args, 1).is_empty() { "\n" } else { text(args, 1) };
        wrap(context, text(args, 2), int(args, 0), separator, true)
    }),
    Function::new("abbrev", &[Type::Int, Type::String], |context, args| {
        let (width, text) = (int(args, 0), text(args, 1));
        let out = if width < 4 { text.as_bytes().to_vec() } else { abbreviate(text.as_bytes(), 0, width) };
        finish(context, &out)
    }),
    Function::new("abbrevboth", &[Type::Int, Type::Int, Type::String], |context, args| {
        let (left, right, text) = (int(args, 0), int(args, 1), text(args, 2));
        let as_it_is = right < 4 || (left > 0 && right < 7);
        let out = if as_it_is { text.as_bytes().to_vec() } else { abbreviate(text.as_bytes(), left, right) };
        finish(context, &out)
    }),
];

fn finish<'a>(context: &mut Context<'a>, bytes: &[u8]) -> Result<Value<'a>, Failure> {
    context.made(String::from_utf8_lossy(bytes).into_owned())
}

/// At most `width` bytes around `offset`, with dots where something is missing. What is too narrow is nothing.
fn abbreviate(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let len = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if width < 4 {
        return Vec::new();
    }
    if len <= width {
        return text.to_vec();
    }
    let most = width - 3;
    let offset = offset.min(len);
    let offset = if len - offset < most { len - most } else { offset };
    let piece = |from: i64, to: i64| {
        let bounds = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        bounds.and_then(|(from, to)| text.get(from..to)).unwrap_or_default()
    };
    if offset <= 4 {
        return [piece(0, most), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + most < len {
        return [b"...", &*abbreviate(piece(offset, len), 0, most)].concat();
    }
    [b"...", piece(len - most, len)].concat()
}

/// Breaks at blanks, and within long words if they may be.
fn wrap<'a>(
    context: &mut Context<'a>,
    text: &str,
    width: i64,
    separator: &str,
    breaks_words: bool,
) -> Result<Value<'a>, Failure> {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let lines = text.len() / width + 1;
    context.budget.keep(text.len().saturating_add(lines.saturating_mul(separator.len())))?;
    let bytes = text.as_bytes();
    let piece = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
    let mut out = Vec::new();
    let mut at = 0;
    while bytes.len() - at > width {
        if bytes.get(at) == Some(&b' ') {
            at += 1;
            continue;
        }
        let line = piece(at, at + width + 1);
        let (end, next) = match line.iter().rposition(|&byte| byte == b' ') {
            Some(blank) => (at + blank, at + blank + 1),
            None if breaks_words => (at + width, at + width),
            None => match piece(at + width, bytes.len()).iter().position(|&byte| byte == b' ') {
                Some(blank) => (at + width + blank, at + width + blank + 1),
                None => break,
            },
        };
        out.extend_from_slice(piece(at, end));
        out.extend_from_slice(separator.as_bytes());
        at = next;
    }
    out.extend_from_slice(piece(at, bytes.len()));
    finish(context, &out)
}
