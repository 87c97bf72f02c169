//! The folder of the worker's static assets, and where in it the folders are that a configuration names.

use fjord_http::escape::escape_path;

/// The binding of the static assets.
pub const BINDING: &str = "ASSETS";

/// Among the bundled files: the folder of the static assets, from the configuration's. Several lines are several ways to write it.
pub const FOLDER: &str = "fjord:assets";

/// The path below which the static assets have a folder, escaped: `/docs`, or nothing for their own folder. None if the folder isn't in
/// theirs. Where nobody knows theirs, it's the same.
pub fn root(path: &str, assets: Option<&str>) -> Option<String> {
    let Some(assets) = assets else { return Some(String::new()) };
    let path = parts(path);
    let mut folders = assets.lines().map(parts);
    let rest = folders.find_map(|folder| path.strip_prefix(&*folder).filter(|rest| !rest.contains(&"..")))?;
    Some(rest.iter().map(|part| format!("/{}", escape_path(part))).collect())
}

/// What is wrong with a folder that isn't in that of the static assets.
pub fn outside(path: &str) -> String {
    format!("the folder {path} isn't in the folder of the worker's static assets")
}

/// The parts of a path without `.` and with `..` at the beginning alone. An absolute one begins with an empty part.
fn parts(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    if path.starts_with('/') {
        parts.push("");
    }
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match (part, parts.last()) {
            ("..", Some(&"")) => {}
            ("..", Some(&last)) if last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_found_in_that_of_the_assets() {
        for (path, assets, want) in [
            ("./static/", Some("static"), Some("")),
            ("www/docs/v 1", Some("./www"), Some("/docs/v%201")),
            ("./www/../www/docs/.", Some("www"), Some("/docs")),
            ("docs", Some("."), Some("/docs")),
            ("../www/docs", Some("../www"), Some("/docs")),
            ("/srv/www/docs", Some("www\n/srv/www"), Some("/docs")),
            ("anything", None, Some("")),
            ("www2", Some("www"), None),
            ("www/../secrets", Some("www"), None),
            ("../secrets", Some("."), None),
            ("/srv/www", Some("www"), None),
            ("/../etc", Some("/srv"), None),
            ("www", Some(""), None),
        ] {
            assert_eq!(root(path, assets).as_deref(), want, "{path} in {assets:?}");
        }
    }
}
