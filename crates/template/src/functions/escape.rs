//! `html`, `js` and `urlquery`.

use std::fmt::Write;

use fjord_http::escape::{escape_query, is_printable};

use super::{Context, Function};
use crate::error::Failure;
use crate::print::sprint;
use crate::value::{Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::any("html", &[], |context, args| escaped(context, args, html)),
    Function::any("js", &[], |context, args| escaped(context, args, js)),
    Function::any("urlquery", &[], |context, args| {
        escaped(context, args, |text, out| escape_query(text.as_bytes(), out))
    }),
];

/// The arguments as one text, with an escape for each character that wants one.
fn escaped<'a>(
    context: &mut Context<'a>,
    args: &[Value<'a>],
    escape: fn(&str, &mut String),
) -> Result<Value<'a>, Failure> {
    let text = match args {
        [Value::String(text)] => text.clone(),
        _ => {
            // Where Go prints one alone.
            let shown: Vec<_> = args
                .iter()
                .map(|arg| if arg.is_nil() { Value::text("<no value>") } else { arg.clone() })
                .collect();
            Text::from(sprint(&mut context.budget, &shown)?)
        }
    };
    // The longest escape is nine times as long as its character.
    context.budget.keep(text.len().saturating_mul(2))?;
    let mut out = String::with_capacity(text.len());
    escape(&text, &mut out);
    context.made(out)
}

fn html(text: &str, out: &mut String) {
    for c in text.chars() {
        out.push_str(match c {
            '\0' => "\u{fffd}",
            '"' => "&#34;",
            '\'' => "&#39;",
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            c => {
                out.push(c);
                continue;
            }
        });
    }
}

fn js(text: &str, out: &mut String) {
    for c in text.chars() {
        // A text that is written into cannot fail.
        let _ = match c {
            '\\' => out.write_str("\\\\"),
            '\'' => out.write_str("\\'"),
            '"' => out.write_str("\\\""),
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => write!(out, "\\u{:04X}", u32::from(c)),
            c if c.is_ascii() || is_printable(c) => out.write_char(c),
            c => write!(out, "\\u{:04X}", u32::from(c)),
        };
    }
}
