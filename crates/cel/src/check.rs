//! Checks names and types before any request comes: what would fail on each of them is an error of the configuration.

use super::Signature;
use super::ast::{Call, Comprehension, Expr, Function, Kind, Literal, Operator, Target, Walk};
use super::error::CompileError;
use super::eval::type_named;
use super::types::Type;

struct Checker<'e> {
    declared: &'e dyn Fn(&str) -> Option<Type>,
    functions: &'e dyn Fn(&str, &[Type]) -> Signature,
    locals: Vec<(&'e str, Type)>,
}

pub(super) fn check(
    root: &Expr,
    declared: &dyn Fn(&str) -> Option<Type>,
    functions: &dyn Fn(&str, &[Type]) -> Signature,
) -> Result<Type, CompileError> {
    Checker { declared, functions, locals: Vec::new() }.expr(root)
}

// === impl Checker ===

impl<'e> Checker<'e> {
    fn expr(&mut self, expr: &'e Expr) -> Result<Type, CompileError> {
        let at = expr.offset;
        Ok(match &expr.kind {
            Kind::Literal(literal) => literal_type(literal),
            Kind::Ident(name) => self.name(at, name)?,
            Kind::Select(operand, _) => self.field(at, operand)?,
            Kind::Has(operand, _) => {
                self.field(at, operand)?;
                Type::Bool
            }
            Kind::Index(operands) => {
                let (operand, index) = self.both(operands)?;
                let (key, value) = match &operand {
                    Type::Dyn => return Ok(Type::Dyn),
                    Type::List(item) => (&Type::Int, &**item),
                    Type::Map(key, value) => (&**key, &**value),
                    _ => return Err(no_overload(at, "[]", &[&operand, &index])),
                };
                if !key.fits(&index) {
                    return Err(no_overload(at, "[]", &[&operand, &index]));
                }
                value.clone()
            }
            Kind::Not(operand) => self.expect(operand, &Type::Bool, "!")?,
            Kind::Negate(operand) => match self.expr(operand)? {
                kind @ (Type::Int | Type::Double | Type::Dyn) => kind,
                other => return Err(no_overload(at, "-", &[&other])),
            },
            Kind::And(operands) | Kind::Or(operands) => {
                let symbol = if matches!(expr.kind, Kind::And(_)) { "&&" } else { "||" };
                for operand in operands {
                    self.expect(operand, &Type::Bool, symbol)?;
                }
                Type::Bool
            }
            Kind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.expect(condition, &Type::Bool, "?:")?;
                let (then, otherwise) = (self.expr(then)?, self.expr(otherwise)?);
                if !then.fits(&otherwise) {
                    return Err(no_overload(at, "?:", &[&Type::Bool, &then, &otherwise]));
                }
                then.join(otherwise)
            }
            Kind::Binary(operator, operands) => {
                let (left, right) = self.both(operands)?;
                // Inside of a walk cel-go 0.20 lets numbers of different types be ordered, outside it does not.
                operator_type(*operator, &left, &right, !self.locals.is_empty())
                    .ok_or_else(|| no_overload(at, operator.symbol(), &[&left, &right]))?
            }
            Kind::Call(call) => self.call(at, call)?,
            Kind::Matches(text, _) => {
                self.expect(text, &Type::String, "matches")?;
                Type::Bool
            }
            Kind::TimeIn(_, time, _) => {
                self.expect(time, &Type::Timestamp, "time function")?;
                Type::Int
            }
            Kind::List(items) => Type::list(self.joined(items.iter())?),
            Kind::Map(entries) => {
                let key = self.joined(entries.iter().map(|[key, _]| key))?;
                Type::map(key, self.joined(entries.iter().map(|[_, value]| value))?)
            }
            Kind::Comprehension(walk) => self.walk(walk)?,
        })
    }

    fn name(&self, at: usize, name: &str) -> Result<Type, CompileError> {
        let local = self.locals.iter().rev().find(|(local, _)| *local == name);
        let found = local.map(|(_, kind)| kind.clone()).or_else(|| (self.declared)(name));
        found
            .or_else(|| type_named(name).map(|_| Type::Type))
            .ok_or_else(|| CompileError::new(at, format!("undeclared reference to '{name}'")))
    }

    fn field(&mut self, at: usize, operand: &'e Expr) -> Result<Type, CompileError> {
        match self.expr(operand)? {
            Type::Dyn => Ok(Type::Dyn),
            Type::Map(_, value) => Ok(*value),
            other => Err(CompileError::new(
                at,
                format!("type '{}' does not support field selection", other.name()),
            )),
        }
    }

    fn both(&mut self, operands: &'e [Expr; 2]) -> Result<(Type, Type), CompileError> {
        let [left, right] = operands;
        Ok((self.expr(left)?, self.expr(right)?))
    }

    fn expect(&mut self, operand: &'e Expr, wanted: &Type, function: &str) -> Result<Type, CompileError> {
        let found = self.expr(operand)?;
        if !found.fits(wanted) {
            return Err(no_overload(operand.offset, function, &[&found]));
        }
        Ok(wanted.clone())
    }

    /// The type of all `items`; of none it is any.
    fn joined(&mut self, items: impl Iterator<Item = &'e Expr>) -> Result<Type, CompileError> {
        let mut joined: Option<Type> = None;
        for item in items {
            let kind = self.expr(item)?;
            joined = Some(joined.map_or(kind.clone(), |joined| joined.join(kind)));
        }
        Ok(joined.unwrap_or(Type::Dyn))
    }

    fn call(&mut self, at: usize, call: &'e Call) -> Result<Type, CompileError> {
        let types: Result<Vec<Type>, _> = call.arguments.iter().map(|argument| self.expr(argument)).collect();
        let found = match call.function {
            Some(function) => {
                let types = types.as_deref().unwrap_or_default();
                if function.takes(call.member, types.len()) { function_type(function, types) } else { None }
            }
            None => match (self.functions)(&call.name, types.as_deref().unwrap_or_default()) {
                Signature::Returns(kind) => Some(kind),
                Signature::Mismatch => None,
                Signature::Unknown => {
                    let message = format!("undeclared reference to '{}'", call.name);
                    return Err(CompileError::new(at, message));
                }
            },
        };
        let types = types?;
        found.ok_or_else(|| no_overload(at, &call.name, &types.iter().collect::<Vec<_>>()))
    }

    fn walk(&mut self, walk: &'e Comprehension) -> Result<Type, CompileError> {
        let range = self.expr(&walk.range)?;
        let (key, item, single) = match range {
            Type::Dyn => (Type::Dyn, Type::Dyn, Type::Dyn),
            Type::List(item) => (Type::Int, (*item).clone(), *item),
            Type::Map(key, value) => ((*key).clone(), *value, *key),
            other => {
                let message = format!("expression of type '{}' cannot be iterated over", other.name());
                return Err(CompileError::new(walk.range.offset, message));
            }
        };
        let scope = self.locals.len();
        match &walk.second {
            Some(second) => self.locals.extend([(&*walk.first, key.clone()), (&**second, item)]),
            None => self.locals.push((&walk.first, single.clone())),
        }
        if let Some(condition) = &walk.condition {
            self.expect(condition, &Type::Bool, "condition of a comprehension")?;
        }
        let result = walk.result.as_ref().map(|result| self.expr(result)).transpose()?.unwrap_or(single);
        self.locals.truncate(scope);
        Ok(match walk.kind {
            Walk::All | Walk::Exists | Walk::ExistsOne => Type::Bool,
            Walk::List => Type::list(result),
            Walk::Map => Type::map(key, result),
        })
    }
}

fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Uint(_) => Type::Uint,
        Literal::Double(_) => Type::Double,
        Literal::String(_) => Type::String,
        Literal::Bytes(_) => Type::Bytes,
        Literal::Type(_) => Type::Type,
    }
}

fn operator_type(operator: Operator, left: &Type, right: &Type, in_walk: bool) -> Option<Type> {
    use Type as T;
    match operator {
        Operator::Equal | Operator::NotEqual => left.fits(right).then_some(T::Bool),
        Operator::In => match right {
            T::List(item) => item.fits(left).then_some(T::Bool),
            T::Map(key, _) => key.fits(left).then_some(T::Bool),
            T::Dyn => Some(T::Bool),
            _ => None,
        },
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            let unordered = |kind: &T| matches!(kind, T::List(_) | T::Map(..) | T::Type);
            let number = |kind: &T| matches!(kind, T::Int | T::Uint | T::Double);
            let comparable = left.fits(right) || in_walk && number(left) && number(right);
            (comparable && !unordered(left) && !unordered(right)).then_some(T::Bool)
        }
        _ => arithmetic_type(operator, left, right),
    }
}

fn arithmetic_type(operator: Operator, left: &Type, right: &Type) -> Option<Type> {
    use Operator as O;
    use Type as T;
    let known = match (left, right) {
        (T::Dyn, T::Dyn) => return Some(T::Dyn),
        (T::Dyn, known) | (known, T::Dyn) => {
            // The other side decides, unless it can be combined with more than its own kind.
            if matches!(known, T::Timestamp | T::Duration) {
                return matches!(operator, O::Add | O::Subtract).then_some(T::Dyn);
            }
            known
        }
        (T::Timestamp, T::Duration) => {
            return matches!(operator, O::Add | O::Subtract).then_some(T::Timestamp);
        }
        (T::Duration, T::Timestamp) => return (operator == O::Add).then_some(T::Timestamp),
        (T::Timestamp, T::Timestamp) => return (operator == O::Subtract).then_some(T::Duration),
        (T::List(a), T::List(b)) if a.fits(b) => {
            return (operator == O::Add).then(|| T::list((**a).clone().join((**b).clone())));
        }
        (a, b) if a == b => a,
        _ => return None,
    };
    let applies = match known {
        T::Int | T::Uint => true,
        T::Double => operator != O::Modulo,
        T::String | T::Bytes | T::List(_) => operator == O::Add,
        T::Duration => matches!(operator, O::Add | O::Subtract),
        _ => false,
    };
    applies.then(|| known.clone())
}

fn function_type(function: Function, types: &[Type]) -> Option<Type> {
    use Type as T;
    let of = |accepted: &[T]| types.first().is_some_and(|found| *found == T::Dyn || accepted.contains(found));
    match function {
        Function::Size => {
            let sized = matches!(types.first()?, T::Dyn | T::String | T::Bytes | T::List(_) | T::Map(..));
            sized.then_some(T::Int)
        }
        Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches => {
            types.iter().all(|found| found.fits(&T::String)).then_some(T::Bool)
        }
        Function::Type => Some(T::Type),
        Function::Dyn => Some(T::Dyn),
        Function::Time(part) => {
            let zone = types.get(1).is_none_or(|zone| zone.fits(&T::String));
            let span = part.of_duration() && types.len() == 1 && of(&[T::Duration]);
            (zone && (span || of(&[T::Timestamp]))).then_some(T::Int)
        }
        Function::Convert(target) => match target {
            Target::Bool => of(&[T::Bool, T::String]).then_some(T::Bool),
            Target::Int => {
                of(&[T::Int, T::Double, T::Duration, T::String, T::Timestamp, T::Uint]).then_some(T::Int)
            }
            Target::Uint => of(&[T::Uint, T::Double, T::Int, T::String]).then_some(T::Uint),
            Target::Double => of(&[T::Double, T::Int, T::String, T::Uint]).then_some(T::Double),
            Target::String => {
                let plain =
                    [T::String, T::Bool, T::Bytes, T::Double, T::Duration, T::Int, T::Timestamp, T::Uint];
                of(&plain).then_some(T::String)
            }
            Target::Bytes => of(&[T::Bytes, T::String]).then_some(T::Bytes),
            Target::Timestamp => of(&[T::Timestamp, T::Int, T::String]).then_some(T::Timestamp),
            Target::Duration => of(&[T::Duration, T::String]).then_some(T::Duration),
        },
    }
}

fn no_overload(at: usize, function: &str, types: &[&Type]) -> CompileError {
    let names: Vec<String> = types.iter().map(|kind| kind.name()).collect();
    CompileError::new(at, format!("no matching overload for '{function}' applied to ({})", names.join(", ")))
}
