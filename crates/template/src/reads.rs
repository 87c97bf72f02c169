//! Which members of the data a template can look at: a host needn't make the others.

use crate::ast::{Command, Node, Operand, OperandKind, Pipe};
use crate::templates::Templates;

// === impl Templates ===

impl Templates {
    /// Whether an execution may look at the member `name` of its data. In doubt it may: where `.` or `$` is used as a whole,
    /// or a field has that name, of whatever value.
    pub fn reads(&self, name: &str) -> bool {
        self.trees.values().any(|tree| nodes(&tree.nodes, name))
    }
}

/// Parsing bounds how deep these nest.
fn nodes(list: &[Node], name: &str) -> bool {
    list.iter().any(|node| match node {
        Node::Text { .. } | Node::Break | Node::Continue => false,
        Node::Action { pipe: inner, .. } => pipe(inner, name),
        Node::Control(control) => {
            pipe(&control.pipe, name)
                || nodes(&control.body, name)
                || control.otherwise.as_ref().is_some_and(|list| nodes(list, name))
        }
        Node::Template(call) => call.pipe.as_ref().is_some_and(|inner| pipe(inner, name)),
    })
}

fn pipe(pipe: &Pipe, name: &str) -> bool {
    pipe.commands.iter().any(|Command { args, .. }| args.iter().any(|arg| operand(arg, name)))
}

fn operand(Operand { kind, .. }: &Operand, name: &str) -> bool {
    match kind {
        OperandKind::Dot => true,
        OperandKind::Field(path) => path.first().is_some_and(|first| **first == *name),
        OperandKind::Variable(path) => match &path[..] {
            [root] => **root == *"$",
            [root, first, ..] => **root == *"$" && **first == *name,
            [] => false,
        },
        OperandKind::Chain(inner, _) => operand(inner, name),
        OperandKind::Pipe(inner) => pipe(inner, name),
        OperandKind::Bool(_)
        | OperandKind::Nil
        | OperandKind::Number(_)
        | OperandKind::String { .. }
        | OperandKind::Function(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_read_where_it_can_be() {
        for (text, reads) in [
            ("text", false),
            ("{{ .other.body }}", false),
            ("{{ .body }}", true),
            ("{{ .body.a | upper }}", true),
            ("{{ $.body }}", true),
            ("{{ $x := .other }}{{ $x }}{{ $x.body }}", false),
            ("{{ $x := . }}{{ $x.body }}", true),
            ("{{ index . `body` }}", true),
            ("{{ toJson $ }}", true),
            ("{{ if .other }}{{ else }}{{ .body }}{{ end }}", true),
            ("{{ with .other }}{{ .body }}{{ end }}", true),
            ("{{ range .other }}{{ .a }}{{ end }}", false),
            ("{{ (index .other 0).body }}", false),
            ("{{ (.body).a }}", true),
            ("{{ define `a` }}{{ .body }}{{ end }}{{ template `a` .other }}", true),
            ("{{ define `a` }}{{ .b }}{{ end }}{{ template `a` . }}", true),
        ] {
            let mut templates = Templates::default();
            templates.add("t", text, &[]).unwrap();
            assert_eq!(templates.reads("body"), reads, "{text}");
        }
    }
}
