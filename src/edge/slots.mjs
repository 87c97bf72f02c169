// Calls of a recipe for requests that differ in header lines which the calls only repeat: the client's address, a token, an id.
import { FETCH } from "./protocol.mjs";
import { Lines, linesOf } from "./lines.mjs";

/**
 * @typedef {import("./asked.mjs").Slot} Slot
 * @typedef {import("./batch.mjs").Effect} Effect
 */

/** The header lines of a call without those that it repeats of a request. */
class Template {
  #headers;
  #names;

  /**
   * @param {Headers} headers
   * @param {Set<string>} names those that are left out
   */
  constructor(headers, names) {
    this.#headers = headers;
    this.#names = names;
  }

  /**
   * Made of the lines of a call that was made with these slots. Null if a line isn't that of its slot.
   *
   * @param {Headers} headers
   * @param {Slot[]} slots
   */
  static of(headers, slots) {
    const rest = new Headers(headers);
    const names = /** @type {Set<string>} */ (new Set());
    for (const [name, value] of slots) {
      const made = headers.get(name);
      // A backend may be asked without it.
      if (made === null) continue;
      if (made !== value) return null;
      rest.delete(name);
      names.add(name);
    }
    return new Template(rest, names);
  }

  /**
   * The lines with slots of another request. They are a copy: whoever stands in the place of `fetch` may read a call later.
   *
   * @param {Slot[]} slots
   */
  filled(slots) {
    const headers = new Headers(this.#headers);
    for (const [name, value] of slots) if (this.#names.has(name)) headers.set(name, value);
    return new Lines(headers);
  }
}

/** The effects of a recipe, into which the slots of a request are put. */
export class Slotted {
  #effects;
  #templates;

  /**
   * @param {Effect[]} effects
   * @param {Map<string, Template>} templates by the header lines that they were made of
   */
  constructor(effects, templates) {
    this.#effects = effects;
    this.#templates = templates;
  }

  /**
   * Made of the effects of a request with these slots; null if they can't be put elsewhere.
   *
   * @param {Effect[]} effects
   * @param {Slot[]} slots
   */
  static of(effects, slots) {
    const templates = /** @type {Map<string, Template>} */ (new Map());
    for (const effect of effects) {
      if (effect.kind !== FETCH || templates.has(effect.block)) continue;
      const template = Template.of(linesOf(effect.block).headers, slots);
      if (template === null) return null;
      templates.set(effect.block, template);
    }
    return new Slotted(effects, templates);
  }

  /**
   * The effects for a request with other slots. Calls that had the same lines share them.
   *
   * @param {Slot[]} slots
   * @returns {Effect[]}
   */
  filled(slots) {
    let block = "";
    /** @type {Lines | null} */
    let lines = null;
    return this.#effects.map((effect) => {
      if (effect.kind !== FETCH) return effect;
      if (lines === null || effect.block !== block) {
        block = effect.block;
        lines = /** @type {Template} */ (this.#templates.get(block)).filled(slots);
      }
      return { ...effect, filled: lines };
    });
  }
}
