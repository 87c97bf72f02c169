// One client request: runs the batches of effects that the core gives back, until the answer is there.
import { bearable, chunked, inflated, taken } from "./bodies.mjs";
import { changed, linesOf } from "./lines.mjs";
import { operations } from "./ops.mjs";
import { passed, response } from "./passing.mjs";
import * as protocol from "./protocol.mjs";

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

  /** Lets the core go on, then performs what it asks for. What fails here, a trap or an answer that the runtime refuses, harms this request alone. */
  #enter(call) {
    // What comes too late must not reach the request that has this one's place by now.
    if (this.#over) return;
    try {
      this.#instance.enter(call, (batch) => this.#perform(batch));
    } catch (error) {
      console.error(`fjord: request failed: ${message(error)}`);
      if (!this.#instance.trapped) this.#instance.raw.close(this.#place);
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

  #perform({ effects, answer, finished }) {
    for (const effect of effects) this.#effect(effect, finished);
    if (answer !== null) this.#answer(this.#made(answer));
    if (finished) this.#finish();
    else if (this.#answered !== null && this.#done === null) {
      this.#ctx.waitUntil(new Promise((resolve) => (this.#done = resolve)));
    }
  }

  /** Starts one effect. What the core is told about it comes later, in a turn of its own. */
  #effect(effect, finished) {
    const { id } = effect;
    switch (effect.kind) {
      case protocol.FETCH:
        this.#fetch(effect);
        break;
      case protocol.TIMER: {
        const timer = setTimeout(() => this.#enter(() => this.#instance.raw.elapsed(this.#place, id, Date.now())), effect.ms);
        (this.#timers ??= new Map()).set(id, timer);
        break;
      }
      case protocol.CANCEL: {
        const timer = this.#timers?.get(id);
        // Timers end with their request; clearing one costs 3 µs.
        if (timer !== undefined && !finished) clearTimeout(timer);
        break;
      }
      case protocol.READ_BODY:
        this.#read(id, this.#request);
        break;
      case protocol.READ_STREAM:
        this.#read(id, this.#streams.get(effect.of));
        break;
      case protocol.CALL:
        this.#service(effect);
        break;
      case protocol.LOG:
        console[protocol.CONSOLE[effect.level]](effect.line);
        break;
    }
  }

  async #fetch(effect) {
    const { id, flags, cutAfter } = effect;
    if (cutAfter !== protocol.NEVER) (this.#cuts ??= new Map()).set(id, Date.now() + cutAfter);
    let answer;
    let bytes = null;
    try {
      answer = await this.#called(effect);
      if (flags & protocol.FETCH_STREAM) (this.#streams ??= new Map()).set(id, flags & protocol.FETCH_GZIP ? inflated(answer) : answer);
      else bytes = bearable(await answer.arrayBuffer());
    } catch (error) {
      this.#failed(id, error);
      return;
    }
    this.#deliver(id, flags, answer, bytes);
  }

  /** The promise of an origin's answer. What is refused at once (an invalid URL, an unknown binding) is a broken promise, too. */
  #called({ binding, method, url, block, body: kind, bytes }) {
    try {
      const lines = linesOf(block);
      const body = this.#body(kind, bytes, lines);
      const known = body === null ? lines.call(method, url) : null;
      let init;
      if (known === null) {
        init = lines.init(method);
        if (body !== null && method !== "GET" && method !== "HEAD") init = { ...init, body };
      }
      return binding === "" ? fetch(known ?? url, init) : this.#bound(binding).fetch(known ?? url, init);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** A service or assets binding of the worker. */
  #bound(name) {
    const bound = Object.hasOwn(this.#env, name) ? this.#env[name] : undefined;
    if (bound === undefined) throw new Error(`the worker has no binding ${name}`);
    if (typeof bound.fetch !== "function") throw new Error(`the binding ${name} is not a service`);
    return bound;
  }

  #deliver(id, flags, answer, body) {
    const instance = this.#instance;
    this.#enter(() => {
      let lines = "";
      if (flags & protocol.FETCH_WANT_HEADERS || (answer.status !== 200 && answer.status !== 201)) {
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

  #service({ id, operation, args }) {
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

  /** The body of a call: none, the client's as it comes, bytes in chunks, or bytes with a length. */
  #body(kind, bytes, lines) {
    if (kind === protocol.BODY_NONE) return null;
    if (kind === protocol.BODY_SIZED) return bytes;
    const body = kind === protocol.BODY_INCOMING ? this.#request.body : chunked(bytes);
    // The runtime knows the length of what it received and would announce it: KrakenD does so only where the header was let in.
    const length = lines.headers.get("content-length");
    return body.pipeThrough(length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length)));
  }

  /** The response that the core answers with, or the promise of one. */
  #made({ status, block, passed: kind, of, own, bytes, stream }) {
    let lines;
    if (kind === protocol.PASSED_CHANGED) lines = changed(block, own, this.#streams.get(of).headers);
    else {
      lines = linesOf(block);
      if (kind !== protocol.PASSED_NONE) lines = lines.over(this.#streams.get(of).headers, kind === protocol.PASSED_WITHOUT_TYPE);
    }
    if (stream !== null) return passed(this.#instance, status, lines, this.#streams.get(stream), this.#cuts?.get(stream));
    // A response copies what it is made of, so a view of the core's memory will do.
    return response(status, lines, bytes);
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

function message(error) {
  return String(error?.message ?? error);
}
