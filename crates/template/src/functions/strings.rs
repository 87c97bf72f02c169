//! Strings. Go counts bytes; what it cuts within a character has U+FFFD there.

use super::{Context, Function, Type, any, int, text};
use crate::error::Failure;
use crate::print::{quote, sprint_value};
use crate::value::{Element, Entries, List, Map, Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("trim", &[Type::String], |context, args| context.made(text(args, 0).trim().to_owned())),
    Function::new("trimAll", &[Type::String, Type::String], trim_all),
    Function::new("trimall", &[Type::String, Type::String], trim_all),
    Function::new("trimPrefix", &[Type::String, Type::String], |context, args| {
        let (prefix, text) = (text(args, 0), text(args, 1));
        context.made(text.strip_prefix(prefix).unwrap_or(text).to_owned())
    }),
    Function::new("trimSuffix", &[Type::String, Type::String], |context, args| {
        let (suffix, text) = (text(args, 0), text(args, 1));
        context.made(text.strip_suffix(suffix).unwrap_or(text).to_owned())
    }),
    Function::new("nospace", &[Type::String], |context, args| {
        let text = text(args, 0);
        // Sprig takes each byte for a character, if there is a blank.
        let kept: String = text.bytes().map(char::from).filter(|c| !c.is_whitespace()).collect();
        let unchanged = !text.bytes().any(|byte| char::from(byte).is_whitespace());
        context.made(if unchanged { text.to_owned() } else { kept })
    }),
    Function::new("initials", &[Type::String], |context, args| {
        let mut after_blank = true;
        let mut out = String::new();
        for c in text(args, 0).bytes().map(char::from) {
            if !c.is_whitespace() && after_blank {
                out.push(c);
            }
            after_blank = c.is_whitespace();
        }
        context.made(out)
    }),
    Function::new("contains", &[Type::String, Type::String], |context, args| {
        context.budget.read(text(args, 1).len())?;
        Ok(Value::Bool(text(args, 1).contains(text(args, 0))))
    }),
    Function::new("hasPrefix", &[Type::String, Type::String], |_, args| {
        Ok(Value::Bool(text(args, 1).starts_with(text(args, 0))))
    }),
    Function::new("hasSuffix", &[Type::String, Type::String], |_, args| {
        Ok(Value::Bool(text(args, 1).ends_with(text(args, 0))))
    }),
    Function::new("replace", &[Type::String, Type::String, Type::String], replace),
    Function::new("repeat", &[Type::Int, Type::String], |context, args| {
        let (count, text) = (int(args, 0), text(args, 1));
        let count = usize::try_from(count).map_err(|_| Failure::new("strings: negative Repeat count"))?;
        context.budget.keep(text.len().saturating_mul(count))?;
        context.made(text.repeat(count))
    }),
    Function::new("trunc", &[Type::Int, Type::String], |context, args| {
        let (count, text) = (int(args, 0), text(args, 1));
        let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let cut = if size >= text.len() {
            text.to_owned()
        } else if count < 0 {
            bytes(text, text.len() - size, text.len())
        } else {
            bytes(text, 0, size)
        };
        context.made(cut)
    }),
    Function::new("substr", &[Type::Int, Type::Int, Type::String], |context, args| {
        let cut = substring(int(args, 0), int(args, 1), text(args, 2))?;
        context.made(cut)
    }),
    Function::new("indent", &[Type::Int, Type::String], |context, args| indent(context, args, "")),
    Function::new("nindent", &[Type::Int, Type::String], |context, args| indent(context, args, "\n")),
    Function::new("plural", &[Type::String, Type::String, Type::Int], |_, args| {
        Ok(any(args, if int(args, 2) == 1 { 0 } else { 1 }).clone())
    }),
    Function::any("quote", &[], |context, args| {
        joined(context, args, |context, value| Ok(quote(&context.shown(value)?)))
    }),
    Function::any("squote", &[], |context, args| {
        joined(context, args, |context, value| Ok(format!("'{}'", sprint_value(&mut context.budget, value)?)))
    }),
    Function::any("cat", &[], |context, args| {
        joined(context, args, |context, value| sprint_value(&mut context.budget, value))
    }),
    Function::new("toString", &[Type::Any], |context, args| Ok(Value::String(context.shown(any(args, 0))?))),
    Function::new("split", &[Type::String, Type::String], |context, args| {
        let parts = split(text(args, 0), text(args, 1), -1);
        numbered(context, parts)
    }),
    Function::new("splitn", &[Type::String, Type::Int, Type::String], |context, args| {
        let parts = split(text(args, 0), text(args, 2), int(args, 1));
        numbered(context, parts)
    }),
    Function::new("splitList", &[Type::String, Type::String], |context, args| {
        let parts = split(text(args, 0), text(args, 1), -1);
        context.budget.keep(text(args, 1).len())?;
        context.made_strings(parts)
    }),
    Function::new("join", &[Type::String, Type::Any], |context, args| {
        let parts = strings_of(context, any(args, 1))?;
        let separator = text(args, 0);
        let length: usize = parts.iter().map(|part| part.len().saturating_add(separator.len())).sum();
        context.budget.keep(length)?;
        let mut out = String::with_capacity(length);
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                out.push_str(separator);
            }
            out.push_str(part);
        }
        Ok(Value::text(out))
    }),
    Function::new("toStrings", &[Type::Any], |context, args| {
        let parts = strings_of(context, any(args, 0))?;
        context.made_strings(parts)
    }),
    Function::new("sortAlpha", &[Type::Any], |context, args| {
        let mut parts = match any(args, 0) {
            value if value.is_nil() => vec![Text::Borrowed("<nil>")],
            value => strings_of(context, value)?,
        };
        // A comparison for each of the logarithm of the items.
        context.budget.spend(parts.len().saturating_mul(parts.len().max(1).ilog2() as usize + 1))?;
        parts.sort_unstable();
        context.made_strings(parts)
    }),
];

/// The bytes of `text` from one to another, as text.
pub(super) fn bytes(text: &str, start: usize, end: usize) -> String {
    String::from_utf8_lossy(text.as_bytes().get(start..end).unwrap_or_default()).into_owned()
}

fn trim_all<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let (set, text) = (text(args, 0), text(args, 1));
    context.budget.spend((text.len() / 32).saturating_mul(set.len() + 1))?;
    context.made(text.trim_matches(|c| set.contains(c)).to_owned())
}

fn replace<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let (old, new, text) = (text(args, 0), text(args, 1), text(args, 2));
    let count = text.matches(old).count();
    context.budget.keep(text.len().saturating_add(count.saturating_mul(new.len())))?;
    context.made(text.replace(old, new))
}

fn substring(start: i64, end: i64, text: &str) -> Result<String, Failure> {
    let len = text.len();
    let (from, to) = (usize::try_from(start), usize::try_from(end));
    match (from, to) {
        (Err(_), Ok(to)) if to <= len => Ok(bytes(text, 0, to)),
        (Err(_), Ok(to)) => Err(out_of_range(&format!("[:{to}] with length {len}"))),
        (Err(_), Err(_)) => Err(out_of_range(&format!("[:{end}]"))),
        (Ok(from), Ok(to)) if to <= len => {
            if from > to {
                Err(out_of_range(&format!("[{from}:{to}]")))
            } else {
                Ok(bytes(text, from, to))
            }
        }
        (Ok(from), _) if from <= len => Ok(bytes(text, from, len)),
        (Ok(from), _) => Err(out_of_range(&format!("[{from}:{len}]"))),
    }
}

fn out_of_range(bounds: &str) -> Failure {
    Failure::new(format!("runtime error: slice bounds out of range {bounds}"))
}

fn indent<'a>(context: &mut Context<'a>, args: &[Value<'a>], before: &str) -> Result<Value<'a>, Failure> {
    let (count, text) = (int(args, 0), text(args, 1));
    let count = usize::try_from(count).map_err(|_| Failure::new("strings: negative Repeat count"))?;
    let lines = text.matches('\n').count() + 1;
    context.budget.keep(text.len().saturating_add(lines.saturating_mul(count)).saturating_add(count))?;
    let margin = " ".repeat(count);
    context.made(format!("{before}{margin}{}", text.replace('\n', &format!("\n{margin}"))))
}

/// What isn't nil, with blanks between.
fn joined<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    show: fn(&mut Context<'a>, &Value<'a>) -> Result<String, Failure>,
) -> Result<Value<'a>, Failure> {
    let mut out = String::new();
    let mut first = true;
    for value in args.iter().filter(|value| !value.is_nil()) {
        if !first {
            out.push(' ');
        }
        first = false;
        let shown = show(context, value)?;
        context.budget.keep(shown.len())?;
        out.push_str(&shown);
    }
    context.made(out)
}

/// Go's `SplitN`: at most `count` parts; as many as there are if it's negative.
fn split<'a>(separator: &str, text: &str, count: i64) -> Vec<Text<'a>> {
    let most = match count {
        0 => return Vec::new(),
        count => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let own = |part: &str| Text::from(part.to_owned());
    if !separator.is_empty() {
        return text.splitn(most, separator).map(own).collect();
    }
    // Without a separator each character is a part.
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if parts.len() + 1 == most {
            parts.push(own(rest));
            break;
        }
        let (part, tail) = rest.split_at(c.len_utf8());
        parts.push(own(part));
        rest = tail;
    }
    parts
}

/// The parts as a map: `_0`, `_1` …
fn numbered<'a>(context: &mut Context<'a>, parts: Vec<Text<'a>>) -> Result<Value<'a>, Failure> {
    context.budget.keep_items(parts.len())?;
    let mut entries = Entries::new();
    for (i, part) in parts.into_iter().enumerate() {
        context.budget.keep(part.len())?;
        entries.insert(format!("_{i}").into(), Value::String(part));
    }
    Ok(Value::Map(Map::new(entries, Element::String)))
}

/// A value as strings: the items of a list that aren't nil, or itself.
pub(super) fn strings_of<'a>(context: &mut Context<'a>, value: &Value<'a>) -> Result<Vec<Text<'a>>, Failure> {
    match value {
        Value::List(list) => list_of_strings(context, list),
        value if value.is_nil() => Ok(Vec::new()),
        value => Ok(vec![context.shown(value)?]),
    }
}

fn list_of_strings<'a>(context: &mut Context<'a>, list: &List<'a>) -> Result<Vec<Text<'a>>, Failure> {
    context.budget.keep_items(list.len())?;
    let mut parts = Vec::new();
    for item in list.iter().filter(|item| !item.is_nil()) {
        parts.push(context.shown(&item)?);
    }
    Ok(parts)
}
