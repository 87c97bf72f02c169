//! Executes trees: statements here, pipelines in `eval`.

mod call;
mod eval;

use crate::ast::{Call, Control, ControlKind, Node, Pipe, Place, Tree};
use crate::budget::{Budget, Limits, MAX_DEPTH};
use crate::error::{ExecError, Failure};
use crate::functions::{Context, owned};
use crate::print::{quote, sprint, sprint_value};
use crate::templates::{Host, Output, Span, Templates};
use crate::value::{Text, Value};

/// Where execution continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// One execution.
pub(crate) struct Executor<'a, 'h> {
    templates: &'a Templates,
    host: &'h mut dyn Host,
    out: &'h mut dyn Output,
    context: Context<'a>,
    /// The template that runs, by its name.
    current: (&'a str, &'a Tree),
    /// What is evaluated: an error is about it.
    place: Place<'a>,
    variables: Vec<(&'a str, Value<'a>)>,
    depth: usize,
}

/// See [`Templates::execute`].
pub(crate) fn execute<'a>(
    templates: &'a Templates,
    name: &str,
    data: Value<'a>,
    limits: Limits,
    host: &mut dyn Host,
    out: &mut dyn Output,
) -> Result<(), ExecError> {
    let Some((name, tree)) = templates.trees.get_key_value(name) else {
        return Err(ExecError {
            source: name.into(),
            index: 0,
            template: name.into(),
            line: 1,
            column: 0,
            offset: 0,
            context: String::new(),
            message: format!("no template {}", quote(name)),
            is_limit: false,
        });
    };
    let mut executor = Executor {
        templates,
        host,
        out,
        context: Context::new(Budget::new(limits)),
        current: (name, tree),
        place: Place::Source,
        variables: Vec::new(),
        depth: 0,
    };
    let done = executor.start(data, tree);
    done.map_err(|failure| executor.error(failure))
}

// === impl Executor ===

impl<'a> Executor<'a, '_> {
    fn start(&mut self, mut dot: Value<'a>, tree: &'a Tree) -> Result<(), Failure> {
        if self.templates.changes_maps {
            dot = owned(&mut self.context, &dot, 0)?;
        }
        self.variables.push(("$", dot.clone()));
        self.nodes(&dot, &tree.nodes).map(|_| ())
    }

    /// The failure with the place where it happened, which nothing has left since.
    fn error(&self, failure: Failure) -> ExecError {
        let (name, tree) = self.current;
        let source = self.templates.sources.get(tree.source);
        let offset = self.place.start();
        let text = source.and_then(|source| source.text.get(..offset)).unwrap_or_default();
        let (message, is_limit) = match failure {
            Failure::Message(message) => (message, false),
            Failure::Limit(limit) => (limit.to_owned(), true),
        };
        ExecError {
            source: source.map_or("", |source| &source.name).into(),
            index: tree.source,
            template: name.into(),
            line: 1 + text.matches('\n').count(),
            column: text.len() - text.rfind('\n').map_or(0, |at| at + 1),
            offset,
            context: self.place.to_string(),
            message,
            is_limit,
        }
    }

    fn descend(&mut self) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Failure::Limit("exceeded maximum template depth")) } else { Ok(()) }
    }

    fn nodes(&mut self, dot: &Value<'a>, nodes: &'a [Node]) -> Result<Flow, Failure> {
        for node in nodes {
            self.context.budget.spend(1)?;
            let flow = match node {
                Node::Text { start, end } => {
                    self.text(*start, *end)?;
                    Flow::Next
                }
                Node::Action { start, end, pipe } => {
                    self.action(dot, *start, *end, pipe)?;
                    Flow::Next
                }
                Node::Control(control) => self.control(dot, control)?,
                Node::Template(call) => {
                    self.template(dot, call)?;
                    Flow::Next
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn text(&mut self, start: usize, end: usize) -> Result<(), Failure> {
        let source = self.current.1.source;
        let text = self.templates.sources.get(source).and_then(|source| source.text.get(start..end));
        self.write(text.unwrap_or_default(), Span { source, start, end })
    }

    fn action(&mut self, dot: &Value<'a>, start: usize, end: usize, pipe: &'a Pipe) -> Result<(), Failure> {
        let value = self.pipe(dot, pipe)?;
        // What a variable takes isn't printed.
        if !pipe.names.is_empty() {
            return Ok(());
        }
        let span = Span { source: self.current.1.source, start, end };
        match &value {
            Value::String(text) | Value::Number(text) => self.write(text, span),
            Value::Missing => self.write("<no value>", span),
            _ => {
                let text = sprint_value(&mut self.context.budget, &value)?;
                self.write(&text, span)
            }
        }
    }

    fn write(&mut self, text: &str, span: Span) -> Result<(), Failure> {
        self.context.budget.write(text.len())?;
        self.out.write(text, span);
        Ok(())
    }

    fn control(&mut self, dot: &Value<'a>, control: &'a Control) -> Result<Flow, Failure> {
        self.descend()?;
        let mark = self.variables.len();
        let flow = match control.kind {
            ControlKind::Range => self.range(dot, control)?,
            kind => {
                let value = self.pipe(dot, &control.pipe)?;
                if !value.is_true() {
                    self.otherwise(dot, control)?
                } else if kind == ControlKind::With {
                    self.nodes(&value, &control.body)?
                } else {
                    self.nodes(dot, &control.body)?
                }
            }
        };
        self.variables.truncate(mark);
        self.depth -= 1;
        Ok(flow)
    }

    fn otherwise(&mut self, dot: &Value<'a>, control: &'a Control) -> Result<Flow, Failure> {
        match &control.otherwise {
            Some(nodes) => self.nodes(dot, nodes),
            None => Ok(Flow::Next),
        }
    }

    fn range(&mut self, dot: &Value<'a>, control: &'a Control) -> Result<Flow, Failure> {
        let value = self.pipe(dot, &control.pipe)?;
        let mark = self.variables.len();
        let mut ran = false;
        match &value {
            Value::Int(_) | Value::Int64(_) | Value::Byte(_) => {
                let (count, make): (i64, fn(i64) -> Value<'a>) = match value {
                    Value::Int(count) => (count, Value::Int),
                    Value::Int64(count) => (count, Value::Int64),
                    Value::Byte(count) => (count.into(), |item| Value::Byte(item as u8)),
                    _ => (0, Value::Int),
                };
                if control.pipe.names.len() > 1 {
                    return Err(Failure::new(format!(
                        "can't use {count} to iterate over more than one variable"
                    )));
                }
                for item in 0..count {
                    ran = true;
                    if !self.iteration(control, mark, Value::Missing, make(item))? {
                        break;
                    }
                }
            }
            Value::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    ran = true;
                    if !self.iteration(control, mark, Value::Int(index as i64), item)? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                self.context.budget.keep_items(map.len())?;
                for (key, item) in map.entries() {
                    ran = true;
                    if !self.iteration(control, mark, Value::String(key), item)? {
                        break;
                    }
                }
            }
            Value::Missing | Value::Nil => {}
            other => {
                let shown = sprint(&mut self.context.budget, std::slice::from_ref(other))?;
                return Err(Failure::new(format!("range can't iterate over {shown}")));
            }
        }
        if ran { Ok(Flow::Next) } else { self.otherwise(dot, control) }
    }

    /// Runs the body for one item; whether there may be another one.
    fn iteration(
        &mut self,
        control: &'a Control,
        mark: usize,
        key: Value<'a>,
        item: Value<'a>,
    ) -> Result<bool, Failure> {
        self.context.budget.spend(1)?;
        let values = match &*control.pipe.names {
            [] => vec![],
            [name] => vec![(&**name, item.clone())],
            [first, second, ..] => vec![(&**first, key), (&**second, item.clone())],
        };
        let declared = values.len();
        for (i, (name, value)) in values.into_iter().enumerate() {
            if control.pipe.assigns {
                self.set(name, value)?;
            } else if let Some(variable) = self.variables.get_mut(mark - declared + i) {
                variable.1 = value;
            }
        }
        let flow = self.nodes(&item, &control.body)?;
        self.variables.truncate(mark);
        Ok(flow != Flow::Break)
    }

    fn template(&mut self, dot: &Value<'a>, call: &'a Call) -> Result<(), Failure> {
        self.place = Place::Call(call);
        let Some((name, tree)) = self.templates.trees.get_key_value(&call.name) else {
            return Err(Failure::new(format!("template {} not defined", quote(&call.name))));
        };
        self.descend()?;
        let dot = match &call.pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Value::Missing,
        };
        // A template sees no variables of its caller.
        let variables = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let current = std::mem::replace(&mut self.current, (name, tree));
        self.nodes(&dot, &tree.nodes)?;
        self.current = current;
        self.variables = variables;
        self.depth -= 1;
        Ok(())
    }

    // === variables ===

    /// Gives a variable that exists another value.
    fn set(&mut self, name: &str, value: Value<'a>) -> Result<(), Failure> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some(variable) => {
                variable.1 = value;
                Ok(())
            }
            None => Err(Failure::new(format!("undefined variable: {name}"))),
        }
    }

    fn variable(&self, name: &str) -> Result<Value<'a>, Failure> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| value.clone())
            .ok_or_else(|| Failure::new(format!("undefined variable: {name}")))
    }

    /// A string of the template.
    fn literal(text: &'a str) -> Value<'a> {
        Value::String(Text::Borrowed(text))
    }
}
