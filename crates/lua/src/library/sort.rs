//! `table.sort` as a merge sort that can stop at every comparison: the function that compares is the script's.

use crate::compile::Cmp;
use crate::value::{Id, Val};
use crate::vm::{Answer, Error, Vm};

/// A sort in progress: runs of `width` elements are merged from `from` to `to`.
pub struct Sort {
    table: Id,
    less: Val,
    from: Vec<Val>,
    to: Vec<Val>,
    width: usize,
    left: usize,
    right: usize,
    asked: bool,
    negate: bool,
}

// === impl Sort ===

impl Sort {
    /// A sort of a table by a function, or by `<` if it is nil.
    pub fn new(vm: &Vm, table: Id, less: Val) -> Self {
        let from = vm.table(table).array().to_vec();
        let to = Vec::with_capacity(from.len());
        Self { table, less, from, to, width: 1, left: 0, right: 1, asked: false, negate: false }
    }

    /// The values it holds.
    pub fn values(&self) -> impl Iterator<Item = &Val> {
        let table = std::slice::from_ref(&self.less);
        table.iter().chain(&self.from).chain(&self.to)
    }

    /// The memory it takes.
    pub fn bytes(&self) -> usize {
        (self.from.capacity() + self.to.capacity()) * size_of::<Val>()
    }

    /// Goes on with the result of the last comparison; answers the next one, or stores the elements.
    pub fn step(&mut self, vm: &mut Vm, result: Val) -> Result<Option<(Val, Val, Val)>, Error> {
        if self.asked {
            self.asked = false;
            self.take(result.truthy() != self.negate);
        }
        loop {
            if self.width >= self.from.len() {
                let sorted = std::mem::take(&mut self.from);
                for (at, value) in sorted.into_iter().enumerate() {
                    vm.raw_set(self.table, Val::Number((at + 1) as f64), value)?;
                }
                return Ok(None);
            }
            vm.spend(1)?;
            let start = self.to.len() / (2 * self.width) * (2 * self.width);
            let middle = (start + self.width).min(self.from.len());
            let end = (start + 2 * self.width).min(self.from.len());
            if self.left < middle && self.right < end {
                // The right one goes first only if it is less: equal elements keep their order.
                let (a, b) = (self.from[self.right].clone(), self.from[self.left].clone());
                if !self.less.is_nil() {
                    self.asked = true;
                    return Ok(Some((self.less.clone(), a, b)));
                }
                match vm.compare(Cmp::Lt, &a, &b)? {
                    Answer::Value(less) => self.take(less.truthy()),
                    Answer::Call { function, args: [a, b], negate } => {
                        (self.asked, self.negate) = (true, negate);
                        return Ok(Some((function, a, b)));
                    }
                }
                continue;
            }
            self.to.extend_from_slice(&self.from[self.left.min(middle)..middle]);
            self.to.extend_from_slice(&self.from[self.right.min(end)..end]);
            if end == self.from.len() {
                std::mem::swap(&mut self.from, &mut self.to);
                self.to.clear();
                self.width *= 2;
                (self.left, self.right) = (0, self.width);
            } else {
                (self.left, self.right) = (end, end + self.width);
            }
        }
    }

    fn take(&mut self, right: bool) {
        let side = if right { &mut self.right } else { &mut self.left };
        self.to.push(self.from[*side].clone());
        *side += 1;
    }
}
