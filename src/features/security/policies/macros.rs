//! The functions that policies have beside CEL's: KrakenD calls them macros.

use std::cell::OnceCell;

use fjord_cel::{CelValue, EvalError, Numbers, Signature, Type, Variables};
use fjord_http::canonical;
use fjord_json::Map;

use crate::features::plugin::place;
use crate::features::validation::cel::{Phase, RequestVariables};
use crate::platform::Io;
use crate::proxy::Request;

type Argument<'v> = Result<CelValue<'v>, EvalError>;
type Outcome<'v> = Result<CelValue<'v>, EvalError>;

/// The functions of every policy.
pub(super) const EVERYWHERE: [&str; 2] = ["between", "isEmpty"];
/// Those of policies over requests. They see what KrakenD forwards: listed headers and query strings.
pub(super) const OF_REQUESTS: [&str; 6] =
    ["hasHeader", "getHeader", "hasCookie", "getCookie", "hasQuerystring", GEOIP];
/// Where the client is. The host tells it only if the plugin `geoip` is listed.
pub(super) const GEOIP: &str = "geoIP";
/// What is wrong with a policy that asks for it then.
pub(super) const NO_PLACE: &str = "geoIP() needs the plugin geoip in the service's plugin/http-server";

/// What policies see of a request.
pub(in crate::features) struct OfRequest<'a> {
    request: &'a Request,
    place: Option<&'a str>,
    /// The record that [`GEOIP`] gives, read when a policy asks for it.
    record: OnceCell<Option<Map>>,
    variables: RequestVariables<'a>,
}

/// What policies see of an answer or a token: its variables, and the functions of every policy.
pub(in crate::features) struct Plain<V>(pub V);

/// What a call comes to, by the types of its arguments.
pub(super) fn signature(name: &str, types: &[Type], phase: Phase, has_macros: bool) -> Signature {
    let is_of_request = OF_REQUESTS.contains(&name) && phase == Phase::Request;
    if !has_macros || !(EVERYWHERE.contains(&name) || is_of_request) {
        return Signature::Unknown;
    }
    let returns = match (name, types) {
        ("isEmpty", [_]) => Some(Type::Bool),
        (GEOIP, []) => Some(Type::Dyn),
        ("between", [_, _, _]) => {
            let all = |kind: &Type| types.iter().all(|found| found == kind || *found == Type::Dyn);
            (all(&Type::Int) || all(&Type::Double)).then_some(Type::Bool)
        }
        ("getHeader" | "getCookie", [Type::String | Type::Dyn]) => Some(Type::String),
        ("hasHeader" | "hasCookie" | "hasQuerystring", [Type::String | Type::Dyn]) => Some(Type::Bool),
        _ => None,
    };
    returns.map_or(Signature::Mismatch, Signature::Returns)
}

/// The value of a function of every policy.
fn call<'v>(name: &str, arguments: &[Argument<'v>]) -> Option<Outcome<'v>> {
    Some(match (name, arguments) {
        ("isEmpty", [value]) => is_empty(value).map(CelValue::Bool),
        ("between", [value, low, high]) => between([value, low, high]).map(CelValue::Bool),
        ("isEmpty" | "between", _) => Err(EvalError::no_overload(name)),
        _ => return None,
    })
}

/// Whether there is nothing: no such key, null, an empty string, list or map.
fn is_empty(value: &Argument<'_>) -> Result<bool, EvalError> {
    match value {
        Err(EvalError::NoSuchKey(_) | EvalError::IndexOutOfBounds(_)) => Ok(true),
        Err(error) => Err(error.clone()),
        Ok(CelValue::Null) => Ok(true),
        Ok(CelValue::String(text)) => Ok(text.is_empty()),
        Ok(CelValue::Bytes(bytes)) => Ok(bytes.is_empty()),
        Ok(CelValue::List(list)) => Ok(list.len() == 0),
        Ok(CelValue::Map(map)) => Ok(map.len() == 0),
        Ok(_) => Ok(false),
    }
}

/// Whether a number is within bounds, these included. Integers and doubles don't mix.
fn between(arguments: [&Argument<'_>; 3]) -> Result<bool, EvalError> {
    let mut values = Vec::with_capacity(3);
    for argument in arguments {
        values.push(argument.as_ref().map_err(Clone::clone)?);
    }
    match &values[..] {
        [CelValue::Int(value), CelValue::Int(low), CelValue::Int(high)] => Ok(low <= value && value <= high),
        [CelValue::Double(value), CelValue::Double(low), CelValue::Double(high)] => {
            Ok(low <= value && value <= high)
        }
        _ => Err(EvalError::no_overload("between")),
    }
}

/// The value of the first cookie of that name.
fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let cookies = request.headers.get_all("Cookie").flat_map(|line| line.split(';'));
    let mut pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
}

// === impl OfRequest ===

impl<'a> OfRequest<'a> {
    /// What policies see of `request`.
    pub fn new(request: &'a Request, io: &'a Io) -> Self {
        let variables = RequestVariables::new(request, io.now());
        Self { request, place: io.place(), record: OnceCell::new(), variables }
    }

    fn geoip<'v>(&'v self) -> Outcome<'v> {
        let record = self.record.get_or_init(|| place::record(self.place?));
        let record = record.as_ref().ok_or_else(|| EvalError::NoSuchKey("the place of the client".into()))?;
        Ok(CelValue::Map(fjord_cel::Map::Json(record, Numbers::Doubles)))
    }

    fn of_request<'v>(&'v self, name: &str, arguments: &[Argument<'v>]) -> Outcome<'v> {
        if name == GEOIP {
            return self.geoip();
        }
        let key = match arguments {
            [Ok(CelValue::String(key))] => key,
            [Err(error)] => return Err(error.clone()),
            _ => return Err(EvalError::no_overload(name)),
        };
        let headers = &self.request.headers;
        Ok(match name {
            "hasHeader" => CelValue::Bool(headers.contains(&canonical(key))),
            "getHeader" => CelValue::text(headers.get(&canonical(key)).unwrap_or_default()),
            "hasCookie" => CelValue::Bool(cookie(self.request, key).is_some()),
            "getCookie" => CelValue::text(cookie(self.request, key).unwrap_or_default()),
            _ => CelValue::Bool(self.request.query.get(key).is_some()),
        })
    }
}

impl Variables for OfRequest<'_> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        self.variables.get(name)
    }

    fn call<'v>(&'v self, name: &str, arguments: &[Argument<'v>]) -> Option<Outcome<'v>> {
        if OF_REQUESTS.contains(&name) {
            return Some(self.of_request(name, arguments));
        }
        call(name, arguments)
    }
}

impl<V: Variables> Variables for Plain<V> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        self.0.get(name)
    }

    fn call<'v>(&'v self, name: &str, arguments: &[Argument<'v>]) -> Option<Outcome<'v>> {
        call(name, arguments)
    }
}
