// One instance of the core and its memory: what goes in, what comes out.
import { readBatch } from "./batch.mjs";
import { LongBodies } from "./bodies.mjs";
import { headerList } from "./lists.mjs";
import { Recipes } from "./recipes.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** With more memory than this an instance has grown. 28 may be in use (crates/memory), 48 are the most. */
const GROWN = 44 << 20;

/** @typedef {import("./asked.mjs").Asked} Asked */

/**
 * The variables and secrets, as the core reads them.
 *
 * @param {import("./ops.mjs").Env} env
 */
export const variablesOf = (env) => JSON.stringify(Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === "string")));

export class Instance {
  /** Set by a trap (a panic, an exhausted stack): requests in flight continue, new ones get a new instance. */
  trapped = false;
  recipes = new Recipes();
  longBodies = new LongBodies();
  /** Whether the core must hear where clients are. */
  wantsPlace = false;
  /** The number of the list of header lines that the last request needed. */
  lastList = 0;
  #core;
  /** Where the core's stack begins. A trap unwinds nothing: what it left on the stack would be lost to all later entries. */
  #stack;
  #entered = false;
  /** @type {import("./lists.mjs").HeaderList[]} */
  #lists = [];
  #input = 0;
  /** How long the last head was, after its method. */
  #urlBytes = 0;
  #linesBytes = 0;
  #capacity = 0;
  /** Views of the memory, made anew when they're looked for and it has grown. */
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  /** @param {import("./fjord.mjs").Core} core */
  constructor(core) {
    this.#core = core;
    this.raw = core.raw;
    this.#stack = core.raw.__stack_pointer.value;
  }

  /**
   * Serves a configuration; the reason if it can't be.
   *
   * @param {string} config
   * @param {string} files
   * @param {import("./ops.mjs").Env} env
   */
  init(config, files, env) {
    this.recipes.choose(env.FJORD_RECIPES);
    this.body(encoder.encode(config));
    const refused = this.#core.init(encoder.encode(files), encoder.encode(variablesOf(env)), Math.random());
    this.wantsPlace = this.#core.wants_place();
    return refused;
  }

  /**
   * Enters the core by `call`, then hands `perform` the batch that it asks for, if any. The batch is in memory that the next
   * entry uses again, so none may come before this one has ended.
   *
   * @param {() => number} call
   * @param {(batch: import("./batch.mjs").Batch) => void} perform
   */
  enter(call, perform) {
    if (this.#entered) throw new Error("the core was entered in the middle of a batch");
    this.#entered = true;
    try {
      /** @type {import("./batch.mjs").Batch | null} */
      let batch;
      try {
        const address = call();
        batch = address === 0 ? null : readBatch(this, address);
      } catch (error) {
        this.#trap();
        throw error;
      }
      if (batch !== null) perform(batch);
    } finally {
      this.#entered = false;
    }
  }

  /** Retires the instance. Its other requests end here, on a stack that is as it was before. */
  #trap() {
    this.trapped = true;
    this.raw.__stack_pointer.value = this.#stack;
  }

  /** Memory grows now and then, which makes older views useless. */
  #view() {
    const { buffer } = this.raw.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** Whether it takes no new requests: it has trapped, or it has grown (its memory never shrinks) and none is in flight. */
  get spent() {
    return this.trapped || (this.bytes.length > GROWN && this.raw.in_flight(Date.now()) === 0);
  }

  get bytes() {
    if (this.#bytes.length === 0) this.#view();
    return this.#bytes;
  }

  get words() {
    if (this.#words.length === 0) this.#view();
    return this.#words;
  }

  /**
   * Writes text to the input buffer; returns the number of bytes.
   *
   * @param {string} text
   */
  write(text) {
    const most = text.length * 3;
    this.#reserve(most);
    return encoder.encodeInto(text, this.bytes.subarray(this.#input, this.#input + most)).written;
  }

  /**
   * Opens a request with the header lines of a list; the address of a batch.
   *
   * @param {Asked} asked
   * @param {number} list
   */
  open({ method, url, lines, hasBody }, list) {
    this.#reserve((method.length + url.length + lines.length) * 3);
    this.#head(0, method, url, lines);
    return this.raw.open(method.length, this.#urlBytes, this.#linesBytes, list, hasBody, Date.now());
  }

  /**
   * Opens a request whose recipe has been followed; the address of a batch.
   *
   * @param {Asked} asked
   * @param {import("./recipes.mjs").Following} following
   */
  resume({ method, url, lines }, { began, outcomes, bytes: length }) {
    // Three numbers of four bytes for each.
    const from = 4 * outcomes.length;
    this.#reserve(from + (method.length + url.length + lines.length) * 3 + length);
    const { bytes, words } = this;
    let at = this.#input + from + this.#head(from, method, url, lines);
    const first = this.#input >>> 2;
    for (const [index, outcome] of outcomes.entries()) {
      words[first + index] = typeof outcome === "number" ? outcome : outcome.length;
      if (typeof outcome === "number") continue;
      bytes.set(outcome, at);
      at += outcome.length;
    }
    return this.raw.resume(outcomes.length / 3, method.length, this.#urlBytes, this.#linesBytes, began, Date.now());
  }

  /**
   * Writes method, URL and header lines to the input buffer; returns the number of bytes.
   *
   * @param {number} from
   * @param {string} method
   * @param {string} url
   * @param {string} lines
   */
  #head(from, method, url, lines) {
    const text = method + url + lines;
    const at = this.#input + from;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(at, at + 3 * text.length));
    // Only other than ASCII takes more bytes than it has units.
    this.#urlBytes = written === text.length ? url.length : encoder.encode(url).length;
    this.#linesBytes = written - method.length - this.#urlBytes;
    return written;
  }

  /**
   * Writes text, then bytes, to the input buffer; returns the number of bytes of the text.
   *
   * @param {string} text
   * @param {Uint8Array} bytes
   */
  writeBoth(text, bytes) {
    const room = text.length * 3;
    this.#reserve(room + bytes.length);
    const length = text === "" ? 0 : this.write(text);
    this.bytes.set(bytes, this.#input + length);
    return length;
  }

  /**
   * Makes room in the input buffer. What was in it may be gone.
   *
   * @param {number} needed
   */
  #reserve(needed) {
    if (needed <= this.#capacity) return;
    const capacity = Math.max(4096, needed);
    this.#input = this.raw.input(capacity);
    this.#capacity = capacity;
  }

  /**
   * Copies bytes into a fresh body, unless it's more than the core keeps: the entry that takes the body says so then.
   *
   * @param {Uint8Array} bytes
   */
  body(bytes) {
    const at = this.raw.body(bytes.length);
    if (at !== 0) this.bytes.set(bytes, at);
  }

  /**
   * Sets memory aside for a body that an effect waits for; whether it's wanted.
   *
   * @param {number} place
   * @param {number} id
   * @param {number} length
   */
  expect(place, id, length) {
    return this.#called(() => this.raw.expect(place, id, length));
  }

  /**
   * Copies the next part of a body that an effect waits for; whether it's wanted.
   *
   * @param {number} place
   * @param {number} id
   * @param {Uint8Array} bytes
   */
  part(place, id, bytes) {
    const at = this.#called(() => this.raw.part(place, id, bytes.length));
    if (at !== 0) this.bytes.set(bytes, at);
    return at !== 0;
  }

  /**
   * Calls what gives no batch.
   *
   * @template T
   * @param {() => T} call
   * @returns {T}
   */
  #called(call) {
    if (this.#entered) throw new Error("the core was entered in the middle of a batch");
    try {
      return call();
    } catch (error) {
      this.#trap();
      throw error;
    }
  }

  /**
   * The agent that a queue feeds, as JSON; undefined without one.
   *
   * @param {string} queue
   */
  agent(queue) {
    return this.#called(() => this.#core.agent(queue));
  }

  /**
   * The content type that the first bytes of a body look like.
   *
   * @param {Uint8Array} bytes
   */
  sniff(bytes) {
    return this.#called(() => {
      this.body(bytes);
      return this.#core.sniff();
    });
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  text(at, length) {
    return decoder.decode(this.bytes.subarray(at, at + length));
  }

  /**
   * The names of a header list; 0 is all.
   *
   * @param {number} number
   */
  list(number) {
    if (number === 0) return null;
    return (this.#lists[number] ??= headerList(this.#core.header_names(number).split("\n")));
  }
}
