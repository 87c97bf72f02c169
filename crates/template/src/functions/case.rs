//! Upper and lower case, and names in other writings.

use fjord_pattern::case::{lower, upper};

use super::{Context, Function, Type, text};
use crate::error::Failure;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("upper", &[Type::String], |context, args| each(context, args, upper)),
    Function::new("lower", &[Type::String], |context, args| each(context, args, lower)),
    Function::new("title", &[Type::String], |context, args| {
        let mut before = ' ';
        each(context, args, move |c| {
            let is_first = is_separator(before);
            before = c;
            if is_first { upper(c) } else { c }
        })
    }),
    Function::new("untitle", &[Type::String], |context, args| {
        let mut is_first = true;
        each(context, args, move |c| {
            let lowers = is_first && !c.is_whitespace();
            is_first = c.is_whitespace();
            if lowers { lower(c) } else { c }
        })
    }),
    Function::new("swapcase", &[Type::String], |context, args| {
        each(context, args, |c| {
            if c.is_uppercase() {
                lower(c)
            } else if c.is_lowercase() {
                upper(c)
            } else {
                c
            }
        })
    }),
    Function::new("camelcase", &[Type::String], |context, args| {
        let text = camel(text(args, 0));
        context.made(text)
    }),
    Function::new("snakecase", &[Type::String], |context, args| connected(context, args, '_')),
    Function::new("kebabcase", &[Type::String], |context, args| connected(context, args, '-')),
];

/// Each character by another.
fn each<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    change: impl FnMut(char) -> char,
) -> Result<Value<'a>, Failure> {
    context.made(text(args, 0).chars().map(change).collect())
}

/// Whether the next letter begins a word.
fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '_';
    }
    !c.is_alphanumeric() && c.is_whitespace()
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// `http_server` as `HttpServer`. Connectors at the beginning stay.
fn camel(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    let mut last = None;
    let mut lowers = false;
    for c in chars.by_ref() {
        if !is_connector(c) {
            lowers = c.is_uppercase();
            last = Some(upper(c));
            break;
        }
        out.push(c);
    }
    // A text of connectors has its last one twice.
    let Some(mut last) = last else {
        out.extend(text.chars().next_back());
        return out;
    };
    for c in chars {
        let mut next = c;
        if is_connector(c) && is_connector(last) {
            out.push(last);
            last = next;
            continue;
        }
        if is_connector(last) {
            lowers = c.is_uppercase();
            next = upper(c);
        } else {
            if lowers {
                if c.is_uppercase() {
                    next = lower(c);
                } else {
                    lowers = false;
                }
            }
            out.push(last);
        }
        last = next;
    }
    out.push(last);
    out
}

/// What a word of a name is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    None,
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
}

/// `HTTPServer2xx` with a connector between its words, in lower case.
fn connected<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    connector: char,
) -> Result<Value<'a>, Failure> {
    let text = text(args, 0);
    // Words and the connectors between them.
    context.budget.keep(text.len().saturating_mul(2))?;
    let mut joiner = Joiner { out: String::new(), connector };
    joiner.text(text);
    context.made(joiner.out)
}

struct Joiner {
    out: String,
    connector: char,
}

// === impl Joiner ===

impl Joiner {
    fn text(&mut self, text: &str) {
        let (mut kind, mut word, mut rest) = next_word(text);
        while !rest.is_empty() {
            if kind != Word::Connector {
                self.push(kind, word);
            }
            let (before, last) = (kind, word);
            (kind, word, rest) = next_word(rest);
            match before {
                Word::Number => {
                    while matches!(kind, Word::Letters | Word::Number) {
                        self.push(kind, word);
                        (kind, word, rest) = next_word(rest);
                    }
                    if !matches!(kind, Word::None | Word::Punctuation | Word::Connector) {
                        self.out.push(self.connector);
                    }
                }
                Word::Connector => self.push(before, last),
                Word::Punctuation => {}
                _ if kind != Word::Number => {
                    if !matches!(kind, Word::Connector | Word::Punctuation) {
                        self.out.push(self.connector);
                    }
                }
                _ if rest.is_empty() => {}
                _ => {
                    let number = word;
                    (kind, word, rest) = next_word(rest);
                    if kind != Word::Letters {
                        // A number belongs to the word before it: `Bld4Floor`.
                        self.push(Word::Number, number);
                        if !matches!(kind, Word::Connector | Word::Punctuation) {
                            self.out.push(self.connector);
                        }
                        continue;
                    }
                    // Or to the small letters behind it: `HTTP2xx`.
                    self.out.push(self.connector);
                    self.push(Word::Number, number);
                    while matches!(kind, Word::Letters | Word::Number) {
                        self.push(kind, word);
                        (kind, word, rest) = next_word(rest);
                    }
                    if !matches!(kind, Word::None | Word::Connector | Word::Punctuation) {
                        self.out.push(self.connector);
                    }
                }
            }
        }
        self.push(kind, word);
    }

    fn push(&mut self, kind: Word, word: &str) {
        if !matches!(kind, Word::Upper | Word::Connector) {
            self.out.push_str(word);
            return;
        }
        for c in word.chars() {
            self.out.push(if is_connector(c) {
                self.connector
            } else if c.is_uppercase() {
                lower(c)
            } else {
                c
            });
        }
    }
}

fn is_punctuation(c: char) -> bool {
    // Unicode's punctuation within ASCII: its symbols (`$+<=>^`|~`) aren't part of it.
    c.is_ascii_punctuation() && !matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
}

/// A letter that isn't one of the ideographs and the like, which have no case.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !('\u{3400}'..='\u{9fff}').contains(&c) && !('\u{ac00}'..='\u{d7a3}').contains(&c)
}

/// The first word of a text, and what follows it.
fn next_word(text: &str) -> (Word, &str, &str) {
    let Some(first) = text.chars().next() else { return (Word::None, "", "") };
    let run = |from: usize, belongs: fn(char) -> bool| {
        let tail = text.get(from..).unwrap_or_default();
        from + tail.find(|c| !belongs(c)).unwrap_or(tail.len())
    };
    let small = |c: char| is_letter(c) && !c.is_uppercase();
    let start = first.len_utf8();
    let (kind, end) = if is_connector(first) {
        (Word::Connector, run(start, is_connector))
    } else if is_punctuation(first) {
        (Word::Punctuation, run(start, is_punctuation))
    } else if first.is_uppercase() {
        let end = run(start, char::is_uppercase);
        let after = text.get(end..).and_then(|rest| rest.chars().next());
        if end == start {
            (Word::Upper, run(start, |c| is_letter(c) && !c.is_uppercase()))
        } else if after.is_some_and(small) {
            // The last capital begins the next word: `HTTPStatus`.
            let last = text.get(..end).and_then(|word| word.chars().next_back()).map_or(0, char::len_utf8);
            (Word::Upper, end - last)
        } else {
            (Word::Upper, end)
        }
    } else if is_letter(first) {
        (Word::Letters, run(start, |c| is_letter(c) && !c.is_uppercase()))
    } else if first.is_numeric() {
        (Word::Number, run(start, char::is_numeric))
    } else {
        let other = |c: char| !is_connector(c) && !is_letter(c) && !c.is_numeric() && !is_punctuation(c);
        (Word::Other, run(start, other))
    };
    let (word, rest) = text.split_at(end);
    (kind, word, rest)
}
