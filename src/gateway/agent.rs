//! Async agents: the message of a queue runs through a pipe of backends, as a request without a client does.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_json::Body;

use crate::context::{Cx, EndpointInfo, Reach};
use crate::platform::{Answer, Deadline, Io, Level, RequestBody, Via};
use crate::platform::{Body as OriginBody, LocalFuture};
use crate::proxy::{Error, Layer, Next, Pipe, Reply, Request};
use crate::render;

use super::{Gateway, Session};

/// The place of an agent in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentId(pub u32);

/// A message of a queue.
#[derive(Debug)]
pub struct Message {
    /// How often it has been delivered, this time included.
    pub attempts: u32,
    /// Its bytes.
    pub body: Body,
}

/// An agent, ready to take messages.
pub struct Agent {
    /// What steps know of it: its name is the path.
    pub info: Rc<EndpointInfo>,
    /// How many messages it takes at once, and how fast.
    pub pace: Pace,
    /// When a message whose pipe failed is delivered again; none: it's dropped.
    pub backoff: Option<Backoff>,
    /// Layers around the pipe, outermost first.
    pub layers: Vec<Box<dyn Layer>>,
    /// The backends; the reason if the agent can't be served.
    pub pipe: Result<Pipe, String>,
}

/// How many messages are taken at once, and how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// `consumer.workers`, at least one.
    pub workers: u32,
    /// `consumer.max_rate`, in messages a second; 0: no limit.
    pub max_rate: f64,
}

/// `connection.backoff_strategy`: the seconds until a message comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// How they grow with the deliveries.
    pub growth: Growth,
    /// Whether they vary by a third.
    pub is_jittered: bool,
}

/// How waits grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// One second each time.
    None,
    /// A second more each time.
    Linear,
    /// Twice as long each time.
    Exponential,
}

/// The longest delay of a message: the platform's limit, twelve hours.
const MOST_SECONDS: u32 = 43_200;

/// The message is done: the queue forgets it.
const DONE: u16 = 204;

/// The message comes again, after the seconds of `Retry-After`.
const AGAIN: u16 = 503;

// === impl Gateway ===

impl Gateway {
    /// Takes a message for an agent, at `now` (ms since the epoch) and with a seed for random choices. The answer is 204 if the
    /// message is done, else 503 with the seconds until it should come again.
    pub fn take(&self, id: AgentId, message: Message, now: f64, seed: u64) -> Option<Session> {
        self.plan.endpoints.agent(id)?;
        let plan = Rc::clone(&self.plan);
        let io = Rc::new(Io::new(now, seed).through(plan.service.private.clone()));
        let io_of_task = Rc::clone(&io);
        let answer: LocalFuture<'static, Answer> = Box::pin(async move {
            let reach = Reach { io: &io_of_task, service: &plan.service.info };
            match plan.endpoints.agent(id) {
                Some(agent) => agent.take(reach, plan.service.refused.as_deref(), message).await,
                None => render::status(AGAIN),
            }
        });
        Some(Session::of(io, answer))
    }
}

// === impl Agent ===

impl Agent {
    async fn take(&self, reach: Reach<'_>, refused: Option<&str>, message: Message) -> Answer {
        let attempts = message.attempts;
        let failure = match (&self.pipe, refused) {
            (_, Some(reason)) => Err(format!("not served: {reason}")),
            (Err(reason), None) => Err(format!("not served: {reason}")),
            (Ok(pipe), None) => self.run(reach, pipe, message.body).await.map_err(|error| error.to_string()),
        };
        let Err(reason) = failure else { return render::status(DONE) };
        let name = &self.info.path;
        // What was never tried isn't dropped.
        let is_tried = self.pipe.is_ok() && refused.is_none();
        let Some(backoff) = self.backoff.or((!is_tried).then_some(Backoff::FALLBACK)) else {
            reach.log(Level::Error, || format!("[ASYNC: {name}] {reason}; the message is dropped"));
            return render::status(DONE);
        };
        let seconds = backoff.seconds(attempts, reach.io.random());
        reach.log(Level::Error, || {
            format!("[ASYNC: {name}] {reason}; the message comes again in {seconds} s")
        });
        let mut answer = render::status(AGAIN);
        answer.headers.set("Retry-After", seconds.to_string());
        answer
    }

    /// Runs the pipe. The message is the body; there is neither a header nor a parameter.
    async fn run(&self, reach: Reach<'_>, pipe: &Pipe, body: Body) -> Result<(), Error> {
        let deadline = Deadline::of_request(reach.io, self.info.timeout_ms);
        let cx = Cx { io: reach.io, service: reach.service, endpoint: &self.info, deadline: &deadline };
        let request = Request {
            method: Cow::Borrowed("GET"),
            path: Rc::from("/"),
            url: Rc::from(""),
            via: Via::Network,
            params: Rc::default(),
            headers: Rc::default(),
            query: Rc::default(),
            body: RequestBody::chunked(body),
        };
        let reply = match deadline.bound(Next::pipe(&self.layers, pipe).run(cx, request)).await {
            Ok(reply) => reply,
            Err(_) => Reply::err(Error::expired()),
        };
        if let Some(error) = reply.error {
            return Err(error);
        }
        // An answer that nobody reads would hold its connection.
        if let Some(OriginBody::Stream(stream)) = reply.response.and_then(|response| response.io) {
            match deadline.bound(reach.io.read_stream(stream)).await {
                Ok(read) => drop(read),
                Err(_) => return Err(Error::expired()),
            }
        }
        Ok(())
    }
}

// === impl Backoff ===

impl Backoff {
    /// A second each time.
    const FALLBACK: Backoff = Backoff { growth: Growth::None, is_jittered: false };

    /// The strategy of a name; KrakenD takes what it doesn't know for `fallback`.
    pub fn named(name: &str) -> Backoff {
        let (growth, jitter) = name.split_once('-').unwrap_or((name, ""));
        let growth = match growth {
            "linear" => Growth::Linear,
            "exponential" => Growth::Exponential,
            _ => Growth::None,
        };
        Backoff { growth, is_jittered: growth != Growth::None && jitter == "jitter" }
    }

    /// The wait after so many deliveries, by a random number.
    fn seconds(self, attempts: u32, random: u64) -> u32 {
        let seconds = match self.growth {
            Growth::None => 1,
            Growth::Linear => attempts,
            Growth::Exponential => {
                1u32.checked_shl(attempts).filter(|_| attempts < 16).unwrap_or(MOST_SECONDS)
            }
        };
        if !self.is_jittered {
            return seconds.min(MOST_SECONDS);
        }
        // Between two thirds and four thirds.
        let share = 2.0 / 3.0 + 2.0 / 3.0 * (random >> 11) as f64 / (1u64 << 53) as f64;
        ((f64::from(seconds) * share).round() as u32).min(MOST_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_by_their_strategy() {
        for (name, waits) in [
            ("fallback", [1, 1, 1, 1]),
            ("", [1, 1, 1, 1]),
            ("linear", [1, 2, 3, 43_200]),
            ("exponential", [2, 4, 8, 43_200]),
        ] {
            let attempts = [1, 2, 3, 100_000];
            assert_eq!(attempts.map(|attempts| Backoff::named(name).seconds(attempts, 7)), waits, "{name}");
        }
        for (name, attempts, least, most) in [
            ("linear-jitter", 30, 20, 40),
            ("exponential-jitter", 5, 21, 43),
            ("exponential-jitter", 100, 28_800, 43_200),
        ] {
            let waits = [0, u64::MAX].map(|random| Backoff::named(name).seconds(attempts, random));
            assert_eq!(waits, [least, most], "{name}");
        }
    }
}
