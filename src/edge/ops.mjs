// The host's rarer services, by name. Each takes its arguments as bytes and gives bytes, or throws.
import * as cache from "./cache.mjs";
import { sign, verify } from "./crypto.mjs";
import { limit } from "./ratelimit.mjs";

export const operations = { cache_find: cache.find, cache_put: cache.put, cache_remove: cache.remove, limit, sign, verify };
