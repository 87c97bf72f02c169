// Performs what the core asks for. No decision is made here: the core records effects, this runs them with the platform's
// calls and hands each result back as bytes in the core's memory.
import { Flight } from "./flight.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Serves requests with one instance of the core, and with a fresh one after a trap. */
export class Driver {
  #instantiate;
  #config;
  #files;
  #instance = null;

  constructor(instantiate, config, files) {
    this.#instantiate = instantiate;
    this.#config = config;
    this.#files = files;
  }

  answer(request, env, ctx) {
    let instance = this.#instance;
    if (instance === null || instance.trapped) {
      instance = new Instance(this.#instantiate());
      const refused = instance.init(this.#config, this.#files, env);
      if (refused !== undefined) {
        console.error(refused);
        return new Response(null, { status: 501 });
      }
      this.#instance = instance;
    }
    return new Flight(instance, request, env, ctx).start();
  }
}

/** One instance of the core and its memory. */
class Instance {
  /** Set by a trap (a panic, an exhausted stack): requests in flight go on, new ones get a new instance. */
  trapped = false;
  #core;
  #lists = [];
  #input = 0;
  #capacity = 0;
  #bytes;
  #words;

  constructor(core) {
    this.#core = core;
    this.raw = core.raw;
    this.#view();
  }

  init(config, files, env) {
    const variables = Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === "string"));
    this.body(encoder.encode(config));
    return this.#core.init(encoder.encode(files), encoder.encode(JSON.stringify(variables)), Math.random());
  }

  /** Memory grows now and then, which makes older views useless. */
  #view() {
    const { buffer } = this.raw.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  get bytes() {
    if (this.#bytes.length === 0) this.#view();
    return this.#bytes;
  }

  get words() {
    if (this.#words.length === 0) this.#view();
    return this.#words;
  }

  /** Writes text to the input buffer, behind `offset` bytes of it; returns the number of bytes. */
  write(text, offset = 0) {
    const needed = offset + text.length * 3;
    if (needed > this.#capacity) {
      this.#capacity = Math.max(4096, needed);
      this.#input = this.raw.input(this.#capacity);
    }
    const at = this.#input + offset;
    return encoder.encodeInto(text, this.bytes.subarray(at, at + text.length * 3)).written;
  }

  /** Copies bytes into a fresh body. */
  body(bytes) {
    const at = this.raw.body(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** The content type that the first bytes of a body look like. */
  sniff(bytes) {
    this.body(bytes);
    return this.#core.sniff();
  }

  /** The core's memory from `at`, as it is now. */
  view(at, length) {
    return this.bytes.subarray(at, at + length);
  }

  text(at, length) {
    return decoder.decode(this.bytes.subarray(at, at + length));
  }

  /** The names of a header list; 0 is all. */
  list(number) {
    if (number === 0) return null;
    return (this.#lists[number] ??= this.#core.header_names(number).split("\n").filter((name) => name !== ""));
  }
}
