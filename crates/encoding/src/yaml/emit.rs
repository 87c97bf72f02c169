//! Lays out objects and arrays: block style, indented by four, arrays of objects with the first member behind the dash.

use fjord_json::{Value, go_float_v};
use fjord_memory::Excess;

use super::scalar::{self, Block, write_scalar};
use super::sort::natural_order;
use crate::out::Out;

const INDENT: usize = 4;

/// What is on the line before a value.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing: it is the document.
    Root,
    /// `key:`
    Member,
    /// `-`, or the `:` of a key too long for a line: a collection starts on the same line.
    Marker,
}

/// A collection that is being written: the walk needs no recursion.
enum Open<'v> {
    Array(std::slice::Iter<'v, Value>),
    Object(std::vec::IntoIter<(&'v str, &'v Value)>),
}

struct Frame<'v> {
    open: Open<'v>,
    /// The column of its items or members.
    indent: usize,
    /// Whether the next item starts on the current line.
    inline: bool,
}

/// `value` as a YAML document, ended by a line break.
///
/// # Errors
/// If the text is longer than an answer may be.
pub fn render(value: &Value) -> Result<String, Excess> {
    let mut out = Out::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    start(&mut out, &mut frames, value, Place::Root, Block { indent: 0, step: 0 });
    while let Some(frame) = frames.last_mut() {
        let indent = frame.indent;
        let inline = std::mem::take(&mut frame.inline);
        match &mut frame.open {
            Open::Array(items) => match items.next() {
                Some(item) => {
                    line(&mut out, indent, inline);
                    out.push('-');
                    start(&mut out, &mut frames, item, Place::Marker, Block { indent: indent + 2, step: 2 });
                }
                None => drop(frames.pop()),
            },
            Open::Object(members) => match members.next() {
                Some((key, value)) => {
                    line(&mut out, indent, inline);
                    let column = INDENT * (indent / INDENT + 1);
                    let child = Block { indent: column, step: column - indent };
                    let place = write_key(&mut out, key, indent, child);
                    start(&mut out, &mut frames, value, place, child);
                }
                None => drop(frames.pop()),
            },
        }
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.finish()
}

/// Writes a scalar or an empty collection whole, and opens any other.
fn start<'v>(out: &mut Out, frames: &mut Vec<Frame<'v>>, value: &'v Value, place: Place, block: Block) {
    let inline = place != Place::Member;
    let open = match value {
        Value::Array(items) if !items.is_empty() => Open::Array(items.iter()),
        Value::Object(members) if !members.is_empty() => Open::Object(
            natural_order(members.iter().map(|(key, value)| (key.as_str(), value)).collect()).into_iter(),
        ),
        _ => {
            if place != Place::Root {
                out.push(' ');
            }
            let root = Block { indent: INDENT, step: INDENT };
            return write_leaf(out, value, if place == Place::Root { root } else { block });
        }
    };
    frames.push(Frame { open, indent: block.indent, inline });
}

/// Writes `key:`, or `? key` and `:` on the next line for a key that is long or has several lines.
fn write_key(out: &mut Out, key: &str, indent: usize, child: Block) -> Place {
    if scalar::is_simple_key(key) {
        write_scalar(out, key, child);
        out.push(':');
        return Place::Member;
    }
    out.push_str("? ");
    write_scalar(out, key, child);
    line(out, indent, false);
    out.push(':');
    Place::Marker
}

fn write_leaf(out: &mut Out, value: &Value, block: Block) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Float(number) if number.is_nan() => out.push_str(".nan"),
        Value::Float(f64::INFINITY) => out.push_str(".inf"),
        Value::Float(f64::NEG_INFINITY) => out.push_str("-.inf"),
        Value::Float(number) => out.push_str(&go_float_v(*number)),
        // A number of a body is a `json.Number` to KrakenD, a kind of string: it comes out quoted.
        Value::Number(text) => write_scalar(out, text, block),
        Value::String(text) => write_scalar(out, text, block),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

/// Goes to column `indent`: of the current line if `inline` or if nothing is on it yet, else of the next one.
fn line(out: &mut Out, indent: usize, inline: bool) {
    if !inline && !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    let column = out.len() - out.rfind('\n').map_or(0, |end| end + 1);
    out.blanks(indent.saturating_sub(column));
}
