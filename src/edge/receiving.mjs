// Bodies that enter the core: short ones that announce their length whole, all others part by part. The core sets memory aside for
// them before they come, and says when to stop: a body too long, or a request that nobody waits for, is read no further.
import { isSmall } from "./bodies.mjs";

/** How much of a body is asked for at first, and then. Most are over with the first; each request in flight has room for one part. */
const FIRST_PART = 1 << 14;
const PART = 1 << 16;

/**
 * Reads a body to its end, or until `expect(length)` or `take(part, last)` says that no more is wanted. A part's memory is used again.
 *
 * @param {Request | Response} message
 * @param {number} length The one that it announces; NaN if none.
 * @param {(length: number) => boolean} expect
 * @param {(part: Uint8Array, last: boolean) => boolean} take
 */
export async function receive(message, length, expect, take) {
  const { body } = message;
  if (body === null) return;
  if (length >= 0 && !expect(length)) return stop(body);
  if (isSmall(length)) {
    // Whole, it costs 15 µs at 70 KB, in parts 35.
    take(new Uint8Array(await message.arrayBuffer()), true);
    return;
  }
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(FIRST_PART);
  for (;;) {
    const min = buffer.byteLength;
    /** @type {{ value?: Uint8Array<ArrayBuffer>, done: boolean }} */
    const { value, done } = await reader.readAtLeast(min, new Uint8Array(buffer));
    if (value === undefined || value.length === 0) return;
    // Fewer bytes than asked for are the last.
    const last = done || value.length < min;
    if (!take(value, last)) return stop(reader);
    if (last) return;
    buffer = min < PART ? new ArrayBuffer(PART) : value.buffer;
  }
}

/**
 * Ends a body that nobody reads. Why that failed is nobody's concern.
 *
 * @param {{ cancel(): Promise<void> }} body
 */
function stop(body) {
  return body.cancel().catch(() => {});
}
