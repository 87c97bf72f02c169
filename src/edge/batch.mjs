// Reads what the core asks for: a whole batch, before any of it is performed. What is performed may call code that isn't the
// gateway's, and the core reuses the memory of a batch at its next entry.
import * as protocol from "./protocol.mjs";

/**
 * @typedef {object} Fetch A call to an origin.
 * @property {typeof protocol.FETCH} kind
 * @property {number} id
 * @property {number} flags bits `FETCH_*`
 * @property {number} cutAfter ms after which a streamed body is cut, or `NEVER`
 * @property {string} binding its name; empty for the network
 * @property {string} method
 * @property {string} url
 * @property {string} block header lines: names and values, each ended by a line break
 * @property {import("./lines.mjs").Lines | null} filled by a recipe of another request: the lines in place of `block`
 * @property {string} trace lines about the trace, which no other call has: they replace those of their names
 * @property {number} body one of `BODY_*`
 * @property {Uint8Array | null} bytes
 * @property {Socket | null} socket for a call that goes over a socket
 *
 * @typedef {object} Socket
 * @property {string} plan by which certificates, for the module of `origins/`
 * @property {number} millis the time of the call
 *
 * @typedef {{ kind: typeof protocol.TIMER, id: number, ms: number }} Timer
 * @typedef {{ kind: typeof protocol.CANCEL, id: number }} Cancel
 * @typedef {{ kind: typeof protocol.READ_BODY, id: number }} ReadBody
 * @typedef {{ kind: typeof protocol.READ_STREAM, id: number, of: number }} ReadStream
 * @typedef {{ kind: typeof protocol.CALL, id: number, operation: string, args: Uint8Array[] }} Call
 * @typedef {{ kind: typeof protocol.LOG, level: number, line: string }} Log
 * @typedef {Fetch | Timer | Cancel | ReadBody | ReadStream | Call | Log} Effect
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} block the gateway's header lines
 * @property {number} passed one of `PASSED_*`: which lines of an origin's answer follow them
 * @property {number} of the call that those belong to
 * @property {number} own with `PASSED_CHANGED`: how many of `block` are the gateway's own
 * @property {Uint8Array | null} bytes the body, as a view of the core's memory: used before the core is entered again
 * @property {number | null} stream the call whose body is the answer's
 *
 * @typedef {object} Shape The URLs of a recipe, with `MARK` and a number in the place of each value.
 * @property {string} url the request's
 * @property {string[]} calls those of its calls
 *
 * @typedef {object} Batch
 * @property {number} state bits `STATE_*`: how the request continues
 * @property {number} place
 * @property {number} list with the first batch: the number of the list of header lines that the request needs
 * @property {Effect[]} effects
 * @property {Shape | null} shape of a recipe
 * @property {Answer | null} answer
 */

/** @type {Effect[]} */
const NOTHING = [];
const EMPTY = new Uint8Array(0);

/**
 * The batch at an address.
 *
 * @param {{ words: Uint32Array, bytes: Uint8Array, text(at: number, length: number): string }} memory
 * @param {number} address
 * @returns {Batch}
 */
export function readBatch(memory, address) {
  const { words } = memory;
  const head = address >>> 2;
  const number = (/** @type {number} */ index) => /** @type {number} */ (words[head + index]);
  const reader = new Reader(memory, number(1) >>> 2, number(3), number(4));
  /** @type {Batch} */
  const batch = { state: number(0), place: number(5), list: number(6), effects: NOTHING, shape: null, answer: null };
  reader.records(number(2), batch);
  return batch;
}

/** Reads records: their words in order, their texts one after the other from one blob. */
class Reader {
  #words;
  #bytes;
  #at;
  #text;
  #position = 0;
  /** Where the bytes read last stand: calls of one batch may send the same. */
  #from = 0;
  #last = EMPTY;

  /**
   * @param {{ words: Uint32Array, bytes: Uint8Array, text(at: number, length: number): string }} memory
   * @param {number} at
   * @param {number} text
   * @param {number} length
   */
  constructor(memory, at, text, length) {
    this.#words = memory.words;
    this.#bytes = memory.bytes;
    this.#at = at;
    this.#text = length === 0 ? "" : memory.text(text, length);
  }

  /**
   * @param {number} length how many words they have
   * @param {Batch} batch
   */
  records(length, batch) {
    const end = this.#at + length;
    if (length > 0 && this.#words[this.#at] !== protocol.ANSWER) batch.effects = [];
    while (this.#at < end) {
      const kind = this.#word();
      if (kind === protocol.ANSWER) batch.answer = this.#answer();
      else if (kind === protocol.SHAPE) batch.shape = this.#shape();
      else batch.effects.push(this.#effect(kind));
    }
  }

  /**
   * @param {number} kind
   * @returns {Effect}
   */
  #effect(kind) {
    switch (kind) {
      case protocol.FETCH:
        return this.#fetch();
      case protocol.TIMER:
        return { kind, id: this.#word(), ms: this.#word() };
      case protocol.CANCEL:
      case protocol.READ_BODY:
        return { kind, id: this.#word() };
      case protocol.READ_STREAM:
        return { kind, id: this.#word(), of: this.#word() };
      case protocol.CALL: {
        const id = this.#word();
        const operation = this.#string();
        return { kind, id, operation, args: Array.from({ length: this.#word() }, () => this.#taken()) };
      }
      case protocol.LOG:
        return { kind, level: this.#word(), line: this.#string() };
      default:
        throw new Error(`the core asks for something unknown: record ${kind}`);
    }
  }

  /** @returns {Fetch} */
  #fetch() {
    const id = this.#word();
    const flags = this.#word();
    const cutAfter = this.#word();
    const binding = this.#string();
    const method = this.#string();
    const url = this.#string();
    const block = this.#string();
    const trace = this.#string();
    const body = this.#word();
    const has = body === protocol.BODY_CHUNKED || body === protocol.BODY_SIZED;
    const bytes = has ? this.#taken() : null;
    if (!has) this.#at += 2;
    const socket = flags & protocol.FETCH_SOCKET ? { plan: this.#string(), millis: this.#word() } : null;
    return { kind: protocol.FETCH, id, flags, cutAfter, binding, method, url, block, filled: null, trace, body, bytes, socket };
  }

  /** @returns {Shape} */
  #shape() {
    const count = this.#word();
    const url = this.#string();
    return { url, calls: Array.from({ length: count }, () => this.#string()) };
  }

  /** @returns {Answer} */
  #answer() {
    const status = this.#word();
    const block = this.#string();
    const passed = this.#word();
    const of = this.#word();
    const own = this.#word();
    const body = this.#word();
    const from = this.#word();
    const length = this.#word();
    const bytes = body === protocol.ANSWER_BYTES ? this.#bytes.subarray(from, from + length) : null;
    return { status, block, passed, of, own, bytes, stream: body === protocol.ANSWER_STREAM ? from : null };
  }

  #word() {
    return /** @type {number} */ (this.#words[this.#at++]);
  }

  #string() {
    const from = this.#position;
    this.#position += this.#word();
    return this.#text.slice(from, this.#position);
  }

  #taken() {
    const from = this.#word();
    const length = this.#word();
    if (from !== this.#from || length !== this.#last.length) {
      this.#from = from;
      this.#last = this.#bytes.slice(from, from + length);
    }
    return this.#last;
  }
}
