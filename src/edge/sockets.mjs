// Calls of origins over sockets, by the module of `origins/`: HTTPS with other certificates than public ones, and brokers.
import { linesOf } from "./lines.mjs";
import { outgoing } from "./origins.mjs";
import { FETCH_GZIP, NEVER } from "./protocol.mjs";

/** @typedef {typeof import("../../origins/js/index.mjs").origins} Origins */

/**
 * The promise of an origin's answer.
 *
 * @param {Origins | null} origins
 * @param {import("./batch.mjs").Socket} socket
 * @param {import("./batch.mjs").Fetch} effect
 * @param {Request} request
 * @param {ExecutionContext} ctx
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
export async function callOverSocket(origins, { plan, millis }, { method, url, block, trace, body: kind, bytes, flags, cutAfter }, request, ctx, signal) {
  const lines = linesOf(block);
  const body = method === "GET" || method === "HEAD" ? null : outgoing(kind, bytes, lines, request);
  const announced = lines.headers.get("content-length");
  const call = {
    method,
    url,
    lines: trace === "" ? block : traced(block, trace),
    body,
    millis,
    cutAfter: cutAfter === NEVER ? millis : cutAfter,
    inflate: (flags & FETCH_GZIP) !== 0,
    signal,
    ...(announced !== null && { length: Number(announced) }),
  };
  return linked(origins).fetch(plan, call, ctx);
}

/**
 * Header lines, those of the trace's names replaced by the trace's.
 *
 * @param {string} block
 * @param {string} trace
 */
function traced(block, trace) {
  const pairs = (/** @type {string} */ text) => Array.from(text.matchAll(/(.*)\n(.*)\n/g), ([line, name = ""]) => ({ line, name: name.toLowerCase() }));
  const names = new Set(pairs(trace).map(({ name }) => name));
  const kept = pairs(block).filter(({ name }) => !names.has(name));
  return kept.map(({ line }) => line).join("") + trace;
}

const decoder = new TextDecoder();

/** A number of 32 bits. */
const number = (/** @type {Uint8Array} */ bytes) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);

/**
 * @typedef {import("./ops.mjs").Env} Env
 * @typedef {import("./ops.mjs").Host} Host
 */

/**
 * Publishes a message.
 *
 * @param {[plan: Uint8Array, message: Uint8Array, body: Uint8Array, millis: Uint8Array]} args
 * @param {Env} _env
 * @param {ExecutionContext} ctx
 * @param {Request} _request
 * @param {Host} host
 */
export async function publish([plan, message, body, millis], _env, ctx, _request, { origins, signal }) {
  await linked(origins).publish(decoder.decode(plan), { message: decoder.decode(message), body, millis: number(millis), signal: signal() }, ctx);
}

/**
 * Receives a message: its token, then its body. With a `binding` a Durable Object of that namespace reads for all, by the name of the group.
 *
 * @param {[plan: Uint8Array, millis: Uint8Array, binding: Uint8Array, group: Uint8Array]} args
 * @param {Env} env
 * @param {ExecutionContext} ctx
 * @param {Request} _request
 * @param {Host} host
 */
export async function receive([plan, millis, binding, group], env, ctx, _request, { origins, signal }) {
  const reader = readerOf(origins, plan, binding, group, env);
  const { token, body } = await (reader?.receive(number(millis)) ?? linked(origins).receive(decoder.decode(plan), { millis: number(millis), signal: signal() }, ctx));
  const received = new Uint8Array(4 + body.length);
  new DataView(received.buffer).setUint32(0, token, true);
  received.set(body, 4);
  return received;
}

/**
 * Settles a received message.
 *
 * @param {[plan: Uint8Array, token: Uint8Array, settlement: Uint8Array, binding: Uint8Array, group: Uint8Array]} args
 * @param {Env} env
 * @param {ExecutionContext} _ctx
 * @param {Request} _request
 * @param {Host} host
 */
export async function settle([plan, token, settlement, binding, group], env, _ctx, _request, { origins }) {
  const how = /** @type {"ack" | "requeue" | "discard"} */ (decoder.decode(settlement));
  const reader = readerOf(origins, plan, binding, group, env);
  await (reader?.settle(number(token), how) ?? linked(origins).settle(decoder.decode(plan), number(token), how));
}

/**
 * The reader of a group; null where each request reads by itself.
 *
 * @param {Origins | null} origins
 * @param {Uint8Array} plan
 * @param {Uint8Array} binding
 * @param {Uint8Array} group
 * @param {Env} env
 */
function readerOf(origins, plan, binding, group, env) {
  if (binding.length === 0) return null;
  const name = decoder.decode(binding);
  const namespace = /** @type {Partial<DurableObjectNamespace> | undefined} */ (Object.hasOwn(env, name) ? env[name] : undefined);
  if (namespace === undefined) throw new Error(`the worker has no binding ${name}`);
  if (typeof namespace.idFromName !== "function") throw new Error(`the binding ${name} isn't a Durable Object namespace`);
  return linked(origins).group(/** @type {never} */ (namespace), decoder.decode(group), decoder.decode(plan));
}

/**
 * The module; it isn't there if the worker was built for another configuration.
 *
 * @param {Origins | null} origins
 */
export function linked(origins) {
  if (origins === null) throw new Error("the worker lacks the module for calls over sockets: `fjord build` adds it, and createGateway takes it as `origins`");
  return origins;
}
