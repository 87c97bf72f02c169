// One client request: runs the batches of effects that the core gives back, until the answer is there.
import { announced, bearable, chunked, cut, inflated, isSmall, taken, within } from "./bodies.mjs";
import { changed, linesOf } from "./lines.mjs";
import { operations } from "./ops.mjs";

/** The kinds of records; batch.rs has the same list. */
const FETCH = 1, TIMER = 2, CANCEL = 3, READ_BODY = 4, READ_STREAM = 5, CALL = 6, LOG = 7, ANSWER = 8;
const STREAM = 1, WANT_HEADERS = 2, GZIP = 4;
const NEVER = 0xffffffff;
const CONSOLE = ["debug", "info", "warn", "error", "error"];
const EMPTY = new Uint8Array(0);

export class Flight {
  #instance;
  #request;
  #env;
  #ctx;
  #place = 0;
  #over = false;
  #resolve = null;
  #answered = null;
  #done = null;
  #timers = null;
  #streams = null;
  /** When streamed bodies are cut, in ms since the epoch, by the id of their call. */
  #cuts = null;

  constructor(instance, request, env, ctx) {
    this.#instance = instance;
    this.#request = request;
    this.#env = env;
    this.#ctx = ctx;
  }

  /** A response, or the promise of one. */
  start() {
    const { raw } = this.#instance;
    this.#enter(() => {
      const { method, url } = this.#request;
      const length = this.#instance.write(method + url);
      const opened = raw.open(method.length, length - method.length);
      this.#place = opened >>> 8;
      const headers = this.#headers(this.#instance.list(opened & 0xff));
      return raw.start(this.#place, headers, hasBody(this.#request), Date.now());
    });
    return this.#answered ?? new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Lets the core go on, then performs what it asks for. A trap harms this request alone. */
  #enter(call) {
    // What comes too late must not reach the request that has this one's place by now.
    if (this.#over) return;
    let batch;
    try {
      batch = call();
    } catch (error) {
      this.#instance.trapped = true;
      console.error(`fjord: request failed: ${error?.message}`);
      this.#answer(new Response(null, { status: 500 }));
      this.#finish();
      return;
    }
    if (batch === 0) return;
    try {
      this.#perform(batch);
    } catch (error) {
      // What the runtime refuses outright: a header line that is none, for example.
      console.error(`fjord: request failed: ${error?.message}`);
      this.#instance.raw.close(this.#place);
      this.#answer(new Response(null, { status: 500 }));
      this.#finish();
    }
  }

  /** Writes header lines to the input buffer. */
  #headers(names) {
    const { headers } = this.#request;
    let lines = "";
    if (names === null) {
      for (const [name, value] of headers) lines += `${name}\0${value}\0`;
    } else {
      for (const name of names) {
        const value = headers.get(name);
        if (value !== null) lines += `${name}\0${value}\0`;
      }
    }
    return lines === "" ? 0 : this.#instance.write(lines);
  }

  #perform(batch) {
    const instance = this.#instance;
    const words = instance.words;
    let at = batch >>> 2;
    const finished = words[at] === 1;
    const end = (words[at + 1] >>> 2) + words[at + 2];
    const text = instance.text(words[at + 3], words[at + 4]);
    at = words[at + 1] >>> 2;
    let position = 0;
    const string = () => text.slice(position, (position += words[at++]));
    const bytes = () => {
      const from = words[at++];
      const length = words[at++];
      return instance.bytes.slice(from, from + length);
    };
    const headers = () => linesOf(string());
    // What the core is told about these comes later, in turns of their own: nothing here enters it.
    while (at < end) {
      switch (words[at++]) {
        case FETCH: {
          const id = words[at++];
          const flags = words[at++];
          const cutAfter = words[at++];
          const binding = string();
          const method = string();
          const url = string();
          const lines = headers();
          const body = words[at++];
          this.#fetch(id, flags, cutAfter, binding, method, url, lines, this.#body(body, body >= 2 ? bytes() : (at += 2, null), lines));
          break;
        }
        case TIMER: {
          const id = words[at++];
          const timer = setTimeout(() => this.#enter(() => instance.raw.elapsed(this.#place, id, Date.now())), words[at++]);
          (this.#timers ??= new Map()).set(id, timer);
          break;
        }
        case CANCEL: {
          const timer = this.#timers?.get(words[at++]);
          // Timers end with their request; clearing one costs 3 µs.
          if (timer !== undefined && !finished) clearTimeout(timer);
          break;
        }
        case READ_BODY:
          this.#read(words[at++], this.#request);
          break;
        case READ_STREAM: {
          const id = words[at++];
          this.#read(id, this.#streams.get(words[at++]));
          break;
        }
        case CALL: {
          const id = words[at++];
          const operation = string();
          const args = Array.from({ length: words[at++] }, bytes);
          this.#call(id, operation, args);
          break;
        }
        case LOG:
          console[CONSOLE[words[at++]]](string());
          break;
        case ANSWER: {
          const status = words[at++];
          const block = string();
          let lines = linesOf(block);
          const passed = words[at++];
          const origin = words[at++];
          const own = words[at++];
          if (passed === 3) lines = changed(block, own, this.#streams.get(origin).headers);
          else if (passed !== 0) lines = lines.over(this.#streams.get(origin).headers, passed === 2);
          const kind = words[at++];
          if (kind === 2) this.#answer(this.#passed(status, lines, words[at]));
          // A response copies what it is made of, so a view of the core's memory will do.
          else this.#answer(response(status, lines, kind === 1 ? instance.view(words[at], words[at + 1]) : null));
          at = end;
          break;
        }
      }
    }
    if (finished) this.#finish();
    else if (this.#answered !== null && this.#done === null) {
      this.#ctx.waitUntil(new Promise((resolve) => (this.#done = resolve)));
    }
  }

  async #fetch(id, flags, cutAfter, binding, method, url, lines, body) {
    if (cutAfter !== NEVER) (this.#cuts ??= new Map()).set(id, Date.now() + cutAfter);
    let answer;
    let bytes = null;
    try {
      const known = body === null ? lines.call(method, url) : null;
      let init;
      if (known === null) {
        init = lines.init(method);
        if (body !== null && method !== "GET" && method !== "HEAD") init = { ...init, body };
      }
      answer = await (binding === "" ? fetch(known ?? url, init) : this.#env[binding].fetch(known ?? url, init));
      if (flags & STREAM) (this.#streams ??= new Map()).set(id, flags & GZIP ? inflated(answer) : answer);
      else bytes = bearable(await answer.arrayBuffer());
    } catch (error) {
      this.#failed(id, error);
      return;
    }
    this.#deliver(id, flags, answer, bytes);
  }

  #deliver(id, flags, answer, body) {
    const instance = this.#instance;
    this.#enter(() => {
      let lines = "";
      if (flags & WANT_HEADERS || (answer.status !== 200 && answer.status !== 201)) {
        for (const [name, value] of answer.headers) lines += `${name}\0${value}\0`;
      }
      const length = lines === "" ? 0 : instance.write(lines);
      if (body !== null) instance.body(body);
      return instance.raw.fetched(this.#place, id, answer.status, length, body === null, Date.now());
    });
  }

  #failed(id, error) {
    const instance = this.#instance;
    this.#enter(() => instance.raw.fetch_failed(this.#place, id, instance.write(message(error)), Date.now()));
  }

  /** Reads a body to its end. */
  #read(id, from) {
    const { raw } = this.#instance;
    taken(from).then(
      (bytes) => this.#result(raw.body_read, id, bytes),
      (error) => this.#result(raw.body_read, id, null, error),
    );
  }

  #call(id, operation, args) {
    const { raw } = this.#instance;
    Promise.resolve()
      .then(() => operations[operation](args, this.#env, this.#ctx, this.#request))
      .then(
        (result) => this.#result(raw.called, id, result ?? EMPTY),
        (error) => this.#result(raw.called, id, null, error),
      );
  }

  #result(entry, id, bytes, error) {
    this.#enter(() => {
      if (bytes === null) return entry(this.#place, id, true, this.#instance.write(message(error)), Date.now());
      this.#instance.body(bytes);
      return entry(this.#place, id, false, 0, Date.now());
    });
  }

  /** An answer whose body passes through. One without a content type gets the one that its body looks like, as from Go's server. */
  #passed(status, lines, id) {
    const answer = this.#streams.get(id);
    const { body } = answer;
    if (body === null || isBodyless(status)) return response(status, lines, null);
    const until = this.#cuts?.get(id);
    const length = announced(answer);
    if (isSmall(length)) return this.#whole(status, lines, answer, until);
    return lines.headers.has("content-type") ? response(status, lines, cut(body, length, until)) : this.#sniffed(status, lines, body, until);
  }

  async #whole(status, lines, answer, until) {
    let bytes;
    try {
      bytes = new Uint8Array(await within(answer.arrayBuffer(), until));
    } catch (error) {
      return missing(error);
    }
    return response(status, lines.headers.has("content-type") ? lines : this.#typed(lines, bytes), bytes);
  }

  async #sniffed(status, lines, body, until) {
    const reader = body.getReader();
    let first;
    try {
      first = await within(reader.read(), until);
    } catch (error) {
      return missing(error);
    }
    if (first.done) return response(status, lines, null);
    reader.releaseLock();
    return response(status, this.#typed(lines, first.value), cut(body, NaN, until, first.value));
  }

  #typed(lines, bytes) {
    return bytes.length === 0 ? lines : lines.with("Content-Type", this.#instance.sniff(bytes.subarray(0, 512)));
  }

  /** The body of a call: none, the client's as it comes, bytes in chunks, or bytes with a length. */
  #body(kind, bytes, lines) {
    if (kind === 0) return null;
    if (kind === 3) return bytes;
    const body = kind === 1 ? this.#request.body : chunked(bytes);
    // The runtime knows the length of what it received and would announce it: KrakenD does so only where the header was let in.
    const length = lines.headers.get("content-length");
    return body.pipeThrough(length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length)));
  }

  #answer(response) {
    if (this.#answered !== null) return;
    this.#answered = response;
    this.#resolve?.(response);
  }

  /** Nothing of this request goes on. Its timers end with it; one that still fires finds it over (clearing them costs more). */
  #finish() {
    this.#over = true;
    this.#done?.();
  }
}

/** Whether a body follows: one that is announced as empty doesn't. */
function hasBody(request) {
  return request.body !== null && request.headers.get("content-length") !== "0";
}

function response(status, lines, body) {
  return new Response(isBodyless(status) ? null : body, lines.answer(status));
}

/** The answer where nothing of an origin's body can be passed on. */
function missing(error) {
  console.error(`fjord: an origin's body did not arrive: ${message(error)}`);
  return new Response(null, { status: 500 });
}

function isBodyless(status) {
  return status === 101 || status === 204 || status === 205 || status === 304;
}

function message(error) {
  return String(error?.message ?? error);
}
