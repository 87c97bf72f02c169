//! CEL macros: `has` and the comprehensions `all`, `exists`, `exists_one`, `map`, `filter`.

use super::ast::{Comprehension, Expr, Kind, Walk};
use super::error::CompileError;

pub(super) enum Expansion {
    Macro(Kind),
    /// An ordinary call, handed back.
    Call(Option<Expr>, Vec<Expr>),
}

/// Makes a macro of the call `target.name(arguments)`, if it is one.
pub(super) fn expand(
    name: &str,
    target: Option<Expr>,
    mut arguments: Vec<Expr>,
) -> Result<Expansion, CompileError> {
    let Some(range) = target else {
        if name == "has" && arguments.len() == 1 {
            return has(arguments.remove(0));
        }
        return Ok(Expansion::Call(None, arguments));
    };
    // The walk, the number of its variables, whether it has a condition, whether it has a result.
    let shape = match (name, arguments.len()) {
        ("all", 2) => (Walk::All, 1, true, false),
        ("all", 3) => (Walk::All, 2, true, false),
        ("exists", 2) => (Walk::Exists, 1, true, false),
        ("exists", 3) => (Walk::Exists, 2, true, false),
        ("exists_one" | "existsOne", 2) => (Walk::ExistsOne, 1, true, false),
        ("exists_one" | "existsOne", 3) => (Walk::ExistsOne, 2, true, false),
        ("filter", 2) => (Walk::List, 1, true, false),
        ("map", 2) => (Walk::List, 1, false, true),
        ("map", 3) => (Walk::List, 1, true, true),
        ("transformList", 3) => (Walk::List, 2, false, true),
        ("transformList", 4) => (Walk::List, 2, true, true),
        ("transformMap", 3) => (Walk::Map, 2, false, true),
        ("transformMap", 4) => (Walk::Map, 2, true, true),
        _ => return Ok(Expansion::Call(Some(range), arguments)),
    };
    let (kind, variables, has_condition, has_result) = shape;
    let mut rest = arguments.split_off(variables);
    let mut names = arguments.into_iter().map(|argument| match argument.kind {
        Kind::Ident(name) => Ok(name),
        _ => Err(CompileError::new(argument.offset, "argument must be a simple name")),
    });
    let first = names.next().unwrap_or_else(|| Ok(Box::default()))?;
    let second = names.next().transpose()?;
    let result = if has_result { rest.pop() } else { None };
    let condition = if has_condition { rest.pop() } else { None };
    Ok(Expansion::Macro(Kind::Comprehension(Box::new(Comprehension {
        kind,
        range,
        first,
        second,
        condition,
        result,
    }))))
}

fn has(argument: Expr) -> Result<Expansion, CompileError> {
    match argument.kind {
        Kind::Select(operand, field) => Ok(Expansion::Macro(Kind::Has(operand, field))),
        // The usual mistake, `has(map['key'])`, has a usual remedy.
        Kind::Index(_) => Err(CompileError::new(
            argument.offset,
            "invalid argument to has() macro: it takes map.key, for any other key write 'key' in map",
        )),
        _ => Err(CompileError::new(argument.offset, "invalid argument to has() macro")),
    }
}
