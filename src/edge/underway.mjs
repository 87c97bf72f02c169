// What of a request is under way: calls that can be aborted, timers, bodies that stay with the script.

export class UnderWay {
  /**
   * The controllers of calls.
   *
   * @type {Map<number, AbortController> | null}
   */
  #aborts = null;
  /**
   * What nobody waits for any more.
   *
   * @type {Set<number> | null}
   */
  #cancelled = null;
  /** @type {Map<number, number> | null} */
  #timers = null;
  /** @type {Map<number, Response> | null} */
  #streams = null;
  /**
   * When streamed bodies are cut, in ms since the epoch, by the id of their call.
   *
   * @type {Map<number, number> | null}
   */
  #cuts = null;

  /**
   * What aborts a call. It adds 10 µs to each, so calls that end with their request anyway have none.
   *
   * @param {number} id
   */
  controller(id) {
    const controller = new AbortController();
    (this.#aborts ??= new Map()).set(id, controller);
    return controller;
  }

  /**
   * The body of a call is read by an effect of its own: it's aborted with that.
   *
   * @param {number} id
   * @param {number} of
   */
  follow(id, of) {
    const controller = this.#aborts?.get(of);
    if (controller !== undefined) this.#aborts?.set(id, controller);
  }

  /**
   * What aborts a call, if it can be aborted.
   *
   * @param {number} id
   */
  controllerOf(id) {
    return this.#aborts?.get(id);
  }

  /** @param {number} id */
  canAbort(id) {
    return this.#aborts?.has(id) === true;
  }

  /**
   * @param {number} id
   * @param {number} timer
   */
  time(id, timer) {
    (this.#timers ??= new Map()).set(id, timer);
  }

  /**
   * Nobody waits for an effect any more.
   *
   * @param {number} id
   */
  cancel(id) {
    (this.#cancelled ??= new Set()).add(id);
    this.#aborts?.get(id)?.abort();
    const timer = this.#timers?.get(id);
    if (timer !== undefined) clearTimeout(timer);
  }

  /** @param {number} id */
  isCancelled(id) {
    return this.#cancelled?.has(id) === true;
  }

  /**
   * The body of a call stays here.
   *
   * @param {number} id
   * @param {Response} answer
   */
  keep(id, answer) {
    (this.#streams ??= new Map()).set(id, answer);
  }

  /**
   * An origin's answer whose body is the script's.
   *
   * @param {number} id
   */
  stream(id) {
    const answer = this.#streams?.get(id);
    if (answer === undefined) throw new Error(`the core asks for the stream ${id}, which isn't there`);
    return answer;
  }

  /**
   * The body of a call is cut after `ms`.
   *
   * @param {number} id
   * @param {number} ms
   */
  cutAfter(id, ms) {
    (this.#cuts ??= new Map()).set(id, Date.now() + ms);
  }

  /**
   * When the body of a call is cut, in ms since the epoch.
   *
   * @param {number} id
   */
  cutAt(id) {
    return this.#cuts?.get(id);
  }
}
