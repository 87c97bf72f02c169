// The host's rarer services, by name. Each takes its arguments as bytes and gives bytes, or throws.
import * as cache from "./cache.mjs";
import { sign, verify } from "./crypto.mjs";
import { enqueue } from "./queues.mjs";
import { limit, object } from "./ratelimit.mjs";
import { publish, receive, settle } from "./sockets.mjs";

/**
 * What the worker is configured with: bindings, variables and secrets by name. Anything may be there, or nothing.
 *
 * @typedef {{ [name: string]: unknown }} Env
 */

/**
 * What some services need besides: the module of calls over sockets, and what tells them that nobody waits any more.
 *
 * @typedef {object} Host
 * @property {import("./sockets.mjs").Origins | null} origins
 * @property {() => AbortSignal} signal
 */

/**
 * A service. The core gives each as many arguments as it takes; no result is an empty one.
 *
 * @callback Operation
 * @param {Uint8Array[]} args
 * @param {Env} env
 * @param {ExecutionContext} ctx
 * @param {Request} request
 * @param {Host} host
 * @returns {Uint8Array | undefined | void | Promise<Uint8Array | undefined | void>}
 */

const named = { cache_find: cache.find, cache_put: cache.put, cache_remove: cache.remove, enqueue, limit, object, publish, receive, settle, sign, verify };

/** The services by name. The parameters of each are the arguments that the core gives it. */
export const operations = /** @type {{ [name: string]: Operation }} */ (/** @type {unknown} */ (named));
