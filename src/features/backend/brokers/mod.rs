//! Brokers that backends publish to and receive from, over sockets: the host performs, by the plan that is made here.

pub mod address;
pub mod plan;

use std::rc::Rc;

use fjord_json::{Body, Value};

use crate::context::Cx;
use crate::platform::HostError;
use crate::proxy::{Blame, Error, Next, Request, Response};

/// A broker, and what is published or received there.
pub struct Broker {
    /// The plan for the host; the reason if a variable of the worker isn't there, which every call then says.
    pub plan: Result<Rc<str>, String>,
    /// Who reads, where one reader reads for all receivers.
    pub reader: Option<Reader>,
}

/// The Durable Object that reads a group of Kafka.
pub struct Reader {
    /// The binding of its namespace.
    pub binding: String,
    /// The object's name: that of the group.
    pub name: String,
}

/// What becomes of a message that can't be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecodable {
    /// It's delivered again.
    Requeued,
    /// It's dropped, or goes to the dead letters.
    Discarded,
}

// === impl Broker ===

impl Broker {
    /// Publishes the request's body with this message around it.
    pub async fn publish(&self, cx: Cx<'_>, message: Value, body: Rc<Body>) -> Result<Response, Error> {
        let args = vec![self.plan()?, message.to_json(), body.as_slice().to_vec(), millis(cx)];
        call(cx, "publish", args).await?;
        Ok(Response { complete: true, ..Response::default() })
    }

    /// Receives one message and decodes it as the backend's answer. It's acknowledged when that is done.
    pub async fn receive(
        &self,
        cx: Cx<'_>,
        next: Next<'_>,
        undecodable: Undecodable,
    ) -> Result<Response, Error> {
        let plan = self.plan()?;
        let (binding, name) = self.reader();
        let received =
            call(cx, "receive", vec![plan.clone(), millis(cx), binding.clone(), name.clone()]).await?;
        let Some((token, body)) = received.split_first_chunk::<4>() else {
            return Err(Error::decode("the host received no message"));
        };
        let decoded = next.decode(Body::from(body));
        let settlement = match (&decoded, undecodable) {
            (Ok(_), _) => "ack",
            (Err(_), Undecodable::Requeued) => "requeue",
            (Err(_), Undecodable::Discarded) => "discard",
        };
        let settled = call(cx, "settle", vec![plan, token.to_vec(), settlement.into(), binding, name]).await;
        match (decoded, settled) {
            // What the broker delivers again no client must have seen.
            (Ok(_), Err(error)) => Err(error),
            (decoded, _) => decoded,
        }
    }

    fn plan(&self) -> Result<Vec<u8>, Error> {
        match &self.plan {
            Ok(plan) => Ok(plan.as_bytes().to_vec()),
            Err(reason) => Err(Error::of_step(Blame::Gateway, reason.clone())),
        }
    }

    fn reader(&self) -> (Vec<u8>, Vec<u8>) {
        match &self.reader {
            Some(Reader { binding, name }) => (binding.clone().into_bytes(), name.clone().into_bytes()),
            None => (Vec::new(), Vec::new()),
        }
    }
}

/// The first value of each header, as messages carry them.
pub fn first_values(request: &Request) -> Value {
    let mut names: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for (name, value) in request.headers.iter() {
        if !names.contains(&name) {
            names.push(name);
            lines.push(line(name, value));
        }
    }
    Value::Array(lines)
}

/// All values of all headers.
pub fn all_values(request: &Request) -> Value {
    Value::Array(request.headers.iter().map(|(name, value)| line(name, value)).collect())
}

fn line(name: &str, value: &str) -> Value {
    Value::Array(vec![name.into(), value.into()])
}

/// The request's body, whole.
pub async fn whole_body(cx: Cx<'_>, request: &mut Request) -> Result<Rc<Body>, Error> {
    cx.deadline.bound(request.buffer_body(cx.io)).await?
}

/// Sends a body to a queue of the platform.
pub async fn enqueue(cx: Cx<'_>, binding: &str, content_type: &str, body: &Body) -> Result<Response, Error> {
    let args = vec![binding.into(), content_type.into(), body.as_slice().to_vec()];
    call(cx, "enqueue", args).await?;
    Ok(Response { complete: true, ..Response::default() })
}

async fn call(cx: Cx<'_>, op: &'static str, args: Vec<Vec<u8>>) -> Result<Vec<u8>, Error> {
    match cx.deadline.bound(cx.io.call(op, args)).await? {
        Ok(result) => Ok(result),
        // The host ends it at the same moment: whichever comes first, it is the deadline.
        Err(HostError::Failed(_)) if cx.deadline.is_past() => Err(Error::expired()),
        Err(HostError::Failed(text)) => Err(Error::of_step(Blame::Origin, text)),
        Err(excess) => Err(excess.into()),
    }
}

/// The time that is left, for the host.
fn millis(cx: Cx<'_>) -> Vec<u8> {
    cx.deadline.remaining_ms().to_le_bytes().to_vec()
}
