//! Operations that metamethods can take over: member access, arithmetic, comparison.

use super::{Error, Vm};
use crate::compile::{Arith, Cmp};
use crate::value::{Id, Str, Val};

/// How many `__index` tables may be behind each other.
const MAX_CHAIN: usize = 100;

/// A result, or the function to call for it.
pub enum Answer {
    /// The result.
    Value(Val),
    /// The function and its arguments; `negate` the truth of its result.
    Call { function: Val, args: [Val; 2], negate: bool },
}

/// A member to be set by a function.
pub struct SetCall {
    pub function: Val,
    pub object: Val,
    pub key: Val,
    pub value: Val,
}

// === impl Vm ===

impl Vm {
    /// The metatable of a value.
    pub fn metatable(&self, value: &Val) -> Option<Id> {
        match value {
            Val::Table(id) => self.tables[*id].meta,
            Val::Str(_) => self.template.strings,
            Val::UserData(id) => self.template.objects[self.objects[*id].kind()],
            _ => None,
        }
    }

    /// A metamethod of a value, or nil.
    pub fn metamethod(&self, value: &Val, name: &Str) -> Val {
        self.metatable(value).map_or(Val::Nil, |meta| self.tables[meta].get_str(name).clone())
    }

    /// `object[key]`
    pub fn index(&mut self, object: &Val, key: &Val) -> Result<Answer, Error> {
        let mut object = object.clone();
        for _ in 0..MAX_CHAIN {
            self.spend(1)?;
            self.look_up(key)?;
            let handler = match &object {
                Val::Table(id) => {
                    let table = &self.tables[*id];
                    let value = table.get(key);
                    let Some(meta) = table.meta.filter(|_| value.is_nil()) else {
                        return Ok(Answer::Value(value.clone()));
                    };
                    self.tables[meta].get_str(&self.names.index).clone()
                }
                other => {
                    let handler = self.metamethod(other, &self.names.index);
                    if handler.is_nil() {
                        return Err(self.no_table(&object, key));
                    }
                    handler
                }
            };
            match handler {
                Val::Nil => return Ok(Answer::Value(Val::Nil)),
                Val::Closure(_) | Val::Native(_) => {
                    return Ok(Answer::Call {
                        function: handler,
                        args: [object, key.clone()],
                        negate: false,
                    });
                }
                next => object = next,
            }
        }
        Err(self.raise("too many recursions in gettable"))
    }

    /// `object[key] = value`
    pub fn set_index(&mut self, object: &Val, key: Val, value: Val) -> Result<Option<SetCall>, Error> {
        let mut object = object.clone();
        for _ in 0..MAX_CHAIN {
            self.spend(1)?;
            self.look_up(&key)?;
            let handler = match &object {
                Val::Table(id) => {
                    let table = &self.tables[*id];
                    let handler = match table.meta {
                        Some(meta) if table.get(&key).is_nil() => {
                            self.tables[meta].get_str(&self.names.newindex).clone()
                        }
                        _ => Val::Nil,
                    };
                    if handler.is_nil() {
                        return self.raw_set(*id, key, value).map(|()| None);
                    }
                    handler
                }
                other => {
                    let handler = self.metamethod(other, &self.names.newindex);
                    if handler.is_nil() {
                        return Err(self.no_table(&object, &key));
                    }
                    handler
                }
            };
            match handler {
                Val::Closure(_) | Val::Native(_) => {
                    return Ok(Some(SetCall { function: handler, object, key, value }));
                }
                next => object = next,
            }
        }
        Err(self.raise("too many recursions in settable"))
    }

    fn no_table(&mut self, object: &Val, key: &Val) -> Error {
        let (kind, key) = (object.type_name(), self.display(key));
        self.raise(&format!("attempt to index a non-table object({kind}) with key '{key}'"))
    }

    /// A value as `tostring` shows it without metamethods.
    pub fn display(&self, value: &Val) -> String {
        match value {
            Val::Nil => "nil".to_owned(),
            Val::Bool(b) => b.to_string(),
            Val::Number(n) => crate::value::number_text(*n),
            Val::Str(s) => s.text(),
            Val::Native(native) => format!("function: {}", native.name),
            Val::Table(id) | Val::Closure(id) | Val::UserData(id) | Val::Thread(id) => {
                format!("{}: 0x{id:08x}", value.type_name())
            }
        }
    }

    /// Arithmetic on values that are not both numbers.
    pub fn arith_slow(&mut self, op: Arith, b: &Val, c: &Val) -> Result<Answer, Error> {
        let name = match op {
            Arith::Add => "__add",
            Arith::Sub => "__sub",
            Arith::Mul => "__mul",
            Arith::Div => "__div",
            Arith::Mod => "__mod",
            Arith::Pow => "__pow",
        };
        // gopher-lua asks metamethods before it reads strings as numbers.
        let key = Str::from(name);
        for operand in [b, c] {
            let function = self.metamethod(operand, &key);
            if !function.is_nil() {
                return Ok(Answer::Call { function, args: [b.clone(), c.clone()], negate: false });
            }
        }
        match (self.read_number(b)?, self.read_number(c)?) {
            (Some(b), Some(c)) => Ok(Answer::Value(Val::Number(arith(op, b, c)))),
            _ => {
                let (op, b, c) = (name.trim_start_matches('_'), b.type_name(), c.type_name());
                Err(self.raise(&format!("cannot perform {op} operation between {b} and {c}")))
            }
        }
    }

    /// `-value` of something that isn't a number.
    pub fn negate_slow(&mut self, value: &Val) -> Result<Answer, Error> {
        let function = self.metamethod(value, &self.names.unm);
        if !function.is_nil() {
            return Ok(Answer::Call { function, args: [value.clone(), Val::Nil], negate: false });
        }
        match self.read_number(value)? {
            Some(n) => Ok(Answer::Value(Val::Number(-n))),
            None => Err(self.raise("__unm undefined")),
        }
    }

    /// `#value`
    pub fn length(&mut self, value: &Val) -> Result<Answer, Error> {
        if let Val::Str(s) = value {
            return Ok(Answer::Value(Val::Number(s.bytes().len() as f64)));
        }
        // Other than in Lua 5.1 tables are asked, too.
        let function = self.metamethod(value, &self.names.len);
        match (function, value) {
            (Val::Nil, Val::Table(id)) => Ok(Answer::Value(Val::Number(self.tables[*id].len() as f64))),
            (Val::Nil, _) => Err(self.raise("__len undefined")),
            (function, _) => Ok(Answer::Call { function, args: [value.clone(), Val::Nil], negate: false }),
        }
    }

    /// `b op c`
    pub fn compare(&mut self, op: Cmp, b: &Val, c: &Val) -> Result<Answer, Error> {
        if let (Val::Str(b), Val::Str(c)) = (b, c) {
            self.copy(b.bytes().len().min(c.bytes().len()))?;
        }
        let result = match (op, b, c) {
            (Cmp::Lt, Val::Number(b), Val::Number(c)) => b < c,
            (Cmp::Le, Val::Number(b), Val::Number(c)) => b <= c,
            (Cmp::Lt, Val::Str(b), Val::Str(c)) => b.bytes() < c.bytes(),
            (Cmp::Le, Val::Str(b), Val::Str(c)) => b.bytes() <= c.bytes(),
            (Cmp::Eq, Val::Table(_), Val::Table(_)) | (Cmp::Eq, Val::UserData(_), Val::UserData(_)) => {
                if b.raw_eq(c) {
                    return Ok(Answer::Value(Val::Bool(true)));
                }
                return Ok(self
                    .shared(b, c, &self.names.eq.clone(), [b, c], false)
                    .unwrap_or(Answer::Value(Val::Bool(false))));
            }
            (Cmp::Eq, b, c) => b.raw_eq(c),
            (Cmp::Lt, b, c) => {
                let answer = self.shared(b, c, &self.names.lt.clone(), [b, c], false);
                return answer.map_or_else(|| Err(self.incomparable(b, c)), Ok);
            }
            (Cmp::Le, b, c) => {
                let le = self.shared(b, c, &self.names.le.clone(), [b, c], false);
                let answer = le.or_else(|| self.shared(b, c, &self.names.lt.clone(), [c, b], true));
                return answer.map_or_else(|| Err(self.incomparable(b, c)), Ok);
            }
        };
        Ok(Answer::Value(Val::Bool(result)))
    }

    /// The metamethod that both sides have.
    fn shared(&self, b: &Val, c: &Val, name: &Str, args: [&Val; 2], negate: bool) -> Option<Answer> {
        if b.type_name() != c.type_name() {
            return None;
        }
        let function = self.metamethod(b, name);
        if function.is_nil() || !function.raw_eq(&self.metamethod(c, name)) {
            return None;
        }
        Some(Answer::Call { function, args: args.map(Val::clone), negate })
    }

    fn incomparable(&mut self, b: &Val, c: &Val) -> Error {
        self.raise(&format!("attempt to compare {} with {}", b.type_name(), c.type_name()))
    }

    /// The function that joins two values, or the error that there is none.
    pub fn concat_method(&mut self, b: &Val, c: &Val) -> Result<Val, Error> {
        for operand in [b, c] {
            let function = self.metamethod(operand, &self.names.concat);
            if !function.is_nil() {
                return Ok(function);
            }
        }
        let (b, c) = (b.type_name(), c.type_name());
        Err(self.raise(&format!("cannot perform concat operation between {b} and {c}")))
    }
}

/// Arithmetic on numbers.
pub fn arith(op: Arith, b: f64, c: f64) -> f64 {
    match op {
        Arith::Add => b + c,
        Arith::Sub => b - c,
        Arith::Mul => b * c,
        Arith::Div => b / c,
        Arith::Mod => {
            let rest = b % c;
            // The result has the sign of the divisor.
            if rest != 0.0 && (rest < 0.0) != (c < 0.0) { rest + c } else { rest }
        }
        Arith::Pow => b.powf(c),
    }
}
