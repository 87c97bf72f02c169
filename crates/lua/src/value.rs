//! The values of a script: numbers, byte strings and the ids of what lives in the execution's arenas.

use std::sync::Arc;

use super::vm::NativeFn;

/// The place of a table, closure, upvalue, userdata or thread in its arena.
pub type Id = u32;

/// A function of the gateway that scripts can call.
pub struct Native {
    /// The name that argument errors show.
    pub name: &'static str,
    /// What it does.
    pub call: NativeFn,
}

/// A Lua string: bytes, shared.
#[derive(Clone, Eq)]
pub struct Str(Arc<[u8]>);

/// One Lua value.
#[derive(Clone)]
pub enum Val {
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// Every number is a double, as in Lua 5.1.
    Number(f64),
    /// A string.
    Str(Str),
    /// A table.
    Table(Id),
    /// A function of the script.
    Closure(Id),
    /// A function of the gateway.
    Native(&'static Native),
    /// An object of the gateway: a request, a luaTable.
    UserData(Id),
    /// A coroutine.
    Thread(Id),
}

// === impl Str ===

impl Str {
    /// The string with these bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Self(Arc::from(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, with U+FFFD for what is not UTF-8 (as Go's JSON encoder writes it).
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// Which allocation this is, for counting shared strings once.
    pub fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

impl Default for Str {
    fn default() -> Self {
        Self::new(b"")
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl From<&[u8]> for Str {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for Str {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::from(bytes))
    }
}

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

// === impl Val ===

impl Val {
    /// A string value.
    pub fn text(text: &str) -> Self {
        Self::Str(Str::from(text))
    }

    /// Whether a condition takes it as true: everything but nil and false.
    pub fn truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// Whether it is nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The name `type` gives.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Str(_) => "string",
            Self::Table(_) => "table",
            Self::Closure(_) | Self::Native(_) => "function",
            Self::UserData(_) => "userdata",
            Self::Thread(_) => "thread",
        }
    }

    /// Equality without metamethods.
    pub fn raw_eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Table(a), Self::Table(b))
            | (Self::Closure(a), Self::Closure(b))
            | (Self::UserData(a), Self::UserData(b))
            | (Self::Thread(a), Self::Thread(b)) => a == b,
            (Self::Native(a), Self::Native(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }

    /// The number it is or reads as.
    pub fn to_number(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Str(s) => parse_number(s.bytes()),
            _ => None,
        }
    }

    /// The string it is or prints as: strings and numbers only.
    pub fn to_str(&self) -> Option<Str> {
        match self {
            Self::Str(s) => Some(s.clone()),
            Self::Number(n) => Some(Str::from(number_text(*n).as_str())),
            _ => None,
        }
    }
}

/// A number as `tostring` prints it. gopher-lua prints integers in full and other numbers as Go's `%v`
/// does, not with C's `%.14g`: 0.1+0.2 is 0.30000000000000004.
pub fn number_text(n: f64) -> String {
    // The cast saturates, so 2^63 and above would look like integers without the bound.
    if n.fract() == 0.0 && n.abs() < 9.223_372_036_854_775e18 {
        return (n as i64).to_string();
    }
    go_g(n)
}

/// Go's `%g` with the fewest digits that read back as the same number.
pub fn go_g(n: f64) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() };
    }
    let text = format!("{n:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // With the shortest precision %g turns to an exponent below 1e-4 and from 1e6.
    if (-4..6).contains(&exponent) {
        return format!("{n}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The number a text reads as: decimal or hexadecimal, spaces around allowed.
pub fn parse_number(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(hex) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        if hex.is_empty() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = hex.chars().fold(0.0, |n, c| n * 16.0 + f64::from(c.to_digit(16).unwrap_or(0)));
        return Some(if text.starts_with('-') { -value } else { value });
    }
    // Rust also reads `inf` and `nan`, Lua does not.
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse().ok()
}
