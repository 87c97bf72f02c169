// Secrets of a Secrets Store: bindings that give their values when they're asked, where other secrets are texts from the beginning.
import { messageOf } from "./errors.mjs";

/** Among the files of a configuration: the names of these bindings, as `fjord build` found them in the Wrangler file. */
const STORED = /"fjord:secrets":"([\w,]+)"/;

/** @typedef {import("./ops.mjs").Env} Env */

/**
 * The names of the bindings.
 *
 * @param {string} files
 */
export const storedSecrets = (files) => STORED.exec(files)?.[1]?.split(",") ?? [];

/** How long a request waits for the values. */
const PATIENCE_MS = 5000;

/** Asks for the values once in an isolate's life. Each request that comes before they are there asks by itself: none waits for another's call. */
export class StoredSecrets {
  #names;
  /**
   * The bindings with the values in place of those that give them, as soon as they're there.
   *
   * @type {Env | undefined}
   */
  known;

  /** @param {string[]} names */
  constructor(names) {
    this.#names = names;
  }

  /**
   * Asks for the values.
   *
   * @param {Env} env
   * @returns {Promise<Env>}
   */
  async read(env) {
    const values = this.#names.map(async (name) => /** @type {const} */ ([name, await valueOf(name, env[name])]));
    const entries = await within(PATIENCE_MS, Promise.all(values));
    this.known ??= { ...env, ...Object.fromEntries(entries) };
    return this.known;
  }
}

/**
 * @template T
 * @param {number} patience
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
async function within(patience, promise) {
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the Secrets Store didn't answer in ${patience} ms`)), patience);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} name
 * @param {unknown} binding
 */
async function valueOf(name, binding) {
  // On this machine the value may be in .dev.vars.
  if (typeof binding === "string") return binding;
  if (binding === null || typeof binding !== "object" || !("get" in binding) || typeof binding.get !== "function") {
    throw new Error(`the worker has no binding ${name} of a Secrets Store`);
  }
  const get = /** @type {{ get(): Promise<string> }} */ (binding);
  try {
    return await get.get();
  } catch (error) {
    throw new Error(`the secret ${name} can't be read from the Secrets Store: ${messageOf(error)}`, { cause: error });
  }
}
