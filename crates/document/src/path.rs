//! The way from the document's root to a value, kept on the stack until somebody needs it as text.

use std::fmt::Write;

/// A way into the document; each step knows the one before.
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    /// The whole document.
    Root,
    /// The member of an object.
    Key(&'a Path<'a>, &'a str),
    /// The member of a member.
    Inner(&'a Path<'a>, &'a str, &'a str),
    /// The item of a list.
    Index(&'a Path<'a>, usize),
}

// === impl Path ===

impl<'a> Path<'a> {
    /// The way to member `key` of the object here.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path::Key(self, key)
    }

    /// The way to item `index` of the list here.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path::Index(self, index)
    }

    /// As a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Path::Root => {}
            Path::Key(parent, key) => {
                parent.write(out);
                push_key(out, key);
            }
            Path::Inner(parent, outer, key) => {
                parent.write(out);
                push_key(out, outer);
                push_key(out, key);
            }
            Path::Index(parent, index) => {
                parent.write(out);
                push_index(out, *index);
            }
        }
    }
}

/// Appends the member `key` to a JSON pointer.
pub fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Appends the item `index` to a JSON pointer.
pub fn push_index(pointer: &mut String, index: usize) {
    // Writing into a String can't fail.
    let _ = write!(pointer, "/{index}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_keys() {
        let list = Path::Root.key("endpoints");
        let item = list.index(3);
        assert_eq!(item.key("auth/va~l").pointer(), "/endpoints/3/auth~1va~0l");
        assert_eq!(Path::Root.pointer(), "");
    }
}
