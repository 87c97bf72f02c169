// Recipes for other URLs: where the core told the shape of a recipe's URLs, a request whose URL has other values has the same recipe
// with these values.
import { FETCH, MARK } from "./protocol.mjs";

/** Shapes that are kept, at most; and of those that begin alike. */
const KEPT = 256;
const ALIKE = 4;

/** A value that the core writes in a URL as it read it: `is_plain` in session.rs. */
const VALUE = "([\\w~-][\\w.~-]*)";

/**
 * @typedef {import("./batch.mjs").Effect} Effect
 * @typedef {import("./batch.mjs").Shape} Shape
 */

/**
 * A recipe and the shape of its URLs.
 *
 * @template T
 */
class Shaped {
  #pattern;
  #calls;

  /**
   * @param {string} method
   * @param {Shape} shape
   * @param {T} known
   */
  constructor(method, { url, calls }, known) {
    this.method = method;
    this.url = url;
    this.known = known;
    const [first = "", ...rest] = parts(url);
    this.begin = first;
    // The values of a request's URL are numbered in their order.
    const texts = [first, ...rest.filter((_, index) => index % 2 === 1)];
    this.#pattern = new RegExp(`^${texts.map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)).join(VALUE)}$`);
    this.#calls = calls.map(parts);
  }

  /**
   * The values of a URL; null if it has another shape.
   *
   * @param {string} url
   */
  values(url) {
    const found = this.#pattern.exec(url);
    return found === null ? null : found.slice(1);
  }

  /**
   * Effects with values in the URLs of their calls.
   *
   * @param {Effect[]} effects
   * @param {string[]} values
   * @returns {Effect[]}
   */
  filled(effects, values) {
    let call = 0;
    return effects.map((effect) => {
      if (effect.kind !== FETCH) return effect;
      const [first = "", ...rest] = this.#calls[call++] ?? [];
      let url = first;
      for (let at = 0; at + 1 < rest.length; at += 2) url += (values[Number(rest[at])] ?? "") + (rest[at + 1] ?? "");
      return { ...effect, url };
    });
  }
}

/**
 * The texts of a URL with marks, and between them the numbers of the values.
 *
 * @param {string} url
 */
const parts = (url) => url.split(new RegExp(`${MARK}(\\d)`));

/**
 * Shapes, found by URLs.
 *
 * @template T what is known of their requests
 */
export class Shapes {
  /**
   * By what their URLs begin with.
   *
   * @type {Map<string, Shaped<T>[]>}
   */
  #shapes = new Map();
  #size = 0;
  /** How long the longest of those is: a URL may have thousands of places where a value might begin. */
  #longest = 0;

  /**
   * The shape of a URL and its values.
   *
   * @param {string} method
   * @param {string} url
   * @returns {{ shape: Shaped<T>, values: string[] } | null}
   */
  find(method, url) {
    // The first value follows a slash of the path, or an equals sign of the query.
    for (let at = url.indexOf("/", 8) + 1; at > 0 && at <= this.#longest; at = after(url, at)) {
      for (const shape of this.#shapes.get(url.slice(0, at)) ?? []) {
        const values = shape.method === method ? shape.values(url) : null;
        if (values !== null) return { shape, values };
      }
    }
    return null;
  }

  /**
   * Keeps the shape of what is known, in place of the same shape.
   *
   * @param {string} method
   * @param {Shape} shape
   * @param {T} known
   */
  learn(method, shape, known) {
    if (this.#size >= KEPT) this.forget();
    const made = new Shaped(method, shape, known);
    const alike = (this.#shapes.get(made.begin) ?? []).filter((other) => other.url !== made.url || other.method !== method);
    const kept = [made, ...alike].slice(0, ALIKE);
    this.#size += kept.length - (this.#shapes.get(made.begin)?.length ?? 0);
    this.#shapes.set(made.begin, kept);
    this.#longest = Math.max(this.#longest, made.begin.length);
  }

  forget() {
    this.#shapes.clear();
    this.#size = 0;
    this.#longest = 0;
  }
}

/**
 * The next place in a URL where a value may begin; 0 if there is none.
 *
 * @param {string} url
 * @param {number} from
 */
function after(url, from) {
  for (let at = from; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code === 47 || code === 61) return at + 1;
  }
  return 0;
}
