//! Files of the worker's static assets below a folder. No path leads out of it.

use std::rc::Rc;

use fjord_http::escape::escape_path;

use crate::options::assets::{self, FOLDER};
use crate::options::{Options, Refusal, Site};
use crate::platform::Via;

/// The folder of files.
#[derive(Debug)]
pub(in crate::features) struct Files {
    /// `http://assets/docs`, without a slash at the end.
    base: Box<str>,
}

/// The binding looks at paths alone.
const HOST: &str = "http://assets";

// === impl Files ===

impl Files {
    /// Reads `path`.
    ///
    /// # Errors
    /// If it isn't in the folder of the worker's static assets.
    pub fn read(site: &Site<'_>, options: &Options<'_>) -> Result<Self, Refusal> {
        let path = options.str("path")?;
        match assets::root(path, site.environment.file(FOLDER)) {
            Some(root) => Ok(Self { base: format!("{HOST}{root}").into() }),
            None => Err(Refusal(assets::outside(path))),
        }
    }

    /// The URL of a file by its decoded path in the folder; none if the path leads out of the folder, or can't be a file's.
    pub fn url(&self, path: &str) -> Option<String> {
        // A control character is in no name. A backslash is a slash to URLs, and to file systems of Windows.
        if path.chars().any(|c| c.is_control() || c == '\\' || c == char::REPLACEMENT_CHARACTER) {
            return None;
        }
        let mut parts = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        let is_folder = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
        let mut url = String::from(&*self.base);
        for part in &parts {
            url.push('/');
            url.push_str(&escape_path(part));
        }
        if is_folder || parts.is_empty() {
            url.push('/');
        }
        Some(url)
    }

    /// The path in the folder of what a redirect of the static assets names; none if it's elsewhere.
    pub fn path<'l>(&self, location: &'l str) -> Option<&'l str> {
        let root = &self.base[HOST.len()..];
        let path = location.strip_prefix(HOST).unwrap_or(location);
        path.strip_prefix(root).filter(|rest| rest.starts_with('/') && !rest.starts_with("//"))
    }
}

/// The way to the static assets.
pub(in crate::features) fn via() -> Via {
    Via::Binding(Rc::from(assets::BINDING))
}

/// `directory_listing`: the platform lists no files, so only `false` can be served.
pub(in crate::features) mod listing {
    use crate::options::check::{Findings, Spot};
    use crate::options::{Options, Refusal};

    const REASON: &str = "the platform doesn't list the files of a folder";

    /// Refuses lists of folders.
    ///
    /// # Errors
    /// If the options ask for lists.
    pub fn refuse(options: &Options<'_>) -> Result<(), Refusal> {
        match options.bool("directory_listing")? {
            true => Err(Refusal(format!("directory_listing: {REASON}"))),
            false => Ok(()),
        }
    }

    /// Reports that the options ask for lists.
    pub fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
        if let Some(listing) = spot.get("directory_listing").filter(Spot::is_true) {
            let fault = listing.error("not-supported", REASON);
            findings.add(fault.help("write an index.html into the folder, and remove the option"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files() -> Files {
        Files { base: "http://assets/site".into() }
    }

    #[test]
    fn a_path_is_a_file_in_the_folder() {
        for (path, want) in [
            ("", "/"),
            ("/", "/"),
            ("a.css", "/a.css"),
            ("/a/b.css", "/a/b.css"),
            ("//a///b", "/a/b"),
            ("/a/./b/", "/a/b/"),
            ("/a/..", "/"),
            ("/a/../b", "/b"),
            ("/a/b/.", "/a/b/"),
            ("/é ?#;.txt", "/%C3%A9%20%3F%23;.txt"),
            // Escaped twice: it's the name of a file, not a way up.
            ("/%2e%2e/x", "/%252e%252e/x"),
            ("/...", "/..."),
        ] {
            assert_eq!(files().url(path), Some(format!("http://assets/site{want}")), "{path}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in [
            "..",
            "/..",
            "/../x",
            "/a/../../x",
            "/./../x",
            "//../x",
            "/..\\x",
            "\\..\\x",
            "/a\0",
            "/a\n",
            "/\u{fffd}",
        ] {
            assert_eq!(files().url(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_redirect_leads_to_a_path_in_the_folder() {
        for (location, want) in [
            ("/site/a/", Some("/a/")),
            ("http://assets/site/a/", Some("/a/")),
            ("/site", None),
            ("/sites/a", None),
            ("/site//evil.example/", None),
            ("https://evil.example/site/", None),
        ] {
            assert_eq!(files().path(location), want, "{location}");
        }
    }

    proptest! {
        /// What a URL parser makes of the URL is still below the folder.
        #[test]
        fn urls_stay_below_the_folder(path in "[/.a%2eE\\\\\\PC]{0,24}") {
            if let Some(url) = files().url(&path) {
                prop_assert!(url.starts_with("http://assets/site/"));
                let lower = url.to_ascii_lowercase().replace("%2e", ".");
                prop_assert!(!lower.split('/').any(|part| part == ".." || part == "."), "{url}");
                prop_assert!(url.bytes().all(|b| b.is_ascii_graphic() && !b"\\?#".contains(&b)), "{url}");
            }
        }
    }
}
