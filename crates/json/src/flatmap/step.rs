//! The steps of a path and the labels they match.

use std::borrow::Cow;

use fjord_memory::Budget;

use crate::object::Key;

/// One step of a dotted path.
#[derive(Debug, Clone)]
pub(super) struct Step {
    text: Box<str>,
    /// The place in an array that the step names.
    index: Option<usize>,
}

/// How a node is reached from its parent.
#[derive(Debug, Clone)]
pub(super) enum Label {
    Key(Key),
    /// Where the item stood when its array was taken apart; removing others does not change it.
    Index(usize),
}

/// The steps of a dotted path.
pub(super) fn path(text: &str) -> Vec<Step> {
    text.split('.').map(Step::new).collect()
}

// === impl Step ===

impl Step {
    fn new(text: &str) -> Self {
        // `01` isn't an index.
        let index = text.parse().ok().filter(|index: &usize| index.to_string() == text);
        Self { text: text.into(), index }
    }

    /// Whether this is the wildcard.
    pub(super) fn is_any(&self) -> bool {
        &*self.text == "*"
    }

    /// The step as a label, taken literally.
    pub(super) fn label(&self) -> Label {
        Label::Key(Key::Text(self.text.clone()))
    }

    /// The same, paid for.
    pub(super) fn paid(&self, budget: &mut Budget) -> Option<Label> {
        budget.text(self.text.len())?;
        Some(self.label())
    }

    /// Whether the step, taken literally, names this label.
    pub(super) fn names(&self, label: &Label) -> bool {
        match label {
            Label::Key(key) => key.bytes() == self.text.as_bytes(),
            Label::Index(index) => self.index == Some(*index),
        }
    }
}

// === impl Label ===

impl Label {
    fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Key(key) => Cow::Borrowed(key.bytes()),
            Self::Index(index) => Cow::Owned(index.to_string().into_bytes()),
        }
    }

    /// What a copy of the label costs.
    pub(super) fn cost(&self) -> usize {
        match self {
            Self::Key(Key::Text(text)) => 32 + text.len(),
            Self::Key(Key::Plain { .. }) | Self::Index(_) => 16,
        }
    }

    pub(super) fn is(&self, other: &Label) -> bool {
        match (self, other) {
            (Self::Index(one), Self::Index(other)) => one == other,
            _ => self.bytes() == other.bytes(),
        }
    }

    pub(super) fn into_key(self) -> Key {
        match self {
            Self::Key(key) => key,
            Self::Index(index) => Key::Text(index.to_string().into()),
        }
    }
}
