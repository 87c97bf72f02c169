//! XML bodies become objects and objects XML, in the shapes of mxj 1.8.4 (spec §7, §14).

mod fault;
mod markup;
mod names;
mod render;
mod text;
pub(crate) mod token;

pub use fault::Fault;
pub use render::render;

use fjord_json::{Map, Value, cost};
use fjord_memory::{Budget, afford};

use self::token::{Name, Token, Tokenizer};
use super::DecodeError;

/// An element that is open.
struct Frame {
    key: String,
    /// Text that came before any child of an element without attributes: it then is the value, whatever follows.
    text: Option<String>,
    members: Map,
}

/// Decodes the first element of `body`: `{"root": …}`, attributes as `-name`, text beside others as `#text`, repeated
/// elements as arrays, every leaf a string. With `is_collection` the object is wrapped: `{"collection": {"root": …}}`.
///
/// # Errors
/// If the body isn't XML, or takes more memory than there is.
pub fn decode(body: &[u8], is_collection: bool) -> Result<Map, DecodeError> {
    // A text grows to twice its size.
    afford(2 * body.len())?;
    let mut tokens = Tokenizer::new(body, true);
    let mut open: Vec<Frame> = Vec::new();
    let budget = &mut Budget::new();
    loop {
        budget.checked()?;
        match tokens.next().map_err(DecodeError::Xml)? {
            // Without any element, text or not, the end is all there is.
            None => return Err(DecodeError::Eof),
            Some(Token::Start(name, attributes)) => {
                let attribute = |(name, value): (Name, String)| {
                    member(budget, name.local.len() + value.len());
                    (format!("-{}", name.local), Value::String(value))
                };
                let members = attributes.into_iter().map(attribute).collect();
                open.push(Frame { key: name.local.into(), text: None, members });
            }
            Some(Token::Text(text)) => {
                if let Some(frame) = open.last_mut() {
                    budget.text(text.len());
                    frame.text(text.trim_matches(['\t', '\r', '\u{8}', '\n', ' ']));
                }
            }
            Some(Token::End) => {
                let Some(frame) = open.pop() else { return Err(DecodeError::Eof) };
                let (key, value) = frame.close();
                match open.last_mut() {
                    Some(parent) => append(&mut parent.members, key, value, budget),
                    None => {
                        let root = Map::from([(key, value)]);
                        return Ok(match is_collection {
                            true => Map::from([("collection".to_owned(), Value::Object(root))]),
                            false => root,
                        });
                    }
                }
            }
        }
    }
}

// === impl Frame ===

impl Frame {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.members.is_empty() {
            self.text = Some(text.to_owned());
        } else {
            self.members.insert("#text".to_owned(), Value::String(text.to_owned()));
        }
    }

    fn close(self) -> (String, Value) {
        let value = match self.text {
            Some(text) => Value::String(text),
            None if self.members.is_empty() => Value::String(String::new()),
            None => Value::Object(self.members),
        };
        (self.key, value)
    }
}

/// Pays for a member with `len` bytes of text.
fn member(budget: &mut Budget, len: usize) -> Option<()> {
    budget.take(cost::VALUE + cost::MEMBER)?;
    budget.text(len)
}

/// Adds a child; a second one of the same name makes an array of both.
fn append(members: &mut Map, key: String, value: Value, budget: &mut Budget) {
    budget.take(cost::VALUE);
    match members.get_mut(&key) {
        None => {
            if members.is_empty() {
                budget.take(cost::OBJECT);
            }
            member(budget, key.len());
            members.insert(key, value);
        }
        Some(Value::Array(items)) => items.push(value),
        Some(one) => {
            let first = std::mem::replace(one, Value::Null);
            *one = Value::Array(vec![first, value]);
        }
    }
}

#[cfg(test)]
mod tests;
