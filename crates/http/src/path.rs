//! Configured paths: which parameters they have, and the path that gin would register (spec §2.4).

/// The name under which the rest of the path of an endpoint that ends in `/*` is kept.
pub const REST: &str = "*";

/// `path` with exactly one of its leading slashes taken away and one put in front.
pub fn clean_leading_slash(path: &str) -> String {
    format!("/{}", path.strip_prefix('/').unwrap_or(path))
}

/// The parameters of a configured path, in order. With `disable_rest` they may be anywhere (spec §2.4).
pub fn params(path: &str, disable_rest: bool) -> Vec<&str> {
    let mut names = Vec::new();
    let mut from = 0;
    while let Some(open) = path[from..].find('{').map(|at| from + at) {
        from = open + 1;
        let name = path[from..].split('}').next().filter(|name| from + name.len() < path.len());
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        let valid = match disable_rest {
            true => name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b)),
            false => {
                path[..open].ends_with('/')
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
            }
        };
        if valid {
            names.push(name);
            from += name.len() + 1;
        }
    }
    names
}

/// The configured path as gin gets it: `/a/{x}` is `/a/:x`. Only before the first `?`, and only known parameters.
pub fn gin_path(path: &str, disable_rest: bool) -> String {
    let path = clean_leading_slash(path);
    let names = params(&path, disable_rest);
    if names.is_empty() {
        return path;
    }
    let (mut rest, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut out = String::with_capacity(path.len());
    while let Some(open) = rest.find('{') {
        let (before, after) = (&rest[..open], &rest[open + 1..]);
        out.push_str(before);
        // Wherever the name of a parameter is in braces, it is one.
        let known = after.split_once('}').filter(|(name, _)| names.contains(name));
        rest = match known {
            Some((name, behind)) => {
                out.push(':');
                out.push_str(name);
                behind
            }
            None => {
                out.push('{');
                after
            }
        };
    }
    out.push_str(rest);
    out.push_str(query);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gin_paths() {
        for (path, rest, expected) in [
            ("supu/{tupu}/{supu}?a={s}&b=2", false, "/supu/:tupu/:supu?a={s}&b=2"),
            ("/supu/{tupu}{supu}", false, "/supu/:tupu{supu}"),
            ("/supu/{tupu}{supu}", true, "/supu/:tupu:supu"),
            ("/x-{a}", false, "/x-{a}"),
            ("/x-{a}", true, "/x-:a"),
            ("//a", false, "//a"),
            ("", false, "/"),
            ("/a/{x", false, "/a/{x"),
            ("/{a.b}/{}", false, "/{a.b}/{}"),
            ("/{a.b}/{é}", true, "/:a.b/{é}"),
        ] {
            assert_eq!(gin_path(path, rest), expected, "{path}");
        }
    }
}
