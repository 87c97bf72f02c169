// Bytes that leave the core: answers, and bodies of calls. Long ones go in parts, so that the runtime copies no more than a part at a
// time, and what clients have yet to take has a limit: who reads slowly holds it for long.

/** What is longer goes in parts. */
const LONG = 1 << 18;
const PART = 1 << 16;
/** What answers may hold that their clients haven't taken, in bytes. */
const MOST = 16 << 20;
/** An answer is forgotten after this time, in ms, should its end never be heard of. */
const FORGOTTEN_AFTER = 600_000;

/**
 * Long answers under way: their sizes, and when they began.
 *
 * @type {Set<{ size: number, since: number }>}
 */
const underWay = new Set();

/**
 * The body of an answer: its bytes, a stream of them, or null if clients that read slowly hold too much already. `bytes` is a view of
 * the core's memory, which `Response` copies.
 *
 * @param {Uint8Array} bytes
 * @param {Request} request
 */
export function answerBody(bytes, request) {
  // Its signal is made when it's looked for.
  if (bytes.length <= LONG || request.method === "HEAD") return bytes;
  let held = bytes.length;
  for (const answer of underWay) {
    if (Date.now() - answer.since > FORGOTTEN_AFTER) underWay.delete(answer);
    else held += answer.size;
  }
  if (held > MOST) return null;
  const answer = { size: bytes.length, since: Date.now() };
  underWay.add(answer);
  const end = () => underWay.delete(answer);
  request.signal.addEventListener("abort", end);
  const { readable, writable } = new FixedLengthStream(bytes.length);
  written(bytes.slice(), writable).then(end, end);
  return readable;
}

/**
 * @param {Uint8Array} bytes
 * @param {WritableStream<Uint8Array>} writable
 */
async function written(bytes, writable) {
  const writer = writable.getWriter();
  for (const part of parts(bytes)) await writer.write(part);
  await writer.close();
}

/**
 * Bytes whose length the runtime doesn't know, so that it announces none.
 *
 * @param {Uint8Array} bytes
 */
export function chunked(bytes) {
  const rest = parts(bytes);
  return new ReadableStream({
    pull(controller) {
      const { value, done } = rest.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** @param {Uint8Array} bytes */
function* parts(bytes) {
  for (let at = 0; at < bytes.length; at += PART) yield bytes.subarray(at, at + PART);
}
