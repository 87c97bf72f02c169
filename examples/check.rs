//! Checks a configuration natively: `cargo run --example check -- [--lint | --lenient] [--text] [--ignore=CODE] FILE`.

use std::io::Write;
use std::process::ExitCode;

use fjord::review::Named;
use fjord::review::check::{CheckOptions, View, check_bytes, json, text};
use fjord_document::Document;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(file) = args.iter().find(|arg| !arg.starts_with("--")) else { return ExitCode::from(2) };
    let Ok(bytes) = std::fs::read(file) else { return ExitCode::from(2) };
    let folder = std::path::Path::new(file).parent().unwrap_or(std::path::Path::new("."));
    let has = |option: &str| args.iter().any(|arg| arg == option);
    let view = match (has("--lint"), has("--lenient")) {
        (true, _) => View::Lint,
        (_, true) => View::Lenient,
        _ => View::Run,
    };
    let named = Document::read(&bytes).document.map(|document| Named::of(&document.root));
    let texts = named.unwrap_or_default().files.into_iter();
    let texts =
        texts.filter_map(|name| Some((name.clone(), std::fs::read_to_string(folder.join(name)).ok()?)));
    let files = texts.collect();
    let mut checked =
        check_bytes(&bytes, &CheckOptions { view, files: Some(&files), ..CheckOptions::default() });
    let ignored = |code: &str| args.iter().any(|arg| arg.strip_prefix("--ignore=") == Some(code));
    checked.diagnostics.retain(|diagnostic| !ignored(diagnostic.code));
    let out = if has("--text") { text(&checked, file, false) } else { json(&checked, file, false) };
    let done = std::io::stdout().write_all(out.as_bytes());
    if checked.is_ok() && done.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
