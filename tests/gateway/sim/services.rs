//! The host's services: the edge's cache, and the one that counts.

use fjord::features::auth::revoker::list::{Command, RevocationList};
use fjord::features::qos::bucket::{Bucket, Rate};
use fjord::platform::{Call, HostError};
use fjord_http::Headers;
use serde_json::Value;

use super::World;

impl World {
    pub(super) fn call(&mut self, Call { op, args }: Call) -> Result<Vec<u8>, HostError> {
        self.services.push(op);
        match op {
            "limit" => self.limit(args),
            "object" => self.object(args),
            "cache_find" | "cache_put" | "cache_remove" => {
                let Some(cache) = self.cache.as_mut() else {
                    // Nobody waits to hear how keeping went.
                    return if op == "cache_put" {
                        Ok(Vec::new())
                    } else {
                        Err(HostError::Failed("no cache".to_owned()))
                    };
                };
                match (op, args.as_slice()) {
                    ("cache_find", [name]) => return Ok(cache.get(name).cloned().unwrap_or_default()),
                    ("cache_put", [name, kept]) => drop(cache.insert(name.clone(), kept.clone())),
                    (_, names) => names.iter().for_each(|name| drop(cache.remove(name))),
                }
                Ok(Vec::new())
            }
            "enqueue" => {
                self.calls.push(format!("enqueue {}", String::from_utf8_lossy(&args[0])));
                let mut headers = Headers::default();
                headers.add("Content-Type", String::from_utf8_lossy(&args[1]).into_owned());
                self.seen.push((headers, args[2].clone()));
                Ok(Vec::new())
            }
            "publish" => self.publish(&args),
            "receive" => self.receive(&args),
            "settle" => {
                let settlement = String::from_utf8_lossy(&args[2]).into_owned();
                self.calls.push(format!("{settlement} {}", broker(&args[0])));
                Ok(Vec::new())
            }
            // The platform's own part: the signature itself is of no matter here.
            "sign" => Ok(b"signature".to_vec()),
            _ => Err(HostError::Failed(format!("no {op}"))),
        }
    }

    /// A broker takes a message: its call is `publish NAME`, its header lines are those of the message, then key and properties.
    fn publish(&mut self, args: &[Vec<u8>]) -> Result<Vec<u8>, HostError> {
        let message: Value = serde_json::from_slice(&args[1]).unwrap();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut headers = Headers::default();
        for line in message["headers"].as_array().into_iter().flatten() {
            headers.add(text(&line[0]), text(&line[1]));
        }
        let properties = message["properties"].as_object().into_iter().flatten();
        let key = message.get("key").map(|key| ("key".to_owned(), key.clone()));
        let beside = properties.map(|(name, value)| (name.clone(), value.clone())).chain(key);
        beside.for_each(|(name, value)| headers.set(format!(":{name}"), text(&value)));
        self.seen.push((headers, args[2].clone()));
        self.broker("publish", &args[0]).map(|_| Vec::new())
    }

    /// A broker gives a message, with the token 1.
    fn receive(&mut self, args: &[Vec<u8>]) -> Result<Vec<u8>, HostError> {
        let body = self.broker("receive", &args[0])?;
        Ok([&1_u32.to_le_bytes()[..], &body].concat())
    }

    /// What a broker gives: the body of its script in the table of origins.
    fn broker(&mut self, op: &str, plan: &[u8]) -> Result<Vec<u8>, HostError> {
        let call = format!("{op} {}", broker(plan));
        self.calls.push(call.clone());
        let script = self.origins.get(&call).and_then(|scripts| scripts.first());
        let script = script.ok_or_else(|| HostError::Failed(format!("{}: no broker", broker(plan))))?;
        script.fault.clone().map_or_else(|| Ok(script.body.clone()), |fault| Err(HostError::Failed(fault)))
    }

    /// The objects of a namespace: what a key counts, or the list of revoked tokens.
    fn object(&mut self, args: Vec<Vec<u8>>) -> Result<Vec<u8>, HostError> {
        let [binding, key, command] =
            <[Vec<u8>; 3]>::try_from(args).unwrap().map(|arg| String::from_utf8(arg).unwrap());
        if !self.counters.contains(&binding) {
            return Err(HostError::Failed("the worker has no such binding".to_owned()));
        }
        let key = format!("{binding} {key}");
        self.counted.push(key.clone());
        if let Some(command) = command.strip_prefix("revoker/") {
            return self.revoker(&key, command.parse().unwrap());
        }
        let parts: Vec<&str> = command.splitn(4, '/').collect();
        let ["quota", verb, weight, limits] = parts[..] else { panic!("{command}") };
        let usage = self.usages.entry(key).or_default();
        let verdict = usage.take(&limits.parse().unwrap(), weight.parse().unwrap(), verb == "add", self.now);
        Ok(verdict.to_string().into_bytes())
    }

    fn revoker(&mut self, key: &str, command: Command) -> Result<Vec<u8>, HostError> {
        let now = self.now;
        let list = self.lists.entry(key.to_owned()).or_insert_with(|| RevocationList::new(1));
        match command {
            Command::Since(epoch, version) => return Ok(list.update(epoch, version)),
            Command::Add(seconds, digests) => list.add(&digests, now as u64 + 1000 * seconds, now).unwrap(),
            Command::Remove(digests) => digests.iter().for_each(|digest| list.remove(digest, 1 + now as u64)),
        }
        Ok(Vec::new())
    }

    fn limit(&mut self, args: Vec<Vec<u8>>) -> Result<Vec<u8>, HostError> {
        let [binding, key, rate] =
            <[Vec<u8>; 3]>::try_from(args).unwrap().map(|arg| String::from_utf8(arg).unwrap());
        if !self.counters.contains(&binding) {
            return Err(HostError::Failed("the worker has no such binding".to_owned()));
        }
        let key = format!("{binding} {key}");
        self.counted.push(key.clone());
        let rate: Rate = rate.parse().unwrap();
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket::full(&rate, self.now));
        Ok(vec![u8::from(bucket.take(&rate, self.now))])
    }
}

/// The name of a broker in its plan.
fn broker(plan: &[u8]) -> String {
    let plan: Value = serde_json::from_slice(plan).unwrap();
    plan["broker"]["name"].as_str().unwrap().to_owned()
}
