//! KrakenD's formatter on values, as its source reads: what the one on spans is compared with. The fuzz targets use it too.

use serde_json::{Map, Value, json};

/// Options of a backend.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub target: String,
    pub allow: Vec<String>,
    pub deny: Vec<String>,
    pub mapping: Vec<(String, String)>,
    pub group: String,
}

/// The data of an answer, shaped. `null` is nil data.
pub fn shaped(mut data: Value, options: &Options) -> Value {
    if !options.target.is_empty() {
        data = options
            .target
            .split('.')
            .try_fold(data, |value, key| value.get(key).cloned())
            .unwrap_or_default();
        if !data.is_object() {
            data = json!({});
        }
    }
    if let Value::Object(members) = &mut data {
        if !options.allow.is_empty() {
            prune(&allow_tree(&options.allow), members);
        } else {
            for path in &options.deny {
                deny(&path.split('.').collect::<Vec<_>>(), members);
            }
        }
        for (from, to) in &options.mapping {
            if let Some(value) = members.get(from).cloned() {
                members.insert(to.split('.').next().unwrap_or_default().to_owned(), value);
                members.remove(from);
            }
        }
    }
    if options.group.is_empty() { data } else { json!({ &options.group: data }) }
}

/// `true` is a leaf.
fn allow_tree(paths: &[String]) -> Map<String, Value> {
    let mut root = Map::new();
    for path in paths {
        let mut tree = &mut root;
        let mut keys: Vec<&str> = path.split('.').collect();
        let leaf = keys.pop().unwrap_or_default();
        for key in keys {
            let branch = tree.entry(key).or_insert_with(|| json!({}));
            if !branch.is_object() {
                *branch = json!({});
            }
            let Value::Object(deeper) = branch else { return root };
            tree = deeper;
        }
        tree.insert(leaf.to_owned(), json!(true));
    }
    root
}

/// Whether nothing is left.
fn prune(tree: &Map<String, Value>, members: &mut Map<String, Value>) -> bool {
    let keys: Vec<String> = members.keys().cloned().collect();
    for key in keys {
        let keep = match (tree.get(&key), members.get_mut(&key)) {
            (Some(Value::Object(tree)), Some(Value::Object(inner))) => !prune(tree, inner),
            (Some(Value::Bool(_)), _) => true,
            _ => false,
        };
        if !keep {
            members.remove(&key);
        }
    }
    members.is_empty()
}

fn deny(path: &[&str], members: &mut Map<String, Value>) {
    match path {
        [leaf] => drop(members.remove(*leaf)),
        [key, rest @ ..] => {
            if let Some(Value::Object(inner)) = members.get_mut(*key) {
                deny(rest, inner);
            }
        }
        [] => {}
    }
}
