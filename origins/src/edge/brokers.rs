//! Operations on brokers: `publish`, `receive`, `settle`.
//!
//! A received message stays in the future that received it, with its connection, until the core has decoded it and says what
//! becomes of it.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::broker::{Broker, BrokerFault, BrokerTls, Message, Received, Subscription};
use crate::kafka::KafkaOptions;

use super::connector::{RuntimeConnector, Wire};
use super::flight::{Flight, Reply};
use super::held::{self, Held, Order};
use super::limit::Limit;

/// The time for the core to settle a message after it was received, in milliseconds. Then the broker gets it back.
const HOLD: u32 = 5000;
/// The time for a settlement: the caller's limit may be over when its message has just come.
const SETTLE: u32 = 5000;
/// The time for a goodbye.
const LEAVE: u32 = 1000;

thread_local! {
    static BROKERS: RefCell<Vec<Rc<Broker>>> = const { RefCell::new(Vec::new()) };
}

/// Adds a broker, which is called by this TLS profile if there is one; its number.
pub fn add(mut broker: Broker, profile: Option<u32>) -> u32 {
    broker.tls = profile.map(BrokerTls::Profile).or(broker.tls);
    BROKERS.with_borrow_mut(|brokers| {
        brokers.push(Rc::new(broker));
        brokers.len() as u32 - 1
    })
}

/// Publishes a message: JSON for what is beside its body. There is no result; when it comes, the broker has the message.
#[wasm_bindgen]
pub fn publish(
    broker: u32,
    message: String,
    body: Vec<u8>,
    millis: u32,
    signal: Option<AbortSignal>,
) -> Flight {
    let mut limit = Limit::new(millis, signal);
    Flight::start(limit.ends_at(millis.saturating_add(LEAVE)), |reply| async move {
        let target = Target::new(broker, reply);
        if let Err(fault) = send(&target, &mut limit, &message, body).await {
            target.fail(&fault);
        }
    })
}

/// Receives a message. The result is `[token, body]`: the token is 0 where there is nothing to settle. The message has to come within
/// `millis`.
#[wasm_bindgen]
pub fn receive(broker: u32, millis: u32, signal: Option<AbortSignal>) -> Flight {
    let limit = Limit::new(millis, signal);
    let most = millis.saturating_add(HOLD + SETTLE + LEAVE);
    Flight::start(limit.ends_at(most), move |reply| async move {
        let target = Target::new(broker, reply);
        if let Err(fault) = take(&target, limit).await {
            target.fail(&fault);
        }
    })
}

/// Settles a received message: `ack`, `requeue` or `discard`. When the promise resolves, the broker knows.
#[wasm_bindgen]
pub fn settle(broker: u32, token: u32, settlement: &str) -> Promise {
    let (reply, promise) = Reply::new();
    match settlement.parse() {
        _ if token == 0 => reply.answer(&JsValue::UNDEFINED),
        Err(fault) => Target::new(broker, reply).fail(&fault),
        Ok(settlement) => {
            if let Err(order) = held::settle(token, Order { settlement, reply }) {
                Target::new(broker, order.reply).fail(&BrokerFault::NotHeld);
            }
        }
    }
    promise
}

/// Forgets what was read ahead of a group. A Durable Object calls it when it begins: another one may have gone on since.
#[wasm_bindgen]
pub fn group_join(broker: u32) {
    if let Ok(broker) = find(broker)
        && let Ok(group) = broker.group()
    {
        group.forget();
    }
}

/// Receives a message of a group, in the Durable Object that reads it, one call at a time. The result is `[token, body]`. Of the
/// caller's `millis` this many are `left`.
#[wasm_bindgen]
pub fn group_receive(broker: u32, millis: u32, left: u32) -> Flight {
    let mut limit = Limit::new(left, None);
    Flight::start(limit.ends_at(left), move |reply| async move {
        let target = Target::new(broker, reply);
        if left == 0 {
            // Nobody waits for a message any more.
            return target.fail(&BrokerFault::NoMessage(millis));
        }
        let received = async {
            let broker = target.broker()?;
            broker.receive_of_group(&broker.connector()).await
        };
        match limit.run(received).await {
            Ok(Ok((token, body))) => {
                target.reply.answer(&Array::of2(&token.into(), &Uint8Array::from(&*body)));
            }
            Ok(Err(fault)) => target.fail(&fault),
            Err(_) => {
                let has_joined =
                    target.broker().is_ok_and(|broker| broker.group().is_ok_and(KafkaOptions::has_joined));
                let fault = BrokerFault::TimedOut(millis);
                target.fail(&if has_joined { fault.while_waiting() } else { fault });
            }
        }
    })
}

/// Settles a message of a group, in the Durable Object that reads it.
#[wasm_bindgen]
pub fn group_settle(broker: u32, token: u32, settlement: String) -> Flight {
    let mut limit = Limit::new(SETTLE, None);
    Flight::start(limit.ends_at(SETTLE), move |reply| async move {
        let target = Target::new(broker, reply);
        let settled = async {
            let broker = target.broker()?;
            broker.settle_of_group(&broker.connector(), token, settlement.parse()?).await
        };
        match limit.run(settled).await.map_err(BrokerFault::from).flatten() {
            Ok(()) => target.reply.answer(&JsValue::UNDEFINED),
            Err(fault) => target.fail(&fault),
        }
    })
}

/// Publishes a message. Who waits for it needn't wait for the goodbye.
async fn send(target: &Target, limit: &mut Limit, message: &str, body: Vec<u8>) -> Result<(), BrokerFault> {
    let broker = target.broker()?;
    let message = serde_json::from_str(message);
    let mut message: Message =
        message.map_err(|error| BrokerFault::BadCall(format!("the message: {error}")))?;
    message.body = Bytes::from(body);
    let connector = broker.connector();
    let published = limit.run(broker.publish(&connector, &message)).await??;
    target.reply.answer(&JsValue::UNDEFINED);
    if let Some(session) = published {
        let _ = Limit::new(LEAVE, None).run(session.leave()).await;
    }
    Ok(())
}

/// Receives a message, and keeps it until it's settled.
async fn take(target: &Target, mut limit: Limit) -> Result<(), BrokerFault> {
    let broker = target.broker()?;
    let connector = broker.connector();
    let mut subscription = limit.run(broker.subscribe(&connector)).await??;
    let received = match limit.run(subscription.message()).await {
        Ok(received) => received?,
        Err(stopped) => {
            target.fail(&BrokerFault::from(stopped).while_waiting());
            let _ = Limit::new(LEAVE, None).run(subscription.leave()).await;
            return Ok(());
        }
    };
    let Received { body, tag } = received;
    let body = Uint8Array::from(&*body);
    match tag {
        None => target.reply.answer(&Array::of2(&0.into(), &body)),
        Some(tag) => {
            let mut held = Held::new();
            target.reply.answer(&Array::of2(&held.token().into(), &body));
            limit.renew(HOLD);
            if let Ok(Some(order)) = limit.run(held.order()).await {
                finish(target, subscription, tag, order).await;
            }
        }
    }
    Ok(())
}

/// Settles a message. Nobody aborts that any more.
async fn finish(target: &Target, subscription: Subscription<'_, Wire>, tag: u64, order: Order) {
    let Order { settlement, reply } = order;
    let settled = Limit::new(SETTLE, None).run(subscription.settle(tag, settlement)).await;
    match settled.map_err(BrokerFault::from).flatten() {
        Ok(()) => reply.answer(&JsValue::UNDEFINED),
        Err(fault) => Target { reply, ..*target }.fail(&fault),
    }
}

fn find(index: u32) -> Result<Rc<Broker>, BrokerFault> {
    let broker = BROKERS.with_borrow(|brokers| brokers.get(index as usize).cloned());
    broker.ok_or_else(|| BrokerFault::BadCall("there is no such broker".to_owned()))
}

/// The broker of an operation, and who waits for it.
struct Target {
    index: u32,
    reply: Reply,
}

// === impl Target ===

impl Target {
    const fn new(index: u32, reply: Reply) -> Self {
        Self { index, reply }
    }

    fn broker(&self) -> Result<Rc<Broker>, BrokerFault> {
        find(self.index)
    }

    /// The error of an operation. Its text begins with the broker's name.
    fn fail(&self, fault: &BrokerFault) {
        let name = match self.broker() {
            Ok(broker) => broker.name.clone(),
            Err(_) => format!("broker {}", self.index),
        };
        self.reply.fail(&format!("{name}: {fault}"), fault.code(), false);
    }
}

// === impl Broker ===

impl Broker {
    const fn connector(&self) -> RuntimeConnector {
        RuntimeConnector { tls: self.tls }
    }
}
