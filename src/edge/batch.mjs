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
 * @typedef {object} Batch
 * @property {number} state bits `STATE_*`: how the request continues
 * @property {Effect[]} effects
 * @property {Answer | null} answer
 */

/** @type {Effect[]} */
const NOTHING = [];
const EMPTY = new Uint8Array(0);

/**
 * The batch at an address.
 * @param {{ words: Uint32Array, bytes: Uint8Array, text(at: number, length: number): string }} memory
 * @param {number} address
 * @returns {Batch}
 */
export function readBatch(memory, address) {
  const { words, bytes } = memory;
  let at = address >>> 2;
  const word = () => /** @type {number} */ (words[at++]);
  const state = word();
  const first = word() >>> 2;
  const end = first + word();
  const text = memory.text(word(), word());
  at = first;
  let position = 0;
  const string = () => text.slice(position, (position += word()));
  // Calls of one batch may send the same bytes.
  let last = { from: 0, bytes: EMPTY };
  const taken = () => {
    const from = word();
    const length = word();
    if (from !== last.from || length !== last.bytes.length) last = { from, bytes: bytes.slice(from, from + length) };
    return last.bytes;
  };

  /** @type {Effect[]} */
  let effects = NOTHING;
  /** @type {Answer | null} */
  let answer = null;
  /** @param {Effect} effect */
  const add = (effect) => (effects === NOTHING ? (effects = [effect]) : effects.push(effect));
  while (at < end) {
    const kind = word();
    switch (kind) {
      case protocol.FETCH: {
        const id = word();
        const flags = word();
        const cutAfter = word();
        const binding = string();
        const method = string();
        const url = string();
        const block = string();
        const trace = string();
        const body = word();
        const has = body === protocol.BODY_CHUNKED || body === protocol.BODY_SIZED;
        const sent = has ? taken() : ((at += 2), null);
        const socket = flags & protocol.FETCH_SOCKET ? { plan: string(), millis: word() } : null;
        add({ kind, id, flags, cutAfter, binding, method, url, block, trace, body, bytes: sent, socket });
        break;
      }
      case protocol.TIMER:
        add({ kind, id: word(), ms: word() });
        break;
      case protocol.CANCEL:
      case protocol.READ_BODY:
        add({ kind, id: word() });
        break;
      case protocol.READ_STREAM:
        add({ kind, id: word(), of: word() });
        break;
      case protocol.CALL: {
        const id = word();
        const operation = string();
        add({ kind, id, operation, args: Array.from({ length: word() }, taken) });
        break;
      }
      case protocol.LOG:
        add({ kind, level: word(), line: string() });
        break;
      case protocol.ANSWER: {
        const status = word();
        const block = string();
        const passed = word();
        const of = word();
        const own = word();
        const body = word();
        const from = word();
        const length = word();
        const sent = body === protocol.ANSWER_BYTES ? bytes.subarray(from, from + length) : null;
        answer = { status, block, passed, of, own, bytes: sent, stream: body === protocol.ANSWER_STREAM ? from : null };
        break;
      }
      default:
        throw new Error(`the core asks for something unknown: record ${kind}`);
    }
  }
  return { state, effects, answer };
}
