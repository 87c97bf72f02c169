// The host's rarer services, by name. Each takes its arguments as bytes and gives bytes, or throws.
import { sign, verify } from "./crypto.mjs";

export const operations = { sign, verify };
