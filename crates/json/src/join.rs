//! Joins arrays that two objects have under the same key.

use fjord_memory::{Budget, Excess};

use super::object::Object;
use super::piece::ITEM;
use super::value::Kind;

impl Object {
    /// Moves the items of the array `key` to the front of the array `key` of `later`. Nothing changes unless both are arrays.
    ///
    /// # Errors
    /// If the list of items takes too much memory.
    pub fn join(&mut self, later: &mut Object, key: &str) -> Result<(), Excess> {
        let is_array = |object: &Object| object.get(key).is_some_and(|piece| piece.kind() == Kind::Array);
        if !is_array(self) || !is_array(later) {
            return Ok(());
        }
        let budget = &mut Budget::new();
        let (earlier, more) = (self.remove(key), later.remove(key));
        let items = earlier.and_then(|piece| piece.into_items(budget));
        let more = more.and_then(|piece| piece.into_items(budget));
        budget.checked()?;
        let (mut items, more) = (items.unwrap_or_default(), more.unwrap_or_default());
        let Some(mut all) = budget.list(items.len() + more.len(), ITEM) else { return budget.checked() };
        all.append(&mut items);
        all.extend(more);
        later.insert(key, super::Piece::Array(all));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use crate::{Body, Form, Object, Shape, decode};

    fn object(text: &str) -> Object {
        let mut body = Body::zeroed(text.len());
        body.as_mut_slice().copy_from_slice(text.as_bytes());
        decode(Rc::new(body), Form::Json, &Shape::default()).unwrap().unwrap()
    }

    #[test]
    fn arrays_under_one_key_are_joined_and_anything_else_is_replaced() {
        for (earlier, later, want) in [
            (r#"{"a": [1, {"b": 2}], "x": 1}"#, r#"{"a": ["c"]}"#, r#"{"x":1,"a":[1,{"b": 2},"c"]}"#),
            (r#"{"a": []}"#, r#"{"a": [ ]}"#, r#"{"a":[]}"#),
            (r#"{"a": [1]}"#, r#"{"a": null}"#, r#"{"a":null}"#),
            (r#"{"a": {"b": 1}}"#, r#"{"a": [1]}"#, r#"{"a":[1]}"#),
            (r#"{"b": [1]}"#, r#"{"b": [2]}"#, r#"{"b":[2]}"#),
            (r#"{"a": [1]}"#, r#"{}"#, r#"{"a":[1]}"#),
        ] {
            let (mut earlier, mut later) = (object(earlier), object(later));
            earlier.join(&mut later, "a").unwrap();
            earlier.merge(later).unwrap();
            let mut out = Vec::new();
            earlier.write(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), want);
        }
    }
}
