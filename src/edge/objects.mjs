// The Durable Objects that the worker exports.
import module from "./limits.wasm";
import { FjordLimits as Count, initSync } from "./limits.mjs";

/** Counts for rate limits: one object for each limit and client. Its module gets an instance where there are objects, nowhere else. */
export class FjordLimits {
  #count;

  /**
   * @param {DurableObjectState} state
   * @param {object} env
   */
  constructor(state, env) {
    initSync({ module });
    this.#count = new Count(state, env);
  }

  /** @param {Request} request */
  fetch(request) {
    return this.#count.fetch(request);
  }

  alarm() {
    return this.#count.alarm();
  }
}
