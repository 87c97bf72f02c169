// Recipes: where the plan says that the same request leads to the same calls, those of the last one are made at once for the next,
// and the core is entered with their answers. What is asked for by a recipe, and when it isn't the plain case, the core decides.
import { FETCH, TIMER } from "./protocol.mjs";
import { Shapes } from "./shapes.mjs";
import { Slotted } from "./slots.mjs";

/** Requests that are known, at most; how long one may be without what others may differ in, and all of them with their calls. */
const KNOWN = 512;
const LONGEST = 1024;
const ALL = 1 << 20;
/** Requests whose answers are known, at most. */
const ANSWERED = 256;

/** Requests that wait for the calls of a recipe, at most, and what they may hold of answers together, in bytes. Others ask the core. */
const WAITING = 1024;
const HELD = 4 << 20;

/** A request is forgotten so many ms after its last timer, should its end never be heard of: its client left. */
const LATE = 1000;
/** Ms between two looks for such, and ms without recipes after the core had no room: it's asked before calls are made then. */
const PAUSE = 1000;

/**
 * @typedef {import("./batch.mjs").Effect} Effect
 *
 * @typedef {object} Recipe
 * @property {Effect[]} effects calls and timers
 * @property {number} calls how many calls they have
 * @property {number} until when the last of the timers ends, in ms from the start
 *
 * @typedef {object} KeptAnswer An answer that the same request always has.
 * @property {number} status
 * @property {string} block its header lines
 * @property {Uint8Array | null} bytes
 *
 * @typedef {object} Following A request that waits for the calls of a recipe.
 * @property {Recipe} recipe
 * @property {number} began
 * @property {(number | Uint8Array)[]} outcomes of each call that has ended: its number, the status, the body or `STAYS`
 * @property {number} bytes of the bodies
 */

/** A request that was asked for before. */
export class Known {
  #lines;
  #key;
  #slots;
  /**
   * The recipe for requests that differ in slots, once there was one; null if there is none.
   *
   * @type {Slotted | null | undefined}
   */
  #slotted;

  /**
   * @param {import("./asked.mjs").Asked} asked
   * @param {number} list the number of the list of header lines that it needs
   * @param {Recipe | null} recipe
   * @param {KeptAnswer | null} [answer] what it has without asking
   */
  constructor(asked, list, recipe, answer = null) {
    this.method = asked.method;
    this.url = asked.url;
    this.list = list;
    this.recipe = recipe;
    this.answer = answer;
    this.#lines = asked.lines;
    this.#key = recipe === null && answer === null ? null : asked.key();
    this.#slots = this.#key === null ? [] : asked.slots();
  }

  /** How long it is without what others may differ in, and with its calls. */
  get length() {
    return this.url.length + (this.#key ?? this.#lines).length;
  }

  get size() {
    let size = this.url.length + this.#lines.length;
    for (const effect of this.recipe?.effects ?? []) if (effect.kind === FETCH) size += effect.url.length + effect.block.length;
    return size;
  }

  /**
   * What a request with the same method and URL leads to; null if it has to ask the core.
   *
   * @param {import("./asked.mjs").Asked} asked
   * @returns {Effect[] | null}
   */
  effects(asked) {
    if (this.recipe === null) return null;
    if (asked.lines === this.#lines) return this.recipe.effects;
    if (!this.#differsInSlots(asked)) return null;
    if (this.#slotted === undefined) this.#slotted = Slotted.of(this.recipe.effects, this.#slots);
    return this.#slotted === null ? null : this.#slotted.filled(asked.slots());
  }

  /**
   * The answer to a request with the same method and URL; null if it has to ask the core.
   *
   * @param {import("./asked.mjs").Asked} asked
   */
  answerTo(asked) {
    return this.answer !== null && (asked.lines === this.#lines || this.#differsInSlots(asked)) ? this.answer : null;
  }

  /** @param {import("./asked.mjs").Asked} asked */
  #differsInSlots(asked) {
    return this.#key !== null && asked.key() === this.#key;
  }
}

export class Recipes {
  /** Whether none is followed, and whether each is, from the first request on. Tests compare both ways. */
  #off = false;
  always = false;
  /**
   * By URL.
   *
   * @type {Map<string, Known>}
   */
  #known = new Map();
  #size = 0;
  /**
   * By URL, those with answers: apart from the others, as clients that guess paths ask for many.
   *
   * @type {Map<string, Known>}
   */
  #answered = new Map();
  /** @type {Shapes<Known>} */
  #shapes = new Shapes();
  /** @type {Set<Following>} */
  #waiting = new Set();
  #held = 0;
  #nextLook = 0;
  #pausedUntil = 0;

  /**
   * What the variable `FJORD_RECIPES` says.
   *
   * @param {unknown} way
   */
  choose(way) {
    this.#off = way === "off";
    this.always = way === "always";
  }

  /**
   * @param {string} method
   * @param {string} url
   */
  known(method, url) {
    const answered = this.#answered.get(url);
    if (answered !== undefined && answered.method === method) return answered;
    const known = this.#known.get(url);
    return known === undefined || known.method !== method ? null : known;
  }

  /**
   * What is known of a request with other values in its URL, and these.
   *
   * @param {string} method
   * @param {string} url
   */
  shaped(method, url) {
    return this.#shapes.find(method, url);
  }

  /**
   * Keeps what a request led to.
   *
   * @param {Known} known
   * @param {import("./batch.mjs").Shape | null} shape
   */
  learn(known, shape) {
    const { length, size, url } = known;
    if (length > LONGEST || size > ALL) return;
    if (this.#known.size >= KNOWN || this.#size + size > ALL) {
      this.#known.clear();
      this.#shapes.forget();
      this.#size = 0;
    }
    if (shape !== null) this.#shapes.learn(known.method, shape, known);
    // One that it takes the place of is counted on, until all are forgotten.
    this.#size += size;
    this.#known.set(url, known);
  }

  /**
   * Keeps the answer that a request always has.
   *
   * @param {import("./asked.mjs").Asked} asked
   * @param {number} list
   * @param {import("./batch.mjs").Answer} answer
   */
  learnAnswer(asked, list, { status, block, bytes }) {
    const length = bytes?.length ?? 0;
    if (this.#off || asked.url.length + asked.lines.length + block.length + length > LONGEST) return;
    if (this.#answered.size >= ANSWERED) this.#answered.clear();
    this.#answered.set(asked.url, new Known(asked, list, null, { status, block, bytes: bytes === null ? null : bytes.slice() }));
  }

  /**
   * Begins to follow a recipe; null if too many do.
   *
   * @param {Recipe} recipe
   * @returns {Following | null}
   */
  follow(recipe) {
    const began = Date.now();
    if (this.#off || began < this.#pausedUntil) return null;
    if (this.#waiting.size >= WAITING && !this.#sweep(began)) return null;
    const following = { recipe, began, outcomes: [], bytes: 0 };
    this.#waiting.add(following);
    return following;
  }

  /**
   * Holds the outcome of a call; whether there's room for it.
   *
   * @param {Following} following
   * @param {number} id
   * @param {number} status
   * @param {Uint8Array | number} body
   */
  hold(following, id, status, body) {
    const length = typeof body === "number" ? 0 : body.length;
    if (this.#held + length > HELD && (!this.#sweep(Date.now()) || this.#held + length > HELD)) return false;
    this.#held += length;
    following.bytes += length;
    following.outcomes.push(id, status, body);
    return true;
  }

  /**
   * A request waits no more.
   *
   * @param {Following} following
   */
  end(following) {
    if (this.#waiting.delete(following)) this.#held -= following.bytes;
  }

  /** The core had no room for a request whose calls were made already. */
  pause() {
    this.#pausedUntil = Date.now() + PAUSE;
  }

  /**
   * Forgets requests whose clients left; whether there were any.
   *
   * @param {number} now
   */
  #sweep(now) {
    if (now < this.#nextLook) return false;
    this.#nextLook = now + PAUSE;
    const before = this.#waiting.size;
    for (const following of this.#waiting) if (following.began + following.recipe.until + LATE < now) this.end(following);
    return this.#waiting.size < before;
  }
}

/**
 * The recipe of effects.
 *
 * @param {Effect[]} effects
 * @returns {Recipe}
 */
export function recipeOf(effects) {
  let calls = 0;
  let until = 0;
  for (const effect of effects) {
    if (effect.kind === FETCH) calls++;
    else if (effect.kind === TIMER) until = Math.max(until, effect.ms);
  }
  return { effects, calls, until };
}
