//! The host's services: the edge's cache, and the one that counts.

use fjord::features::qos::bucket::{Bucket, Rate};
use fjord::platform::{Call, HostError};

use super::World;

impl World {
    pub(super) fn call(&mut self, Call { op, args }: Call) -> Result<Vec<u8>, HostError> {
        self.services.push(op);
        match op {
            "limit" => self.limit(args),
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
            // Who signs what is shown by `tests/auth.test.mjs`.
            "sign" => Ok(b"signature".to_vec()),
            _ => Err(HostError::Failed(format!("no {op}"))),
        }
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
