//! Names of the parts of the format in other letters: KrakenD reads `Timeout` and `TIMEOUT` as `timeout` (`spec` §2.1).

use std::ops::Range;

use fjord_document::node::{Kind as Is, Node};

use super::core;
use super::table::{Kind, Scope};

/// A name that was written in other letters.
pub struct Renamed {
    /// As written.
    pub written: Box<str>,
    /// As the table has it.
    pub name: &'static str,
    /// Its place in the text, with its quotes.
    pub span: Range<u32>,
}

/// Gives the options of a part, and of the parts inside, the names of the table. Namespaces keep theirs.
pub fn fold(node: &mut Node, scope: Scope, renamed: &mut Vec<Renamed>) {
    let Is::Object(members) = &mut node.kind else { return };
    let options = core::options(scope);
    for index in 0..members.len() {
        let key = &members[index].key;
        let Some(option) = options.iter().find(|option| option.name.eq_ignore_ascii_case(key)) else {
            continue;
        };
        if *option.name != **key {
            // Beside the name itself nobody knows which one is meant: the check says so.
            if members.iter().any(|member| *member.key == *option.name) {
                continue;
            }
            let (written, span) = (key.clone(), members[index].key_span.clone());
            members[index].key = option.name.into();
            renamed.push(Renamed { written, name: option.name, span });
        }
        inside(&mut members[index].value, &option.kind, renamed);
    }
}

/// Whether [`fold`] would change a part.
pub fn folds(node: &Node, scope: Scope) -> bool {
    let options = core::options(scope);
    node.members().iter().any(|member| {
        let option = options.iter().find(|option| option.name.eq_ignore_ascii_case(&member.key));
        option.is_some_and(|option| *option.name != *member.key || folds_inside(&member.value, &option.kind))
    })
}

fn folds_inside(value: &Node, kind: &Kind) -> bool {
    match (kind, &value.kind) {
        (Kind::Part(scope), _) => folds(value, *scope),
        (Kind::With(kind, _), _) => folds_inside(value, kind),
        (Kind::List(item), Is::Array(items)) => items.iter().any(|node| folds_inside(node, item)),
        (Kind::List(item), Is::Object(_)) => folds_inside(value, item),
        _ => false,
    }
}

/// The parts that a value holds.
fn inside(value: &mut Node, kind: &Kind, renamed: &mut Vec<Renamed>) {
    match (kind, &mut value.kind) {
        (Kind::Part(scope), _) => fold(value, *scope, renamed),
        (Kind::With(kind, _), _) => inside(value, kind, renamed),
        (Kind::List(item), Is::Array(items)) => items.iter_mut().for_each(|node| inside(node, item, renamed)),
        // One part stands for a list of one.
        (Kind::List(item), Is::Object(_)) => inside(value, item, renamed),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn parts_are_read_in_any_letters() {
        let text = r#"{"Version": 3, "timeout": "1s", "Timeout": "2s", "ENDPOINTS": [{"Endpoint": "/a",
            "backend": {"URL_Pattern": "/", "mapping": {"Host": "h"}}, "extra_config": {"Proxy": {}}}]}"#;
        let mut root = Document::parse(text).unwrap().root;
        let mut renamed = Vec::new();
        assert!(folds(&root, Scope::Service));
        fold(&mut root, Scope::Service, &mut renamed);
        let names: Vec<_> = renamed.iter().map(|renamed| renamed.name).collect();
        assert_eq!(names, ["version", "endpoints", "endpoint", "url_pattern"]);
        assert_eq!(&text[renamed[2].span.start as usize..renamed[2].span.end as usize], "\"Endpoint\"");
        let endpoint = &root.get("endpoints").unwrap().items()[0];
        assert_eq!(
            endpoint.get("backend").and_then(|b| b.get("url_pattern")).and_then(Node::as_str),
            Some("/")
        );
        assert!(
            root.get("Timeout").is_some() && endpoint.get("extra_config").unwrap().get("Proxy").is_some()
        );
    }
}
