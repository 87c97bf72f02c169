//! Lua's library: base, package and table always; string, math, os, coroutine with `allow_open_libs` (spec §27).
//! There is no file system at the edge, so what touches files is absent.

mod base;
mod coroutine;
mod format;
mod gsub;
mod load;
mod math;
mod os;
mod pattern;
mod print;
mod sort;
mod string;
mod table;

use super::table::Table;
use super::value::{Native, Str, Val};
use super::vm::Template;
pub use gsub::Gsub;
pub use load::{keep_module, load_text};
pub use print::Print;
pub use sort::Sort;

/// Adds a table of functions under a name. Answers its number in the template.
pub fn add_table(template: &mut Template, name: &str, functions: &'static [Native]) -> u32 {
    let mut table = Table::with_capacity(0, functions.len());
    for native in functions {
        table.set(Val::text(native.name), Val::Native(native));
    }
    template.tables.push(table);
    let id = (template.tables.len() - 1) as u32;
    if !name.is_empty() {
        set_global(template, name, Val::Table(id));
    }
    id
}

/// Sets a global.
pub fn set_global(template: &mut Template, name: &str, value: Val) {
    let globals = template.globals as usize;
    template.tables[globals].set(Val::Str(Str::from(name)), value);
}

/// The library as tables.
pub fn library(open: bool) -> Template {
    let mut template = Template::default();
    template.globals = add_table(&mut template, "", base::FUNCTIONS);
    let globals = Val::Table(template.globals);
    set_global(&mut template, "_G", globals.clone());
    set_global(&mut template, "_VERSION", Val::text("Lua 5.1"));
    let table = add_table(&mut template, "table", table::FUNCTIONS);
    let package = add_table(&mut template, "package", &[]);
    let loaded = add_table(&mut template, "", &[]);
    let preload = add_table(&mut template, "", &[]);
    template.tables[loaded as usize].set(Val::text("_G"), globals);
    template.tables[loaded as usize].set(Val::text("table"), Val::Table(table));
    template.tables[package as usize].set(Val::text("loaded"), Val::Table(loaded));
    template.tables[package as usize].set(Val::text("preload"), Val::Table(preload));
    if open {
        let libraries = [
            ("string", string::FUNCTIONS),
            ("math", math::FUNCTIONS),
            ("os", os::FUNCTIONS),
            ("coroutine", coroutine::FUNCTIONS),
        ];
        for (name, functions) in libraries {
            let id = add_table(&mut template, name, functions);
            template.tables[loaded as usize].set(Val::text(name), Val::Table(id));
            let members = &mut template.tables[id as usize];
            match name {
                // Strings find their methods in the library, which is its own metatable, as in gopher-lua.
                "string" => {
                    members.set(Val::text("__index"), Val::Table(id));
                    template.strings = Some(id);
                }
                "math" => {
                    members.set(Val::text("pi"), Val::Number(std::f64::consts::PI));
                    // gopher-lua takes the largest number for it.
                    members.set(Val::text("huge"), Val::Number(f64::MAX));
                }
                _ => {}
            }
        }
    }
    template
}
