//! Resolves `//`, `.` and `..` in a path (gin's `cleanPath`).

use std::borrow::Cow;

/// The path without empty and dot segments. A final slash stays; a path that is clean already is not copied.
pub fn clean_path(path: &str) -> Cow<'_, str> {
    if is_clean(path) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len() + 1);
    let mut directory = path.len() > 1 && path.ends_with('/');
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "" => {}
            // A final `.` names a directory, a final `..` doesn't: gin adds the slash only to the first.
            "." => directory |= segments.peek().is_none(),
            ".." => out.truncate(out.rfind('/').unwrap_or(0)),
            name => {
                out.push('/');
                out.push_str(name);
            }
        }
    }
    if out.is_empty() || directory {
        out.push('/');
    }
    Cow::Owned(out)
}

fn is_clean(path: &str) -> bool {
    path == "/"
        || path
            .strip_prefix('/')
            .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
            .is_some_and(|rest| rest.split('/').all(|segment| !matches!(segment, "" | "." | "..")))
}
