//! Takes the names of functions out of a module: nothing needs them to run, and every start reads them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// The id of custom sections, and that of the function names in the section `name` (WebAssembly 2.0, 5.5.3 and 7.4.1).
const CUSTOM: u8 = 0;
const FUNCTIONS: u8 = 1;

/// Magic and version.
const HEADER: usize = 8;

/// The module without its names, and the names by the functions' numbers, as V8 writes them in a trace (`wasm-function[7]`).
pub fn split(wasm: &[u8]) -> Result<(Vec<u8>, BTreeMap<u32, String>)> {
    let (mut stripped, mut names) = (wasm.get(..HEADER).context("no module")?.to_vec(), BTreeMap::new());
    let mut rest = Bytes(&wasm[HEADER..]);
    while !rest.0.is_empty() {
        let before = rest.0;
        let (id, mut content) = rest.section()?;
        if id == CUSTOM && content.text()? == "name" {
            while !content.0.is_empty() {
                let (id, mut list) = content.section()?;
                if id == FUNCTIONS {
                    for _ in 0..list.number()? {
                        names.insert(list.number()?, list.text()?.to_owned());
                    }
                }
            }
        } else {
            stripped.extend_from_slice(&before[..before.len() - rest.0.len()]);
        }
    }
    Ok((stripped, names))
}

/// The names as a JSON object.
pub fn json(names: &BTreeMap<u32, String>) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let lines: Vec<String> =
        names.iter().map(|(number, name)| format!("\"{number}\": {}", quoted(name))).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

// === impl Bytes ===

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).context("the module is cut off")?;
        self.0 = rest;
        Ok(taken)
    }

    /// An unsigned LEB128 number of at most 32 bits.
    fn number(&mut self) -> Result<u32> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        bail!("a number of more than 32 bits")
    }

    fn text(&mut self) -> Result<&'a str> {
        let len = self.number()? as usize;
        Ok(str::from_utf8(self.take(len)?)?)
    }

    /// A section, or a part of one: its id and its content.
    fn section(&mut self) -> Result<(u8, Bytes<'a>)> {
        let id = self.take(1)?[0];
        let len = self.number()? as usize;
        Ok((id, Bytes(self.take(len)?)))
    }
}
