//! `string.gsub`, which can stop at every match: the replacement may be a function of the script.

use super::pattern::{self, Match};
use crate::value::{Str, Val};
use crate::vm::{Error, Vm};

/// A replacement in progress.
pub struct Gsub {
    text: Str,
    pattern: Str,
    replacement: Val,
    limit: usize,
    count: usize,
    at: usize,
    out: Vec<u8>,
    waiting: Option<Match>,
}

// === impl Gsub ===

impl Gsub {
    /// Replaces up to `limit` matches of a pattern.
    pub fn new(text: Str, pattern: Str, replacement: Val, limit: usize) -> Self {
        Self { text, pattern, replacement, limit, count: 0, at: 0, out: Vec::new(), waiting: None }
    }

    /// The values it holds.
    pub fn values(&self) -> impl Iterator<Item = &Val> {
        std::iter::once(&self.replacement)
    }

    /// The bytes of the result so far.
    pub fn bytes(&self) -> usize {
        self.out.len()
    }

    /// The text and the number of replacements.
    pub fn results(self, vm: &mut Vm) -> Result<[Val; 2], Error> {
        Ok([vm.string(self.out)?, Val::Number(self.count as f64)])
    }

    /// Goes on with the result of the last call; answers the next one, if there is one.
    pub fn step(&mut self, vm: &mut Vm, result: Val) -> Result<Option<Vec<Val>>, Error> {
        if let Some(found) = self.waiting.take() {
            self.replace(vm, &found, result)?;
        }
        let len = self.text.bytes().len();
        while self.count < self.limit && self.at <= len {
            let Some(found) = pattern::find(vm, &self.text, &self.pattern, self.at)? else { break };
            self.count += 1;
            self.put(vm, &self.text.clone().bytes()[self.at..found.start])?;
            match &self.replacement {
                Val::Str(template) => {
                    let template = template.clone();
                    self.expand(vm, &template, &found)?;
                    self.advance(vm, &found)?;
                }
                Val::Table(table) => {
                    let key = found.value(vm, &self.text, 0)?;
                    vm.look_up(&key)?;
                    let value = vm.table(*table).get(&key).clone();
                    self.replace(vm, &found, value)?;
                }
                function => {
                    let mut call = vec![function.clone()];
                    call.extend(found.values(vm, &self.text)?);
                    self.waiting = Some(found);
                    return Ok(Some(call));
                }
            }
            if self.pattern.bytes().first() == Some(&b'^') {
                break;
            }
        }
        if self.at < len {
            self.put(vm, &self.text.clone().bytes()[self.at..])?;
        }
        Ok(None)
    }

    fn put(&mut self, vm: &mut Vm, bytes: &[u8]) -> Result<(), Error> {
        vm.spend(1 + bytes.len() / 64)?;
        vm.allocate(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// False and nil keep the match.
    fn replace(&mut self, vm: &mut Vm, found: &Match, value: Val) -> Result<(), Error> {
        let text = self.text.clone();
        if value.truthy() {
            let Some(value) = value.to_str() else {
                let kind = value.type_name();
                return Err(vm.raise(&format!("invalid replacement value (a {kind})")));
            };
            self.put(vm, value.bytes())?;
        } else {
            self.put(vm, &text.bytes()[found.start..found.end])?;
        }
        self.advance(vm, found)
    }

    /// Moves behind a match, and behind one byte more after an empty one.
    fn advance(&mut self, vm: &mut Vm, found: &Match) -> Result<(), Error> {
        self.at = found.end;
        if found.end == found.start {
            if let Some(byte) = self.text.clone().bytes().get(self.at) {
                self.put(vm, &[*byte])?;
            }
            self.at += 1;
        }
        Ok(())
    }

    fn expand(&mut self, vm: &mut Vm, template: &Str, found: &Match) -> Result<(), Error> {
        let text = self.text.clone();
        let mut rest = template.bytes();
        while let Some(at) = rest.iter().position(|b| *b == b'%') {
            self.put(vm, &rest[..at])?;
            let Some(verb) = rest.get(at + 1) else { break };
            match verb {
                b'0' => self.put(vm, &text.bytes()[found.start..found.end])?,
                b'1'..=b'9' => {
                    let value = found.value(vm, &text, usize::from(verb - b'1'))?;
                    self.put(vm, value.to_str().as_ref().map_or(b"", Str::bytes))?;
                }
                other => self.put(vm, &[*other])?,
            }
            rest = &rest[at + 2..];
        }
        self.put(vm, rest)?;
        Ok(())
    }
}
