// The Durable Objects that the worker exports.

/** Counts for rate limits: one object for each limit and client. Its module is loaded where there are objects: no other isolate compiles it. */
export class FjordLimits {
  /** @type {import("./limits.mjs").FjordLimits | undefined} */
  #count;

  /**
   * @param {DurableObjectState} state
   * @param {object} env
   */
  constructor(state, env) {
    // Nothing reaches the object before.
    void state.blockConcurrencyWhile(async () => {
      const [{ default: module }, { FjordLimits: Count, initSync }] = await Promise.all([import("./limits.wasm"), import("./limits.mjs")]);
      initSync({ module });
      this.#count = new Count(state, env);
    });
  }

  /** @param {Request} request */
  fetch(request) {
    return this.#loaded.fetch(request);
  }

  alarm() {
    return this.#loaded.alarm();
  }

  get #loaded() {
    if (this.#count === undefined) throw new Error("the object was entered before its module was loaded");
    return this.#count;
  }
}
