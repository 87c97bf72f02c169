// Calls to origins, as the core asks for them.
import { linesOf } from "./lines.mjs";
import { BODY_INCOMING, BODY_NONE, BODY_SIZED } from "./protocol.mjs";
import { chunked } from "./sending.mjs";

const NOTHING = new Uint8Array(0);

/** @typedef {import("./ops.mjs").Env} Env */

/**
 * The promise of an origin's answer. What is refused at once (an invalid URL, an unknown binding) is a broken promise, too: the
 * core can't be entered while it's being served.
 *
 * @param {import("./batch.mjs").Fetch} effect
 * @param {Request} request
 * @param {Env} env
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Response>}
 */
export function callOrigin({ binding, method, url, block, filled, trace, body: kind, bytes }, request, env, signal) {
  try {
    const lines = filled ?? linesOf(block);
    const body = outgoing(kind, bytes, lines, request);
    const known = body === null && signal === undefined && filled === null ? lines.call(method, url, trace) : null;
    /** @type {RequestInit | undefined} */
    let init;
    if (known === null) {
      init = (trace === "" ? lines : lines.replaced(trace)).init(method);
      if (signal !== undefined) init = { ...init, signal };
      if (body !== null && method !== "GET" && method !== "HEAD") init = { ...init, body };
    }
    return binding === "" ? fetch(known ?? url, init) : bound(env, binding).fetch(known ?? url, init);
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- as it was thrown
    return Promise.reject(error);
  }
}

/**
 * A service or assets binding of the worker.
 *
 * @param {Env} env
 * @param {string} name
 * @returns {Fetcher}
 */
function bound(env, name) {
  const found = /** @type {Partial<Fetcher> | undefined} */ (Object.hasOwn(env, name) ? env[name] : undefined);
  if (found === undefined) throw new Error(`the worker has no binding ${name}`);
  if (typeof found.fetch !== "function") throw new Error(`the binding ${name} is not a service`);
  return /** @type {Fetcher} */ (found);
}

/**
 * The body of a call: none, the client's as it comes, bytes in chunks, or bytes with a length.
 *
 * @param {number} kind One of `BODY_*`.
 * @param {Uint8Array | null} bytes
 * @param {import("./lines.mjs").Lines} lines
 * @param {Request} request
 */
export function outgoing(kind, bytes, lines, request) {
  if (kind === BODY_NONE) return null;
  if (kind === BODY_SIZED) return bytes;
  const body = kind === BODY_INCOMING ? request.body : chunked(bytes ?? NOTHING);
  if (body === null) return null;
  // The runtime knows the length of what it received and would announce it: KrakenD does so only where the header was let in.
  const length = lines.headers.get("content-length");
  return body.pipeThrough(length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length)));
}
