//! Writes texts: plain where YAML reads them back as text, quoted or as a block where it would not.

use super::plain::reads_as_text;
use crate::out::Out;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
    /// `|` and the lines below.
    Literal,
}

/// What the characters of a text allow.
struct Allowed {
    plain: bool,
    single: bool,
    literal: bool,
}

/// A longer key, or one of several lines (as YAML 1.1 counts them), is written as `? key`.
pub(super) fn is_simple_key(key: &str) -> bool {
    key.len() <= 128 && !key.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// Where the lines of a block string are.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// The column they start at.
    pub indent: usize,
    /// How many columns that is from what holds the text.
    pub step: usize,
}

/// Writes `text`, in one line or as a block.
pub(super) fn write_scalar(out: &mut Out, text: &str, block: Block) {
    match style(text) {
        Style::Plain => out.push_str(text),
        Style::Single => {
            out.push('\'');
            for (i, part) in text.split('\'').enumerate() {
                out.push_str(if i > 0 { "''" } else { "" });
                out.push_str(part);
            }
            out.push('\'');
        }
        Style::Double => write_double(out, text),
        Style::Literal => write_literal(out, text, block),
    }
}

fn style(text: &str) -> Style {
    let allowed = analyze(text);
    if text.contains('\n') {
        return if allowed.literal { Style::Literal } else { Style::Double };
    }
    if !reads_as_text(text) {
        return Style::Double;
    }
    match allowed {
        Allowed { plain: true, .. } => Style::Plain,
        Allowed { single: true, .. } => Style::Single,
        _ => Style::Double,
    }
}

fn analyze(text: &str) -> Allowed {
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut special, mut tabs, mut breaks) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let before_blank = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t'));
        indicators |= match c {
            '#' if first => true,
            '#' => after_blank,
            ':' => before_blank,
            '?' | '-' if first => before_blank,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => first,
            _ => false,
        };
        tabs |= c == '\t';
        special |= c != '\t' && !is_printable(c);
        breaks |= is_break(c);
        break_space |= c == ' ' && after_break;
        space_break |= is_break(c) && after_space;
        (after_space, after_break) = (c == ' ', is_break(c));
        after_blank = matches!(c, ' ' | '\t' | '\0') || is_break(c);
        first = false;
    }
    let edges = text.starts_with(' ') || text.ends_with(' ');
    let special = special || space_break || is_torn(text);
    Allowed {
        plain: !(indicators || edges || breaks || tabs || special),
        single: !(break_space || tabs || special),
        literal: !(special || text.ends_with(' ')),
    }
}

/// Where a line ends for YAML 1.1. (`\r` and U+0085 do too, but are not printable to begin with.)
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{2028}' | '\u{2029}')
}

/// Whether yaml.v3 would start a new line inside of `text` at a character that ends none for YAML 1.2: such a text is escaped.
fn is_torn(text: &str) -> bool {
    let unicode_breaks = ['\u{2028}', '\u{2029}'];
    text.contains(unicode_breaks)
        && (text.contains('\n') || text.trim_end_matches(unicode_breaks).contains(unicode_breaks))
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn write_double(out: &mut Out, text: &str) {
    // yaml.v3 looks for a byte order mark at the start of the text whichever character it is at.
    let all = text.starts_with('\u{feff}');
    out.push('"');
    for c in text.chars() {
        if !all && is_printable(c) && !matches!(c, '"' | '\\' | '\n' | '\u{2028}' | '\u{2029}') {
            out.push(c);
            continue;
        }
        let code = u32::from(c);
        let short = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                out.push_str(&match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

fn write_literal(out: &mut Out, text: &str, block: Block) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        // yaml.v3 always says 4, which is wrong inside of arrays, and drops a line break at the start: not copied.
        out.push_str(&block.step.to_string());
    }
    if !text.ends_with('\n') {
        out.push('-');
    } else if text == "\n" || text.ends_with("\n\n") {
        out.push('+');
    }
    out.push('\n');
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            out.blanks(block.indent);
        }
        out.push_str(line);
    }
}
