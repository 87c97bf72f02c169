// The host's rarer services, by name. Each takes its arguments as bytes and gives bytes, or throws.
import { sign, verify } from "./crypto.mjs";
import { limit } from "./ratelimit.mjs";

export const operations = { limit, sign, verify };
