//! Origins that say whom they were asked for, if they say anything.

use std::cell::RefCell;
use std::rc::Rc;

use fjord::platform::Fetch;
use serde_json::json;

use super::random::Random;
use crate::sim::{Origin, Script};

/// How the origins behave; may be changed while they are asked.
#[derive(Clone)]
pub struct Mood(Rc<RefCell<State>>);

struct State {
    random: Random,
    behaviour: Behaviour,
    calls: u32,
}

#[derive(Clone, Copy)]
enum Behaviour {
    /// Anything.
    Random,
    /// All is well, at once.
    Calm,
    /// All is well, each call a little later than the one before.
    Lingering,
    /// Nothing is.
    Failing,
}

impl Mood {
    pub fn new(seed: u64) -> Self {
        let random = Random::new(seed ^ 0x00C0_FFEE);
        Self(Rc::new(RefCell::new(State { random, behaviour: Behaviour::Random, calls: 0 })))
    }

    pub fn calm(&self) {
        self.0.borrow_mut().behaviour = Behaviour::Calm;
    }

    pub fn linger(&self) {
        self.0.borrow_mut().behaviour = Behaviour::Lingering;
    }

    pub fn fail(&self) {
        self.0.borrow_mut().behaviour = Behaviour::Failing;
    }

    /// Answers calls in this mood.
    pub fn origin(&self) -> Origin {
        let mood = self.clone();
        Box::new(move |fetch, body| mood.0.borrow_mut().answer(fetch, body))
    }
}

impl State {
    fn answer(&mut self, fetch: &Fetch, body: &[u8]) -> Script {
        self.calls += 1;
        match self.behaviour {
            Behaviour::Calm => Script { after_ms: Some(5), ..good(fetch, body) },
            Behaviour::Lingering => Script { after_ms: Some(10 + self.calls), ..good(fetch, body) },
            Behaviour::Failing => Script { after_ms: Some(5), status: 500, ..Script::default() },
            Behaviour::Random => self.random(fetch, body),
        }
    }

    fn random(&mut self, fetch: &Fetch, body: &[u8]) -> Script {
        let random = &mut self.random;
        let after_ms = match random.below(20) {
            0 => None,
            1..3 => Some(random.below(3_000)),
            3..7 => Some(random.below(500)),
            _ => Some(random.below(40)),
        };
        let script = match random.below(24) {
            0 => Script { status: 500, body: b"broken".to_vec(), ..Script::default() },
            1 => Script { fault: Some("Network connection lost.".to_owned()), ..Script::default() },
            2 => Script { body: br#"{"cut":"#.to_vec(), ..good(fetch, body) },
            3 => Script { body: b"[1,2]".to_vec(), ..good(fetch, body) },
            4 => Script { status: 404, body: b"{}".to_vec(), ..Script::default() },
            5 => Script {
                status: 302,
                headers: vec![("Location".to_owned(), fetch.url.replace("://origin/", "://origin/moved/"))],
                ..Script::default()
            },
            6 => Script { status: 204, ..Script::default() },
            _ => good(fetch, body),
        };
        Script { after_ms: after_ms.map(|ms| ms as u32), ..script }
    }
}

/// A good answer: to a backend's call the tags of its path, its header and its body.
fn good(fetch: &Fetch, body: &[u8]) -> Script {
    let answer = match &*fetch.url {
        "http://tokens/token" => json!({"access_token": "t", "token_type": "bearer", "expires_in": 11}),
        "http://keys/jwks" => {
            json!({"keys": [{"kty": "oct", "kid": "k", "k": "YSBzZWNyZXQgb2Ygc2l4dHktZm91ciBieXRlcywgYXMgbG9uZyBhcyB0aGUgbG9uZ2VzdCBvZiBoYXNoZXMuLg"}]})
        }
        url => {
            let path = url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
            json!({"path": path, "header": fetch.headers.get("X-Tag"), "body": String::from_utf8_lossy(body)})
        }
    };
    let headers = [("Content-Type", "application/json"), ("Cache-Control", "max-age=1")];
    Script {
        status: 200,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: answer.to_string().into_bytes(),
        ..Script::default()
    }
}
