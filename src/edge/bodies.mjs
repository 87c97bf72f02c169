// Bodies that pass through without the core: as they come, but no later than the endpoint's time allows.

/**
 * A body that is announced as no longer than this is taken whole: that costs 15 µs at 70 KB, handing it on in parts 65. One
 * that then stays out is an error like any other, not an answer with half a body.
 */
const SMALL = 1 << 17;

/**
 * A body that is announced as no longer than this enters the core together with its answer. Longer ones come by two entries of their
 * own, which cost less than one more copy. The memory of a request has room for it (`REQUEST` in desk.rs).
 */
export const SHORT = 1 << 14;

/**
 * The length that an origin announces; NaN if none, or if the body is inflated on its way and has another then.
 *
 * @param {Request | Response} message
 */
export function announced({ headers }) {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? NaN : Number(length);
}

/**
 * Whether a body is better taken whole.
 *
 * @param {number} length
 */
export const isSmall = (length) => length <= SMALL;

/**
 * What a promise gives, if it does until `until` (ms since the epoch, or undefined).
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number | undefined} until
 * @returns {Promise<T>}
 */
export function within(promise, until) {
  if (until === undefined) return promise;
  return new Promise((resolve, reject) => {
    // The timer ends with the request.
    setTimeout(() => reject(new Error("the time is up")), Math.max(0, until - Date.now()));
    promise.then(resolve, reject);
  });
}

/**
 * A body as it comes, behind what was read of it already, and cut at `until`. What the runtime hands on by itself outlives the
 * request and its timers, so it goes through a stream of this request.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} length
 * @param {number | undefined} until
 * @param {Uint8Array} [first]
 */
export function cut(body, length, until, first) {
  const { readable, writable } = Number.isSafeInteger(length) ? new FixedLengthStream(length) : new IdentityTransformStream();
  const controller = new AbortController();
  const timer = until === undefined ? undefined : setTimeout(() => controller.abort(), Math.max(0, until - Date.now()));
  const stop = () => clearTimeout(timer ?? null);
  handedOn(first, body, writable, controller.signal).then(stop, stop);
  return readable;
}

/**
 * @param {Uint8Array | undefined} first
 * @param {ReadableStream<Uint8Array>} body
 * @param {WritableStream<Uint8Array>} writable
 * @param {AbortSignal} signal
 */
async function handedOn(first, body, writable, signal) {
  if (first !== undefined) {
    const writer = writable.getWriter();
    await writer.write(first);
    writer.releaseLock();
  }
  await body.pipeTo(writable, { signal });
}

/** Requests that are held open for their bodies, at most: each holds some 8 KB. */
const HELD = 2048;
/** For how long one is held at most, in ms: the platform ends it after 30 s. */
const LONGEST_HELD = 25_000;
/** One is forgotten so many ms after its end, should that never be heard of; and ms between two looks for such. */
const LATE = 1000;

/**
 * Those that are held, each with its end in ms since the epoch.
 *
 * @type {Set<{ until: number }>}
 */
const held = new Set();
let nextLook = 0;

/**
 * Whether a request may be held open until `until`.
 *
 * @param {number} until
 */
function canHold(until) {
  const now = Date.now();
  if (held.size >= HELD && now >= nextLook) {
    nextLook = now + LATE;
    for (const one of held) if (one.until + LATE < now) held.delete(one);
  }
  return held.size < HELD && until - now <= LONGEST_HELD;
}

/**
 * Has the runtime hand on a body by itself, which costs half of `cut`, and aborts its call at `until`: the request is held open until
 * then, as its timers would end with it. False if it can't be.
 *
 * @param {ExecutionContext} ctx
 * @param {AbortController} controller
 * @param {number} until
 */
export function cutByAbort(ctx, controller, until) {
  if (!canHold(until)) return false;
  const one = { until };
  held.add(one);
  ctx.waitUntil(
    new Promise((/** @type {(value: void) => void} */ resolve) => {
      setTimeout(() => {
        held.delete(one);
        controller.abort();
        resolve();
      }, Math.max(0, until - Date.now()));
    }),
  );
  return true;
}

/** Where long bodies came from: their calls are made so that they can be aborted, which adds 10 µs. Folders of URLs, at most so many. */
const FOLDERS = 256;

export class LongBodies {
  /** @type {Set<string>} */
  #folders = new Set();

  /** @param {string} url */
  has(url) {
    return this.#folders.size > 0 && this.#folders.has(folder(url));
  }

  /**
   * @param {string} url
   * @param {number} length What its answer announces.
   */
  note(url, length) {
    if (isSmall(length)) {
      if (this.#folders.size > 0) this.#folders.delete(folder(url));
      return;
    }
    if (this.#folders.size >= FOLDERS) this.#folders.clear();
    this.#folders.add(folder(url));
  }
}

/** @param {string} url */
function folder(url) {
  const query = url.indexOf("?");
  return url.slice(0, url.lastIndexOf("/", query < 0 ? url.length : query));
}

/**
 * What was read of a body, then the rest of it. For a body that ends by itself.
 *
 * @param {Uint8Array} first
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 */
export function joined(first, reader) {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * An answer that was compressed because the gateway asked for it: the runtime inflates it, the client doesn't hear of it.
 *
 * @param {Response} answer
 */
export function inflated(answer) {
  if (!answer.headers.has("content-encoding")) return answer;
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(answer.body, { status: answer.status, headers });
}
