// What a worker's runtime offers and a browser doesn't: requests and answers whose header lines nobody filters, streams of a known
// length, reads of at least this many bytes. The driver of the edge runs on it unchanged.

/** The browser's own, from before requests are simulated. */
export const download = globalThis.fetch.bind(globalThis);
const BrowserResponse = globalThis.Response;
const encoder = new TextEncoder();

/** @param {Uint8Array} bytes */
const streamOf = (bytes) =>
  new ReadableStream({
    type: "bytes",
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes.slice());
      controller.close();
    },
  });

/** A request or an answer: header lines and a body. */
class Message {
  /** @type {ReadableStream<Uint8Array> | null} */
  #stream = null;
  /** @type {Uint8Array | null} */
  #bytes = null;

  /**
   * @param {HeadersInit | undefined} headers
   * @param {unknown} body
   */
  constructor(headers, body) {
    this.headers = new Headers(headers);
    if (body instanceof ReadableStream) this.#stream = body;
    else if (typeof body === "string") this.#bytes = encoder.encode(body);
    // Views of the core's memory are copied, as a runtime does.
    else if (body instanceof Uint8Array) this.#bytes = body.slice();
  }

  get body() {
    if (this.#stream === null && this.#bytes !== null) this.#stream = streamOf(this.#bytes);
    return this.#stream;
  }

  async arrayBuffer() {
    if (this.#bytes !== null) return this.#bytes.slice().buffer;
    return new BrowserResponse(this.#stream).arrayBuffer();
  }

  async text() {
    return new TextDecoder().decode(await this.arrayBuffer());
  }
}

export class SimulatedResponse extends Message {
  /**
   * @param {unknown} [body]
   * @param {{ status?: number, headers?: HeadersInit }} [init]
   */
  constructor(body, { status = 200, headers } = {}) {
    super(headers, body);
    this.status = status;
    this.ok = status >= 200 && status < 300;
  }
}

export class SimulatedRequest extends Message {
  /**
   * @param {string} url
   * @param {{ method?: string, headers?: HeadersInit, body?: unknown, signal?: AbortSignal, cf?: object }} [init]
   */
  constructor(url, { method = "GET", headers, body, signal = new AbortController().signal, cf } = {}) {
    super(headers, body);
    this.url = url;
    this.method = method;
    this.signal = signal;
    this.cf = cf;
  }
}

/** Passes bytes on as they come. */
class PassingStream extends TransformStream {
  /** @param {number} [_length] Known in advance; nothing here is sent with it. */
  constructor(_length) {
    super();
  }
}

/** What isolates of a place share: lost with the page. */
class SharedCache {
  /** @type {Map<string, Uint8Array>} */
  #kept = new Map();

  /** @param {string} name */
  match(name) {
    const bytes = this.#kept.get(name);
    return Promise.resolve(bytes && new SimulatedResponse(bytes));
  }

  /**
   * @param {string} name
   * @param {SimulatedResponse} answer
   */
  async put(name, answer) {
    this.#kept.set(name, new Uint8Array(await answer.arrayBuffer()));
  }

  /** @param {string} name */
  delete(name) {
    return Promise.resolve(this.#kept.delete(name));
  }

  clear() {
    this.#kept.clear();
  }
}

const cache = new SharedCache();

/** Forgets what the edge's cache holds. */
export const clearCache = () => cache.clear();

/**
 * Reads at least this many bytes, or all that are left.
 *
 * @this {ReadableStreamBYOBReader}
 * @param {number} least
 * @param {Uint8Array<ArrayBuffer>} view
 */
async function readAtLeast(least, view) {
  let { buffer } = view;
  let filled = 0;
  for (;;) {
    /** @type {{ value?: Uint8Array<ArrayBuffer>, done: boolean }} */
    const { value, done } = await this.read(new Uint8Array(buffer, filled, buffer.byteLength - filled));
    if (value === undefined) return { value: undefined, done };
    buffer = value.buffer;
    filled += value.length;
    if (done || filled >= least) return { value: new Uint8Array(buffer, 0, filled), done: done && filled === 0 };
  }
}

/**
 * Puts these in the place of what the browser has, in this worker; calls go to `fetch`.
 *
 * @param {typeof globalThis.fetch} fetch
 */
export function install(fetch) {
  const own = { fetch, Request: SimulatedRequest, Response: SimulatedResponse, FixedLengthStream: PassingStream, IdentityTransformStream: PassingStream };
  const globals = { ...own, caches: { open: () => Promise.resolve(cache) } };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  if (!("readAtLeast" in ReadableStreamBYOBReader.prototype)) Object.defineProperty(ReadableStreamBYOBReader.prototype, "readAtLeast", { value: readAtLeast });
}
