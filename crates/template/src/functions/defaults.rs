//! Defaults, types, and JSON.

use super::{Context, Function, Type, any, text};
use crate::error::Failure;
use crate::json::{self, Style};
use crate::value::Value;

const RAW: Style = Style { raw: true, pretty: false };
const PRETTY: Style = Style { raw: false, pretty: true };
const PLAIN: Style = Style { raw: false, pretty: false };

pub(super) const FUNCTIONS: &[Function] = &[
    Function::any("default", &[Type::Any], |_, args| {
        Ok(match args {
            [_, given, ..] if given.is_true() => given.clone(),
            _ => any(args, 0).clone(),
        })
    }),
    Function::new("empty", &[Type::Any], |_, args| Ok(Value::Bool(!any(args, 0).is_true()))),
    Function::any("coalesce", &[], |_, args| {
        Ok(args.iter().find(|arg| arg.is_true()).cloned().unwrap_or(Value::Nil))
    }),
    Function::any("all", &[], |_, args| Ok(Value::Bool(args.iter().all(Value::is_true)))),
    Function::any("any", &[], |_, args| Ok(Value::Bool(args.iter().any(Value::is_true)))),
    Function::new("ternary", &[Type::Any, Type::Any, Type::Bool], |_, args| {
        let index = if any(args, 2).is_true() { 0 } else { 1 };
        Ok(any(args, index).clone())
    }),
    Function::new("fail", &[Type::String], |_, args| Err(Failure::new(text(args, 0)))),
    Function::new("hello", &[], |_, _| Ok(Value::text("Hello!"))),
    Function::new("typeOf", &[Type::Any], |_, args| Ok(Value::text(any(args, 0).type_name()))),
    Function::new("typeIs", &[Type::String, Type::Any], |_, args| {
        Ok(Value::Bool(text(args, 0) == any(args, 1).type_name()))
    }),
    // A pointer to the type would count too; there are none.
    Function::new("typeIsLike", &[Type::String, Type::Any], |_, args| {
        Ok(Value::Bool(text(args, 0) == any(args, 1).type_name()))
    }),
    Function::new("kindOf", &[Type::Any], |_, args| Ok(Value::text(any(args, 0).kind_name()))),
    Function::new("kindIs", &[Type::String, Type::Any], |_, args| {
        Ok(Value::Bool(text(args, 0) == any(args, 1).kind_name()))
    }),
    Function::new("fromJson", &[Type::String], |context, args| {
        or(json::read(&mut context.budget, text(args, 0)), Value::Nil)
    }),
    Function::new("mustFromJson", &[Type::String], |context, args| {
        json::read(&mut context.budget, text(args, 0))
    }),
    Function::new("toJson", &[Type::Any], |context, args| or(to_json(context, args, PLAIN), Value::text(""))),
    Function::new("mustToJson", &[Type::Any], |context, args| to_json(context, args, PLAIN)),
    Function::new("toPrettyJson", &[Type::Any], |context, args| {
        or(to_json(context, args, PRETTY), Value::text(""))
    }),
    Function::new("mustToPrettyJson", &[Type::Any], |context, args| to_json(context, args, PRETTY)),
    Function::new("toRawJson", &[Type::Any], |context, args| to_json(context, args, RAW)),
    Function::new("mustToRawJson", &[Type::Any], |context, args| to_json(context, args, RAW)),
];

/// `instead` of a failure, as where Sprig forgets errors. A limit isn't forgotten.
fn or<'a>(result: Result<Value<'a>, Failure>, instead: Value<'a>) -> Result<Value<'a>, Failure> {
    match result {
        Err(Failure::Message(_)) => Ok(instead),
        other => other,
    }
}

fn to_json<'a>(context: &mut Context<'a>, args: &[Value<'a>], style: Style) -> Result<Value<'a>, Failure> {
    Ok(Value::text(json::write(&mut context.budget, any(args, 0), style)?))
}
