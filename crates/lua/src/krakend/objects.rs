//! The objects of the gateway in a script.

use super::http::HttpResponse;
use crate::value::{Id, Val};
use crate::vm::{Args, Error, Vm};

/// An object.
#[derive(Default)]
pub enum Object {
    /// The request.
    Request,
    /// The response.
    Response,
    /// A luaTable.
    Table(Id),
    /// A luaList: a list in the heap and how much of it this object shows.
    List { list: Id, len: usize },
    /// A JSON null.
    #[default]
    Null,
    /// The answer to a call.
    Http(Box<HttpResponse>),
}

// === impl Object ===

impl Object {
    /// The number of kinds.
    pub const KINDS: usize = 6;
    /// The kind of requests.
    pub const REQUEST: usize = 0;
    /// The kind of responses.
    pub const RESPONSE: usize = 1;
    /// The kind of luaTables.
    pub const TABLE: usize = 2;
    /// The kind of luaLists.
    pub const LIST: usize = 3;
    /// The kind of nulls.
    pub const NULL: usize = 4;
    /// The kind of answers.
    pub const HTTP: usize = 5;

    /// Which metatable it has.
    pub fn kind(&self) -> usize {
        match self {
            Self::Request => Self::REQUEST,
            Self::Response => Self::RESPONSE,
            Self::Table(_) => Self::TABLE,
            Self::List { .. } => Self::LIST,
            Self::Null => Self::NULL,
            Self::Http(_) => Self::HTTP,
        }
    }

    /// The memory it takes besides its place: data are counted by the heap.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Http(response) => {
                let lines = response.headers.iter().map(|(name, value)| name.len() + value.len() + 48);
                response.body.len() + lines.sum::<usize>()
            }
            _ => 0,
        }
    }
}

// === impl Vm ===

impl Vm {
    /// The object that is the first argument.
    pub fn check_object(&mut self, args: Args) -> Result<Id, Error> {
        match self.arg(args, 1) {
            Val::UserData(id) => Ok(id),
            _ => Err(self.type_error(args, 1, "userdata")),
        }
    }
}
