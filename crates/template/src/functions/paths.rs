//! Paths with slashes, as Go's `path` takes them apart.

use super::{Context, Function, Type, text};
use crate::error::Failure;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base", &[Type::String], |context, args| context.made(base(text(args, 0)))),
    Function::new("osBase", &[Type::String], |context, args| context.made(base(text(args, 0)))),
    Function::new("dir", &[Type::String], dir),
    Function::new("osDir", &[Type::String], dir),
    Function::new("clean", &[Type::String], |context, args| context.made(clean(text(args, 0)))),
    Function::new("osClean", &[Type::String], |context, args| context.made(clean(text(args, 0)))),
    Function::new("ext", &[Type::String], ext),
    Function::new("osExt", &[Type::String], ext),
    Function::new("isAbs", &[Type::String], |_, args| Ok(Value::Bool(text(args, 0).starts_with('/')))),
    Function::new("osIsAbs", &[Type::String], |_, args| Ok(Value::Bool(text(args, 0).starts_with('/')))),
];

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    if name.is_empty() { "/".to_owned() } else { name.to_owned() }
}

fn dir<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let path = text(args, 0);
    let end = path.rfind('/').map_or(0, |at| at + 1);
    context.made(clean(path.get(..end).unwrap_or_default()))
}

/// The shortest path to the same place, without looking at files.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn ext<'a>(context: &mut Context<'a>, args: &[Value<'a>]) -> Result<Value<'a>, Failure> {
    let name = text(args, 0).rsplit('/').next().unwrap_or_default();
    context.made(name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default().to_owned())
}
