//! `print`: a line for the host's log.

use crate::Host;
use crate::value::Val;
use crate::vm::{Error, Vm};

/// A line being put together; `__tostring` functions may be called for its parts.
pub struct Print {
    values: std::vec::IntoIter<Val>,
    line: Vec<u8>,
    parts: usize,
    asked: bool,
}

// === impl Print ===

impl Print {
    /// A line of these values.
    pub fn new(values: Vec<Val>) -> Self {
        Self { values: values.into_iter(), line: Vec::new(), parts: 0, asked: false }
    }

    /// The values not printed yet.
    pub fn values(&self) -> impl Iterator<Item = &Val> {
        self.values.as_slice().iter()
    }

    /// The bytes of the line so far.
    pub fn bytes(&self) -> usize {
        self.line.len()
    }

    /// Goes on with the result of the last call; answers the next one, or prints the line.
    pub fn step(
        &mut self,
        vm: &mut Vm,
        host: &mut dyn Host,
        result: Val,
    ) -> Result<Option<(Val, Val)>, Error> {
        if self.asked {
            self.asked = false;
            self.add(vm, &result)?;
        }
        while let Some(value) = self.values.next() {
            let method = vm.metamethod(&value, &"__tostring".into());
            if !method.is_nil() {
                self.asked = true;
                return Ok(Some((method, value)));
            }
            self.add(vm, &value)?;
        }
        vm.scan(self.line.len())?;
        vm.print(host, &self.line);
        Ok(None)
    }

    fn add(&mut self, vm: &mut Vm, value: &Val) -> Result<(), Error> {
        if let Val::Str(text) = value {
            vm.copy(text.bytes().len())?;
            vm.allocate(text.bytes().len())?;
        } else {
            vm.spend(8)?;
        }
        if self.parts > 0 {
            self.line.push(b'\t');
        }
        self.parts += 1;
        match value {
            Val::Str(s) => self.line.extend_from_slice(s.bytes()),
            other => self.line.extend_from_slice(vm.display(other).as_bytes()),
        }
        Ok(())
    }
}
