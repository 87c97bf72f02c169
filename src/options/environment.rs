//! What a plan is built with beside the configuration: bundled files, the host's variables and secrets.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_document::node::{Kind, Node};
use fjord_json::{DecodeError, Map, Value};

/// Files, variables and switches of the host.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Texts of the files that the configuration names, by the path as written there.
    pub files: BTreeMap<String, String>,
    /// Variables and secrets.
    pub variables: BTreeMap<String, String>,
    /// Serves `/__debug/` whatever the configuration says (`fjord run -d`).
    pub debug: bool,
    /// What features have in common: see [`Environment::shared`].
    pub shared: Shared,
}

/// What features of one plan have in common, one value of a type.
#[derive(Debug, Clone, Default)]
pub struct Shared(RefCell<BTreeMap<TypeId, Rc<dyn Any>>>);

/// What the host handed over can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentError(String);

// === impl Environment ===

impl Environment {
    /// From JSON objects of texts, as the host hands them over. `FJORD_OPTIONS` among the variables is a JSON object of
    /// switches.
    ///
    /// # Errors
    /// If one of them isn't an object, or takes more memory than there is: a plan without a file that it names, or without
    /// a secret, would be another plan.
    pub fn from_json(files: impl AsRef<[u8]>, variables: impl AsRef<[u8]>) -> Result<Self, EnvironmentError> {
        let unreadable = |what: &str, error| EnvironmentError(format!("{what} can't be read: {error}"));
        let variables = members(variables.as_ref()).map_err(|error| unreadable("the variables", error))?;
        let files = members(files.as_ref()).map_err(|error| unreadable("the files", error))?;
        let variables = texts(variables);
        let switches = variables.get("FJORD_OPTIONS").map(|text| members(text.as_bytes())).transpose();
        let switches = switches.map_err(|error| unreadable("FJORD_OPTIONS", error))?;
        let debug = switches.is_some_and(|switches| switches.get("debug").is_some_and(Value::is_true));
        Ok(Self { files: texts(files), variables, debug, ..Self::default() })
    }

    /// The value of a type that the features of a plan share: users of the service, a cache, key sets. Its default until one of
    /// them has changed it.
    pub fn shared<T: Default + 'static>(&self) -> Rc<T> {
        let mut values = self.shared.0.borrow_mut();
        let value = values.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(T::default()));
        // The key is the value's type, so the other branch is never taken.
        Rc::clone(value).downcast().unwrap_or_default()
    }

    /// The text of a bundled file.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The value of a variable or secret.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The root with `KRAKEND_<KEY>` in place of its scalars, as KrakenD reads the environment: keys of the file
    /// only (spec §2.1).
    pub(crate) fn overridden(&self, mut root: Node) -> Node {
        let Kind::Object(members) = &mut root.kind else { return root };
        for member in members {
            let Some(text) = self.variable(&format!("KRAKEND_{}", member.key.to_ascii_uppercase())) else {
                continue;
            };
            member.value.kind = match &member.value.kind {
                Kind::Bool(_) => Kind::Bool(matches!(text, "true" | "1" | "t" | "T" | "TRUE" | "True")),
                Kind::Number(_) => Kind::Number(text.into()),
                Kind::String(_) => Kind::String(text.into()),
                _ => continue,
            };
        }
        root
    }
}

// === impl EnvironmentError ===

impl std::fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EnvironmentError {}

/// The members of a JSON object.
fn members(json: &[u8]) -> Result<Map, DecodeError> {
    match Value::parse(json)? {
        Value::Object(map) => Ok(map),
        other => Err(DecodeError::mismatch(other.kind(), "map[string]string")),
    }
}

/// Those that are texts: a binding of another kind isn't a variable.
fn texts(members: Map) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (name, value) in members {
        if let Value::String(text) = value {
            texts.insert(name, text);
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::with_room;

    #[test]
    fn features_share_one_value_of_a_type() {
        let environment = Environment::default();
        environment.shared::<RefCell<Vec<u8>>>().borrow_mut().push(7);
        assert_eq!(*environment.shared::<RefCell<Vec<u8>>>().borrow(), [7]);
        assert!(environment.shared::<RefCell<Vec<u16>>>().borrow().is_empty());
    }

    #[test]
    fn what_the_host_hands_over_is_read_whole_or_refused() {
        let read = |files: &str, variables: &str| {
            Environment::from_json(files, variables).map_err(|error| error.to_string())
        };
        let environment = read(r#"{"a": "b"}"#, r#"{"FJORD_OPTIONS": "{\"debug\": true}", "N": 1}"#).unwrap();
        assert!(
            environment.debug && environment.file("a") == Some("b") && environment.variable("N").is_none()
        );
        let files = format!(r#"{{"a": "{}"}}"#, "x".repeat(1000));
        let refused = with_room(1000, || read(&files, "{}"));
        assert_eq!(
            refused.unwrap_err(),
            "the files can't be read: the requests in flight leave no memory for this one"
        );
        let wrong = [
            (
                "[]",
                "{}",
                "the files can't be read: json: cannot unmarshal array into Go value of type map[string]string",
            ),
            ("{}", "", "the variables can't be read: unexpected end of JSON input"),
            (
                "{}",
                r#"{"FJORD_OPTIONS": "debug"}"#,
                "FJORD_OPTIONS can't be read: invalid character 'd' looking for beginning of value",
            ),
        ];
        for (files, variables, message) in wrong {
            assert_eq!(read(files, variables).unwrap_err(), message);
        }
    }
}
