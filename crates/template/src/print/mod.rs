//! Values as Go's `fmt` prints them.

mod float;
mod format;
mod integer;
mod quoted;

use crate::budget::Budget;
use crate::error::Failure;
use crate::value::Value;

pub(crate) use format::sprintf;
pub(crate) use quoted::{quote, raw};

/// What is between `%` and the verb.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%#v`: as Go would write it in a program.
    go_syntax: bool,
}

/// Prints into a text that is paid for.
struct Printer<'b> {
    out: String,
    budget: &'b mut Budget,
    flags: Flags,
}

/// A value as `%v`.
pub(crate) fn sprint_value(budget: &mut Budget, value: &Value<'_>) -> Result<String, Failure> {
    let mut printer = Printer::new(budget);
    printer.argument(value, 'v')?;
    Ok(printer.out)
}

/// Go's `Sprint`: a blank between two values of which none is a string.
pub(crate) fn sprint(budget: &mut Budget, values: &[Value<'_>]) -> Result<String, Failure> {
    let mut printer = Printer::new(budget);
    let mut was_string = true;
    for value in values {
        let is_string = matches!(value, Value::String(_) | Value::Number(_));
        if !is_string && !was_string {
            printer.push(" ")?;
        }
        printer.argument(value, 'v')?;
        was_string = is_string;
    }
    Ok(printer.out)
}

/// Go's `Sprintln`: a blank between all values, and a line break behind them.
pub(crate) fn sprintln(budget: &mut Budget, values: &[Value<'_>]) -> Result<String, Failure> {
    let mut printer = Printer::new(budget);
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            printer.push(" ")?;
        }
        printer.argument(value, 'v')?;
    }
    printer.push("\n")?;
    Ok(printer.out)
}

// === impl Printer ===

impl<'b> Printer<'b> {
    fn new(budget: &'b mut Budget) -> Self {
        Self { out: String::new(), budget, flags: Flags::default() }
    }

    fn push(&mut self, text: &str) -> Result<(), Failure> {
        self.budget.keep(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    /// Writes `text` in the width that is asked for.
    fn pad(&mut self, text: &str) -> Result<(), Failure> {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(text.chars().count());
        if missing == 0 || self.flags.minus {
            self.push(text)?;
            return self.fill(missing);
        }
        self.fill(missing)?;
        self.push(text)
    }

    fn fill(&mut self, count: usize) -> Result<(), Failure> {
        if count == 0 {
            return Ok(());
        }
        let fill = if self.flags.zero && !self.flags.minus { '0' } else { ' ' };
        self.budget.keep(count)?;
        self.out.extend(std::iter::repeat_n(fill, count));
        Ok(())
    }

    /// An argument of a print.
    fn argument(&mut self, value: &Value<'_>, verb: char) -> Result<(), Failure> {
        if verb == 'T' {
            return if value.is_nil() {
                self.pad("<nil>")
            } else {
                self.string(value.type_name(), 's', "string")
            };
        }
        if value.is_nil() {
            return if verb == 'v' { self.pad("<nil>") } else { self.bad_verb(value, verb) };
        }
        if verb == 'p' || verb == 'w' {
            return Err(Failure::new(format!("%{verb} is not supported")));
        }
        self.value(value, verb, 0)
    }

    fn value(&mut self, value: &Value<'_>, verb: char, depth: usize) -> Result<(), Failure> {
        self.budget.descend(depth)?;
        match value {
            Value::Missing | Value::Nil => match verb {
                'v' if self.flags.go_syntax => self.push("interface {}(nil)"),
                // Within a list or a map Go prints the nil of an interface for every verb.
                _ => self.push("<nil>"),
            },
            Value::Bool(value) => match verb {
                't' | 'v' => self.pad(if *value { "true" } else { "false" }),
                _ => self.bad_verb(&Value::Bool(*value), verb),
            },
            Value::Int(number) | Value::Int64(number) => self.integer(*number, true, value, verb),
            Value::Byte(number) => self.integer(i64::from(*number), false, value, verb),
            Value::Float(number) => self.float(*number, value, verb),
            Value::String(text) => self.string(text, verb, "string"),
            Value::Number(text) => self.string(text, verb, "json.Number"),
            Value::List(list) => {
                let (separator, close) = if self.flags.go_syntax { (", ", "}") } else { (" ", "]") };
                if self.flags.go_syntax {
                    self.push(value.type_name())?;
                    if list.is_nil() {
                        return self.push("(nil)");
                    }
                    self.push("{")?;
                } else {
                    self.push("[")?;
                }
                for (i, item) in list.iter().enumerate() {
                    if i > 0 {
                        self.push(separator)?;
                    }
                    self.value(&item, verb, depth + 1)?;
                }
                self.push(close)
            }
            Value::Map(map) => {
                let (separator, close) = if self.flags.go_syntax { (", ", "}") } else { (" ", "]") };
                if self.flags.go_syntax {
                    self.push(value.type_name())?;
                    self.push("{")?;
                } else {
                    self.push("map[")?;
                }
                self.budget.keep_items(map.len())?;
                for (i, (key, member)) in map.entries().into_iter().enumerate() {
                    if i > 0 {
                        self.push(separator)?;
                    }
                    self.string(&key, verb, "string")?;
                    self.push(":")?;
                    self.value(&member, verb, depth + 1)?;
                }
                self.push(close)
            }
        }
    }

    fn string(&mut self, text: &str, verb: char, kind: &str) -> Result<(), Failure> {
        self.budget.read(text.len())?;
        match verb {
            'v' if self.flags.go_syntax => self.quoted(text),
            'v' | 's' => self.pad(self.flags.cut(text)),
            'q' => self.quoted(text),
            'x' | 'X' => self.hex(text, verb == 'X'),
            _ => {
                self.push(&format!("%!{verb}({kind}="))?;
                let flags = self.flags;
                self.pad(flags.cut(text))?;
                self.push(")")
            }
        }
    }

    /// What Go prints where a verb doesn't know what to do with a value.
    fn bad_verb(&mut self, value: &Value<'_>, verb: char) -> Result<(), Failure> {
        if value.is_nil() {
            return self.push(&format!("%!{verb}(<nil>)"));
        }
        self.push(&format!("%!{verb}({}=", value.type_name()))?;
        self.value(value, 'v', 0)?;
        self.push(")")
    }
}

// === impl Flags ===

impl Flags {
    /// As many characters of `text` as the precision allows.
    fn cut(self, text: &str) -> &str {
        let Some(most) = self.precision else { return text };
        let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
        text.get(..end).unwrap_or(text)
    }
}
