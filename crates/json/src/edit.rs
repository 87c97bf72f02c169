//! Leads to one value of an answer so that it can be changed in its place; the rest stays as it was received.

use fjord_memory::{Budget, Excess};

use super::object::Object;
use super::piece::Piece;
use super::value::Kind;

/// Where a path through objects ends.
#[derive(Debug)]
pub enum Place<'a> {
    /// At a value.
    Found(&'a mut Piece),
    /// At an object that doesn't have the next key.
    Missing,
    /// At a value of another kind, before the last key.
    Blocked(Kind),
}

// === impl Object: editing ===

impl Object {
    /// The place of the value at the end of `path`. Objects on the way are taken apart, which `budget` pays for.
    ///
    /// # Errors
    /// If what the path enters takes too much memory.
    pub fn place<S: AsRef<str>>(&mut self, path: &[S], budget: &mut Budget) -> Result<Place<'_>, Excess> {
        let Some((last, steps)) = path.split_last() else { return Ok(Place::Missing) };
        let mut object = self;
        for step in steps {
            let Some(at) = object.find(step.as_ref()) else { return Ok(Place::Missing) };
            let piece = &mut object.members[at].value;
            open(piece, budget);
            budget.checked()?;
            object = match piece {
                Piece::Object(inner) => inner,
                other => return Ok(Place::Blocked(other.kind())),
            };
        }
        Ok(match object.find(last.as_ref()) {
            Some(at) => Place::Found(&mut object.members[at].value),
            None => Place::Missing,
        })
    }
}

/// Takes an object apart; anything else stays as it is.
fn open(piece: &mut Piece, budget: &mut Budget) {
    let opened = match piece {
        Piece::Span(span) => span.to_object(budget),
        Piece::Value(value) if value.kind() == Kind::Object => {
            budget.take(value.cost());
            piece.clone().into_object(budget)
        }
        _ => None,
    };
    if let Some(object) = opened {
        *piece = Piece::Object(object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Body, Form, Shape, Value, decode};

    fn object(text: &str) -> Object {
        let body = Body::from(text.as_bytes());
        decode(body, Form::Json, &Shape::default()).expect("it is JSON").expect("it is an object")
    }

    fn written(object: &Object) -> String {
        let mut out = Vec::new();
        object.write(&mut out);
        String::from_utf8(out).expect("it is a text")
    }

    #[test]
    fn only_the_value_changes() {
        let mut data = object(r#"{"n": 1.50, "a": {"x": [1e3], "b": {"c": "s", "d": "A"}}}"#);
        let place = data.place(&["a", "b", "c"], &mut Budget::new()).expect("there is memory");
        let Place::Found(piece) = place else { panic!("{place:?}") };
        *piece = Piece::text("t");
        assert_eq!(written(&data), r#"{"n":1.50,"a":{"x":[1e3],"b":{"c":"t","d":"A"}}}"#);
    }

    #[test]
    fn a_key_is_found_however_it_is_written_and_the_last_of_its_name() {
        let mut data = object(r#"{"\u0061": {"b": "first", "\u0062": "last"}}"#);
        let place = data.place(&["a", "b"], &mut Budget::new()).expect("there is memory");
        let Place::Found(piece) = place else { panic!("{place:?}") };
        assert_eq!(piece.as_text().as_deref(), Some("last"));
        *piece = Piece::text("x");
        assert_eq!(written(&data), r#"{"a":{"b":"x"}}"#);
    }

    #[test]
    fn paths_end_at_arrays_and_missing_keys() {
        let mut data = object(r#"{"l": [{"a": "s"}], "t": "s", "o": {}}"#);
        data.insert("v", Value::parse(br#"{"a": {"b": 1}}"#).expect("it is JSON"));
        let budget = &mut Budget::new();
        let mut kind = |path: &[&str]| match data.place(path, budget).expect("there is memory") {
            Place::Found(piece) => format!("found {:?}", piece.kind()),
            Place::Missing => "missing".to_owned(),
            Place::Blocked(kind) => format!("blocked by {kind:?}"),
        };
        assert_eq!(kind(&["l", "a"]), "blocked by Array");
        assert_eq!(kind(&["t", "a"]), "blocked by String");
        assert_eq!(kind(&["o", "a"]), "missing");
        assert_eq!(kind(&["v", "a", "b"]), "found Number");
        assert_eq!(kind(&["A"]), "missing");
        assert_eq!(kind(&[]), "missing");
    }
}
