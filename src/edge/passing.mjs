// Answers whose body is an origin's: it continues without entering the core.
import { messageOf } from "./errors.mjs";
import { announced, cut, cutByAbort, isSmall, joined, within } from "./bodies.mjs";

/**
 * @typedef {import("./lines.mjs").Lines} Lines
 * @typedef {import("./instance.mjs").Instance} Instance
 */

/**
 * What `Response` is made of; some statuses have no body.
 *
 * @param {number} status
 * @param {Lines} lines
 * @param {BodyInit | null} body
 * @param {boolean} [isMade] Whether it comes over a socket of ours: as its header lines say, compressed too.
 */
export function response(status, lines, body, isMade = false) {
  const init = lines.answer(status);
  return new Response(isBodyless(status) ? null : body, isMade ? { ...init, encodeBody: "manual" } : init);
}

/**
 * An answer with the body of an origin's `answer`, which is cut at `until` (ms since the epoch). One without a content type gets
 * the one that its body looks like, as from Go's server.
 *
 * @param {Instance} instance
 * @param {number} status
 * @param {Lines} lines
 * @param {Response} answer
 * @param {number | undefined} until
 * @param {ExecutionContext} ctx
 * @param {AbortController | undefined} controller what aborts its call
 */
export function passed(instance, status, lines, answer, until, ctx, controller) {
  const body = /** @type {ReadableStream<Uint8Array> | null} */ (answer.body);
  if (body === null || isBodyless(status)) return response(status, lines, null);
  const length = announced(answer);
  if (isSmall(length)) return whole(instance, status, lines, answer, until);
  const isMade = "isMade" in answer;
  if (!lines.headers.has("content-type")) return sniffed(instance, status, lines, body, until, isMade);
  if (isMade) return response(status, lines, body, true);
  const isCut = until !== undefined && controller !== undefined && cutByAbort(ctx, controller, until);
  return response(status, lines, isCut ? body : cut(body, length, until));
}

/**
 * @param {Instance} instance
 * @param {number} status
 * @param {Lines} lines
 * @param {Response} answer
 * @param {number | undefined} until
 */
async function whole(instance, status, lines, answer, until) {
  let bytes;
  try {
    bytes = new Uint8Array(await within(answer.arrayBuffer(), until));
  } catch (error) {
    return missing(error);
  }
  return response(status, lines.headers.has("content-type") ? lines : typed(instance, lines, bytes), bytes);
}

/**
 * @param {Instance} instance
 * @param {number} status
 * @param {Lines} lines
 * @param {ReadableStream<Uint8Array>} body
 * @param {number | undefined} until
 * @param {boolean} isMade
 */
async function sniffed(instance, status, lines, body, until, isMade) {
  const reader = body.getReader();
  let first;
  try {
    first = await within(reader.read(), until);
  } catch (error) {
    return missing(error);
  }
  if (first.done) return response(status, lines, null);
  const known = typed(instance, lines, first.value);
  if (isMade) return response(status, known, joined(first.value, reader), true);
  reader.releaseLock();
  return response(status, known, cut(body, NaN, until, first.value));
}

/**
 * @param {Instance} instance
 * @param {Lines} lines
 * @param {Uint8Array} bytes
 */
function typed(instance, lines, bytes) {
  return bytes.length === 0 ? lines : lines.with("Content-Type", instance.sniff(bytes.subarray(0, 512)));
}

/**
 * The answer where nothing of an origin's body can be passed on.
 *
 * @param {unknown} error
 */
function missing(error) {
  console.error(`fjord: an origin's body did not arrive: ${messageOf(error)}`);
  return new Response(null, { status: 500 });
}

/** @param {number} status */
function isBodyless(status) {
  return status === 101 || status === 204 || status === 205 || status === 304;
}
