//! What a Wrangler file must say, in the syntax of the file that is there.

use super::Worker;

/// A table of a Wrangler file.
pub struct Setting<'a> {
    /// Its name, with those of the tables around it: `durable_objects.bindings`.
    pub name: &'a str,
    /// Whether it is one of a list of tables.
    pub is_item: bool,
    /// Its members: names, and values as JSON and TOML both write them.
    pub members: Vec<(&'a str, String)>,
}

/// The name of the worker's file with lines to add to it. Without a file they are those of a `wrangler.toml`.
pub fn lines(worker: Option<&Worker>, settings: &[Setting<'_>]) -> String {
    let file = worker.map_or("wrangler.toml", |worker| &worker.file);
    let is_toml = file.ends_with(".toml");
    let settings: Vec<String> =
        settings.iter().map(|setting| if is_toml { setting.toml() } else { setting.json() }).collect();
    format!("{file}:\n{}", settings.join(if is_toml { "\n" } else { ",\n" }))
}

/// A binding of a Durable Object namespace of one of the worker's own classes, and the migration that makes the class known.
pub fn durable_object<'a>(binding: &str, class: &str, migration: &str) -> [Setting<'a>; 2] {
    [
        Setting {
            name: "durable_objects.bindings",
            is_item: true,
            members: vec![("name", quoted(binding)), ("class_name", quoted(class))],
        },
        Setting {
            name: "migrations",
            is_item: true,
            members: vec![("tag", quoted(migration)), ("new_sqlite_classes", format!("[{}]", quoted(class)))],
        },
    ]
}

/// A string as JSON and TOML both write it.
pub fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

// === impl Setting ===

impl Setting<'_> {
    fn toml(&self) -> String {
        let head = if self.is_item { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) };
        self.members.iter().fold(head, |lines, (name, value)| format!("{lines}\n{name} = {value}"))
    }

    fn json(&self) -> String {
        let members: Vec<String> =
            self.members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        let table = format!("{{ {} }}", members.join(", "));
        let value = if self.is_item { format!("[{table}]") } else { table };
        let mut names = self.name.rsplit('.');
        let inner = format!("\"{}\": {value}", names.next().unwrap_or_default());
        names.fold(inner, |inner, name| format!("\"{name}\": {{ {inner} }}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_syntax_of_their_file() {
        let worker = |file: &str| Worker { file: file.to_owned(), ..Worker::default() };
        let settings = || {
            [
                Setting { name: "assets", is_item: false, members: vec![("directory", quoted("www"))] },
                Setting {
                    name: "durable_objects.bindings",
                    is_item: true,
                    members: vec![("name", quoted("L")), ("class_name", quoted("FjordLimits"))],
                },
            ]
        };
        let toml = "[assets]\ndirectory = \"www\"\n[[durable_objects.bindings]]\nname = \"L\"\nclass_name = \"FjordLimits\"";
        assert_eq!(lines(None, &settings()), format!("wrangler.toml:\n{toml}"));
        assert_eq!(lines(Some(&worker("wrangler.toml")), &settings()), format!("wrangler.toml:\n{toml}"));
        let json = "\"assets\": { \"directory\": \"www\" },\n\"durable_objects\": { \"bindings\": [{ \"name\": \"L\", \"class_name\": \"FjordLimits\" }] }";
        for file in ["wrangler.json", "wrangler.jsonc"] {
            assert_eq!(lines(Some(&worker(file)), &settings()), format!("{file}:\n{json}"));
        }
    }
}
