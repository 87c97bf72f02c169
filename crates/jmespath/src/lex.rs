//! Cuts an expression into tokens.

use fjord_json::Value;

use crate::ast::Comparison;
use crate::error::CompileError;

/// Nobody writes a longer expression. A tree has at most as many levels.
const MAX_TOKENS: usize = 500;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Identifier(String),
    Quoted(String),
    Literal(Value),
    Number(i64),
    Compare(Comparison),
    Star,
    Dot,
    Filter,
    Flatten,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    Comma,
    Colon,
    Current,
    Reference,
    Or,
    And,
    Pipe,
    Not,
    End,
}

/// The tokens with the bytes where they start; the last is [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, CompileError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            at += 1;
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let (token, length) = token(rest, c).map_err(|message| CompileError { offset: at, message })?;
        found.push((token, at));
        at += length;
        if found.len() > MAX_TOKENS {
            return Err(CompileError { offset: at, message: "the expression is too long".to_owned() });
        }
    }
    found.push((Token::End, at));
    Ok(found)
}

/// The first token of `rest`, and its length.
fn token(rest: &str, first: char) -> Result<(Token, usize), String> {
    let two = rest.get(..2).unwrap_or_default();
    let pair = match two {
        "[?" => Some(Token::Filter),
        "[]" => Some(Token::Flatten),
        "||" => Some(Token::Or),
        "&&" => Some(Token::And),
        "==" => Some(Token::Compare(Comparison::Equal)),
        "!=" => Some(Token::Compare(Comparison::NotEqual)),
        "<=" => Some(Token::Compare(Comparison::LessOrEqual)),
        ">=" => Some(Token::Compare(Comparison::GreaterOrEqual)),
        _ => None,
    };
    if let Some(token) = pair {
        return Ok((token, 2));
    }
    let single = match first {
        '*' => Token::Star,
        '.' => Token::Dot,
        '[' => Token::LeftBracket,
        ']' => Token::RightBracket,
        '{' => Token::LeftBrace,
        '}' => Token::RightBrace,
        '(' => Token::LeftParen,
        ')' => Token::RightParen,
        ',' => Token::Comma,
        ':' => Token::Colon,
        '@' => Token::Current,
        '&' => Token::Reference,
        '|' => Token::Pipe,
        '!' => Token::Not,
        '<' => Token::Compare(Comparison::Less),
        '>' => Token::Compare(Comparison::Greater),
        'a'..='z' | 'A'..='Z' | '_' => {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, _) = rest.split_at(end);
            return Ok((Token::Identifier(name.to_owned()), end));
        }
        '0'..='9' | '-' => {
            let digits = rest.get(1..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count();
            let (number, _) = rest.split_at(1 + digits);
            let value = number.parse().map_err(|_| format!("{number} isn't an integer"))?;
            return Ok((Token::Number(value), 1 + digits));
        }
        '"' => {
            let end = quoted(rest, '"')?;
            let (text, _) = rest.split_at(end);
            return match Value::parse(text.as_bytes()) {
                Ok(Value::String(name)) => Ok((Token::Quoted(name), end)),
                _ => Err("a quoted name must be a JSON string".to_owned()),
            };
        }
        '\'' => {
            let end = quoted(rest, '\'')?;
            let inner = rest.get(1..end - 1).unwrap_or_default();
            return Ok((Token::Literal(Value::from(inner.replace("\\'", "'"))), end));
        }
        '`' => {
            let end = quoted(rest, '`')?;
            let inner = rest.get(1..end - 1).unwrap_or_default().replace("\\`", "`");
            let value =
                Value::parse(inner.as_bytes()).map_err(|error| format!("a literal isn't JSON: {error}"))?;
            return Ok((Token::Literal(value), end));
        }
        c => return Err(format!("unexpected {c:?}")),
    };
    Ok((single, 1))
}

/// The length of what is between two `quote`s, with them.
fn quoted(rest: &str, quote: char) -> Result<usize, String> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return Ok(at + 1);
        }
    }
    Err(format!("{quote} isn't closed"))
}
