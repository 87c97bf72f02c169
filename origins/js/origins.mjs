// Origins that fetch can't reach: the module's functions for the gateway's driver.
//
//   const origins = new Origins();                           // costs nothing yet
//   const response = await origins.fetch(plan, { method, url, lines, body, length, millis, cutAfter, inflate, signal }, ctx);
//   await origins.publish(plan, { message, body, millis, signal }, ctx);
//   const { token, body } = await origins.receive(plan, { millis, signal }, ctx);
//   await origins.settle(plan, token, "ack");
//
// A plan is a text that the core has made of the configuration: the README has its form. Each is read once in an isolate's life.
//
// The first call instantiates the module (about 10 ms). A trap spoils its instance: the next call gets a fresh one, and calls
// that were in flight end by the gateway's own deadline.
import module from "./module.wasm";
import * as glue from "./module.mjs";
import { takeTrap } from "./trap.mjs";

/** The time for which the platform's fetch calls a host whose certificate turned out to be none of the profile's, in ms. */
const REMEMBERED = 600_000;

/** The hosts that are remembered, at most. */
const HOSTS = 256;

const NEVER = 0xffffffff;

/**
 * What to call. `lines` are names and values, each ended by a line break; `body` is null, bytes, or a stream, with its `length` if
 * that is known. The head has to come within `millis`, the body within `cutAfter`. A compressed body is inflated if `inflate` says so.
 *
 * @typedef {object} Call
 * @property {string} method
 * @property {string} url
 * @property {string} lines
 * @property {ReadableStream | Uint8Array | null} [body]
 * @property {number} [length]
 * @property {number} millis
 * @property {number} [cutAfter]
 * @property {boolean} [inflate]
 * @property {AbortSignal} [signal]
 */

/**
 * What to publish. `message` is JSON: what is beside the body (`key`, `headers`, `properties`).
 *
 * @typedef {object} Publish
 * @property {string} message
 * @property {Uint8Array} body
 * @property {number} millis
 * @property {AbortSignal} [signal]
 */

/**
 * How long to wait for a message.
 *
 * @typedef {object} Receive
 * @property {number} millis
 * @property {AbortSignal} [signal]
 */

/** @typedef {"ack" | "requeue" | "discard"} Settlement what becomes of a received message */

/** What a rejection carries: a word for programs, and whether the platform's fetch may try. */
/** @typedef {Error & { code: string, fallback: boolean }} OriginError */

/** @typedef {Pick<ExecutionContext, "waitUntil">} Context what an operation tells that it isn't over */

export class Origins {
  #isOpen = false;
  /** The numbers of the origins, by their plans. @type {Map<string, number>} */
  #numbers = new Map();
  /** When a host is tried over a socket again, by profile and authority. @type {Map<string, number>} */
  #publicHosts = new Map();

  /** The module, ready for a call. */
  #module() {
    const trap = takeTrap();
    if (trap !== null) {
      console.error(`fjord: the origins' module failed and restarts: ${trap}`);
      glue.__wbg_reset_state();
      this.#isOpen = false;
      this.#numbers.clear();
      this.#publicHosts.clear();
    }
    if (!this.#isOpen) {
      glue.initSync({ module });
      glue.start();
      this.#isOpen = true;
    }
    return glue;
  }

  /**
   * The number of an origin in the module.
   *
   * @param {string} plan
   */
  #number(plan) {
    const { add } = this.#module();
    let number = this.#numbers.get(plan);
    if (number === undefined) {
      number = add(plan);
      this.#numbers.set(plan, number);
    }
    return number;
  }

  /** The calls in flight. */
  get inFlight() {
    return this.#isOpen ? glue.in_flight() : 0;
  }

  /** The bytes of the module's memory. */
  get memory() {
    return this.#isOpen ? glue.initSync({ module }).memory.buffer.byteLength : 0;
  }

  /**
   * A response, as the platform's fetch gives one. Errors have a `code`, and a message that begins with the origin.
   *
   * @param {string} plan
   * @param {Call} call
   * @param {Context} ctx
   */
  async fetch(plan, call, ctx) {
    const profile = this.#number(plan);
    const host = `${profile} ${call.url.split("/", 3)[2]}`;
    if (this.#isPublic(host)) return platformFetch(call);
    const { method, url, lines, body = null, length, millis, cutAfter = NEVER, signal } = call;
    let parts;
    try {
      const flight = this.#module().fetch(profile, method, url, lines, body, length, millis, cutAfter, signal);
      parts = /** @type {Parts} */ (await result(flight, ctx));
    } catch (error) {
      const { fallback, code } = /** @type {OriginError} */ (error);
      if (!fallback) throw error;
      // The platform knows the public roots, and may reach addresses that are closed to sockets. Nothing of the body is sent.
      if (code === "unknown-issuer") this.#remember(host);
      return platformFetch(call);
    }
    return responseOf(parts, method, call.inflate === true);
  }

  /**
   * Publishes a message; when this resolves, the broker has it. Errors have a `code`, and a message that begins with the broker.
   *
   * @param {string} plan
   * @param {Publish} publish
   * @param {Context} ctx
   */
  async publish(plan, { message, body, millis, signal }, ctx) {
    await result(this.#module().publish(this.#number(plan), message, body, millis, signal), ctx);
  }

  /**
   * Receives a message. It has to be settled within 5 s, or the broker gets it back; a token of 0 has nothing to settle.
   *
   * @param {string} plan
   * @param {Receive} receive
   * @param {Context} ctx
   */
  async receive(plan, { millis, signal }, ctx) {
    const flight = this.#module().receive(this.#number(plan), millis, signal);
    const [token, body] = /** @type {[number, Uint8Array]} */ (await result(flight, ctx));
    return { token, body };
  }

  /**
   * Settles a received message, in the request that received it; when this resolves, the broker knows.
   *
   * @param {string} plan
   * @param {number} token
   * @param {Settlement} settlement
   */
  async settle(plan, token, settlement) {
    await this.#module().settle(this.#number(plan), token, settlement);
  }

  /**
   * Begins to read a broker's group, in the Durable Object that reads it alone.
   *
   * @param {string} plan
   */
  joinGroup(plan) {
    this.#module().group_join(this.#number(plan));
  }

  /**
   * Receives a message of a group, in its Durable Object, one call at a time. Of the caller's `millis` this many are `left`.
   *
   * @param {string} plan
   * @param {number} millis
   * @param {number} left
   * @param {Context} ctx
   */
  async receiveOfGroup(plan, millis, left, ctx) {
    const flight = this.#module().group_receive(this.#number(plan), millis, left);
    const [token, body] = /** @type {[number, Uint8Array]} */ (await result(flight, ctx));
    return { token, body };
  }

  /**
   * Settles a message of a group, in its Durable Object, one call at a time.
   *
   * @param {string} plan
   * @param {number} token
   * @param {Settlement} settlement
   * @param {Context} ctx
   */
  async settleOfGroup(plan, token, settlement, ctx) {
    await result(this.#module().group_settle(this.#number(plan), token, settlement), ctx);
  }

  #isPublic(/** @type {string} */ host) {
    const until = this.#publicHosts.get(host);
    return until !== undefined && Date.now() < until;
  }

  #remember(/** @type {string} */ host) {
    if (this.#publicHosts.size >= HOSTS) this.#publicHosts.clear();
    this.#publicHosts.set(host, Date.now() + REMEMBERED);
  }
}

/**
 * The result of an operation. The request lasts until its sockets are closed.
 *
 * @param {glue.Flight} flight
 * @param {Context} ctx
 */
async function result(flight, ctx) {
  try {
    ctx.waitUntil(flight.done);
    return await flight.response;
  } finally {
    flight.free();
  }
}

/** @param {Call} call */
function platformFetch({ method, url, lines, body, signal }) {
  return fetch(url, { method, headers: headersOf(lines), body: body ?? null, redirect: "manual", signal: signal ?? null });
}

function headersOf(/** @type {string} */ lines) {
  const headers = new Headers();
  const parts = lines.split("\n");
  for (let i = 0; i + 1 < parts.length; i += 2) headers.append(parts[i] ?? "", parts[i + 1] ?? "");
  return headers;
}

/** Statuses whose response has no body. */
const isBodyless = (/** @type {number} */ status) => status === 101 || status === 204 || status === 205 || status === 304;

/** @typedef {[number, string, ReadableStream | Uint8Array | null]} Parts status, header lines, body */

/**
 * @param {Parts} parts
 * @param {string} method
 * @param {boolean} inflate
 */
function responseOf([status, lines, body], method, inflate) {
  const headers = headersOf(lines);
  if (isBodyless(status) || method === "HEAD") body = null;
  else if (inflate && body !== null && headers.get("content-encoding")?.toLowerCase() === "gzip") {
    headers.delete("content-encoding");
    headers.delete("content-length");
    const { body: compressed } = new Response(body);
    body = compressed?.pipeThrough(new DecompressionStream("gzip")) ?? null;
  }
  // A made response has a status of 200 to 599; an origin's may have another.
  const response = new Response(body, { status: status <= 599 ? status : 599, headers, encodeBody: "manual" });
  if (status > 599) Object.defineProperty(response, "status", { value: status });
  // Who passes it on must neither have the runtime compress it again nor cut it: it ends by itself.
  return Object.defineProperty(response, "isMade", { value: true });
}
