//! Writes the seeds of a target into a folder, for libFuzzer: `cargo run --package fjord-fuzz -- TARGET FOLDER`.

use std::path::Path;
use std::process::ExitCode;

use fjord_fuzz::targets::ALL;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (name, folder) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
    let Some(target) = ALL.iter().find(|target| target.name == name).filter(|_| !folder.is_empty()) else {
        let names: Vec<&str> = ALL.iter().map(|target| target.name).collect();
        eprintln!("expected a target and a folder; the targets are {}", names.join(", "));
        return ExitCode::FAILURE;
    };
    match write(target.inputs(), target.words, Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The seeds as numbered files, and the words as libFuzzer's dictionary.
fn write(inputs: Vec<Vec<u8>>, words: &[&str], folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, input) in inputs.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), input)?;
    }
    let entry = |word: &&str| {
        let bytes: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("\"{bytes}\"\n")
    };
    std::fs::write(folder.with_extension("dict"), words.iter().map(entry).collect::<String>())
}
