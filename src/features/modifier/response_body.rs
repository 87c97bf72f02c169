//! `modifier/response-body`: changes strings in the answer, one field after the other: masks, renames, trims them.
//!
//! Whoever masks a field relies on it. So an answer that can't be changed as configured isn't sent: a number where a text is to be
//! replaced, an array on the way to the field, a pattern that takes too long, a `no-op` body.

mod change;
mod check;

use fjord_document::node::Node;
use fjord_json::{Kind as JsonKind, Piece, Place};
use fjord_memory::{Budget, Excess, OUTPUT, room};
use fjord_pattern::LINE_VISITS;

use crate::context::Cx;
use crate::options::{
    Capability, Kind, Namespace, Opt, Options, Refusal, Rule, Scopes, Site, is_comment, namespace, opt,
};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

use change::{Change, Limit};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/response-body",
    Scopes::ENDPOINT.and(Scopes::BACKEND).and(Scopes::ASYNC),
    "Changes strings in the answer.",
    Kind::Object(&[opt(
        "modifiers",
        Kind::List(&Kind::With(
            &Kind::Object(MODIFIER),
            &[Rule::OneOf(&[&["literal"], &["lower"], &["regexp"], &["trim"], &["upper"]])],
        )),
        "Ordered list, each one object with one modifier.",
    )
    .default("[]")]),
)
.requires(Capability::ResponseBody)
.enterprise()
.check(check::check);

static MODIFIER: &[Opt] = &[
    opt("literal", Kind::Object(REPLACE), "Replace all occurrences of a literal."),
    opt("lower", Kind::Object(FIELD), "Lower-case the field."),
    opt("regexp", Kind::Object(REPLACE), "RE2 replace with $groups."),
    opt("trim", Kind::Object(TRIM), "Strip a cutset at both ends."),
    opt("upper", Kind::Object(FIELD), "Upper-case the field."),
];

static FIELD: &[Opt] = &[opt("field", Kind::Str, "Dotted path to a string (no arrays).").required()];

static TRIM: &[Opt] = &[
    opt("field", Kind::Str, "Dotted path to a string (no arrays).").required(),
    opt("find", Kind::Str, "The characters to remove.").required(),
];

static REPLACE: &[Opt] = &[
    opt("field", Kind::Str, "Dotted path to a string (no arrays).").required(),
    opt("find", Kind::Str, "Literal or RE2 to look for.").required(),
    opt("replace", Kind::Str, "Replacement.").required(),
];

/// The visits that the patterns may spend on one answer: a tenth of a second.
const VISITS: u64 = 4 * LINE_VISITS;

/// Changes of an answer, in order.
#[derive(Debug)]
pub(in crate::features) struct ResponseBody {
    modifiers: Vec<Modifier>,
}

/// A change of one field.
#[derive(Debug)]
struct Modifier {
    /// As written.
    field: Box<str>,
    path: Box<[Box<str>]>,
    change: Change,
}

/// Why an answer isn't changed.
#[derive(Debug)]
enum Fault<'a> {
    /// It isn't decoded.
    Undecoded,
    /// A field is something that has no text, or something on the way to it is.
    NotText(&'a str, JsonKind),
    /// A pattern would take too long.
    TooLong(&'a str),
    Memory(Excess),
}

/// Compiles the changes.
///
/// # Errors
/// If there are none, one has options of the wrong type, or a pattern isn't one.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let mut changes = ResponseBody { modifiers: Vec::new() };
    for (index, item) in Options::of(node, &NAMESPACE).items("modifiers")?.iter().enumerate() {
        let change = Change::compile(&Options::new(item, MODIFIER));
        let (field, change) = change.map_err(|refusal| Refusal(format!("modifiers[{index}]: {refusal}")))?;
        changes.push(field, change);
    }
    if changes.modifiers.is_empty() {
        return Err(Refusal::new("there are no modifiers"));
    }
    Ok(Some(Box::new(changes)))
}

// === impl ResponseBody ===

impl ResponseBody {
    /// The changes of the plugin `content-replacer`: fields, each with what is replaced in it.
    ///
    /// # Errors
    /// If there are none, or one has options of the wrong type.
    pub(in crate::features) fn replacer(fields: &Node) -> Result<Self, Refusal> {
        let mut changes = Self { modifiers: Vec::new() };
        for member in fields.members().iter().filter(|member| !is_comment(&member.key)) {
            let text = |key| {
                let text = member.value.get(key).and_then(Node::as_str);
                text.ok_or_else(|| Refusal(format!("content-replacer: {}: there is no {key}", member.key)))
            };
            let is_regexp = match member.value.get("regexp") {
                Some(node) => node
                    .as_bool()
                    .ok_or_else(|| Refusal::new("content-replacer: regexp: expected true or false"))?,
                None => false,
            };
            let (find, replace) = (text("find")?, text("replace")?);
            let change =
                if is_regexp { Change::regexp(find, replace) } else { Change::literal(find, replace) };
            changes.push(&member.key, change?);
        }
        if changes.modifiers.is_empty() {
            return Err(Refusal::new("content-replacer: there are no fields"));
        }
        Ok(changes)
    }

    /// Changes a response.
    ///
    /// # Errors
    /// If it can't be changed as configured.
    pub(in crate::features) fn change(&self, response: &mut Response) -> Result<(), Error> {
        Ok(self.apply(response)?)
    }

    fn push(&mut self, field: &str, change: Change) {
        let path = field.split('.').map(Box::from).collect();
        self.modifiers.push(Modifier { field: field.into(), path, change });
    }

    fn apply(&self, response: &mut Response) -> Result<(), Fault<'_>> {
        if response.io.is_some() {
            return Err(Fault::Undecoded);
        }
        let Some(data) = &mut response.data else { return Ok(()) };
        let (budget, visits) = (&mut Budget::new(), &mut { VISITS });
        for modifier in &self.modifiers {
            match data.place(&modifier.path, budget)? {
                Place::Found(piece) => modifier.apply(piece, budget, visits)?,
                // The items of an array may have the field.
                Place::Blocked(JsonKind::Array) => {
                    return Err(Fault::NotText(&modifier.field, JsonKind::Array));
                }
                Place::Blocked(_) | Place::Missing => {}
            }
        }
        Ok(())
    }
}

// === impl Modifier ===

impl Modifier {
    fn apply(&self, piece: &mut Piece, budget: &mut Budget, visits: &mut u64) -> Result<(), Fault<'_>> {
        let Some(text) = piece.as_text() else {
            return match piece.kind() {
                JsonKind::Null => Ok(()),
                kind => Err(Fault::NotText(&self.field, kind)),
            };
        };
        let changed = self.change.apply(&text, visits, room().min(OUTPUT)).map_err(|limit| match limit {
            Limit::Visits => Fault::TooLong(&self.field),
            Limit::Length => Fault::Memory(Excess::Output),
        })?;
        if let Some(changed) = changed {
            budget.text(changed.len());
            budget.checked()?;
            *piece = Piece::text(changed);
        }
        Ok(())
    }
}

// === impl Fault ===

impl From<Excess> for Fault<'_> {
    fn from(excess: Excess) -> Self {
        Self::Memory(excess)
    }
}

impl From<Fault<'_>> for Error {
    fn from(fault: Fault<'_>) -> Self {
        let text = match fault {
            Fault::Undecoded => "the answer isn't decoded (no-op), so it can't be changed".to_owned(),
            Fault::NotText(field, kind) => {
                format!("{field}: expected a string, found {}", kind.name())
            }
            Fault::TooLong(field) => format!("{field}: the pattern takes too long"),
            Fault::Memory(excess) => return excess.into(),
        };
        Error::decode(format!("modifier/response-body: {text}"))
    }
}

impl Layer for ResponseBody {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let mut reply = next.run(cx, request).await;
            if let Some(response) = &mut reply.response
                && let Err(fault) = self.change(response)
            {
                return Reply::err(fault);
            }
            reply
        })
    }
}
