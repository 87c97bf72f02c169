// The page's end of the engine.

/**
 * @typedef {import("../messages.js").Kind} Kind
 * @typedef {import("../messages.js").Reply} Reply
 */

export class Engine {
  #worker = new Worker(new URL("engine.js", import.meta.url), { type: "module" });
  #last = 0;
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  constructor() {
    this.#worker.addEventListener("message", (/** @type {MessageEvent<Reply>} */ { data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.gets);
    });
    this.#worker.addEventListener("error", ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message || "the engine can't be loaded"));
      this.#waiting.clear();
    });
  }

  /**
   * Asks the engine.
   *
   * @template {Kind} K
   * @param {K} kind
   * @param {import("../messages.js").Requests[K]["asks"]} asks
   * @returns {Promise<import("../messages.js").Requests[K]["gets"]>}
   */
  ask(kind, asks) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: /** @type {(value: unknown) => void} */ (resolve), reject });
      this.#worker.postMessage({ id, kind, asks });
    });
  }
}
