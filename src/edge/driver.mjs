// Performs what the core asks for. No decision is made here: the core records effects, this runs them with the platform's
// calls and hands each result back as bytes in the core's memory.
import { Flight } from "./flight.mjs";
import { Instance } from "./instance.mjs";
import { messageOf } from "./errors.mjs";
import { Retired } from "./retired.mjs";

/** Serves requests with one instance of the core, and with a fresh one after a trap, or when that one has grown. */
export class Driver {
  #instantiate;
  #config;
  #files;
  #origins;
  /** @type {Instance | null} */
  #instance = null;
  #retired = new Retired();
  /**
   * Why the configuration can't be served. It stays the same: reading it anew for each request would only cost.
   *
   * @type {string | undefined}
   */
  #refused;

  /**
   * @param {() => import("./fjord.mjs").Core} instantiate
   * @param {string} config
   * @param {string} files
   * @param {import("./sockets.mjs").Origins | null} [origins]
   */
  constructor(instantiate, config, files, origins = null) {
    this.#instantiate = instantiate;
    this.#config = config;
    this.#files = files;
    this.#origins = origins;
  }

  /**
   * A response, or the promise of one.
   *
   * @param {Request} request
   * @param {import("./ops.mjs").Env} env
   * @param {ExecutionContext} ctx
   */
  answer(request, env, ctx) {
    if (this.#instance === null || this.#instance.spent) this.#renew(env);
    if (this.#instance !== null) return new Flight(this.#instance, this.#origins, request, env, ctx).start();
    if (this.#refused === undefined) {
      console.error("fjord: request refused: instances that trapped leave no memory for another");
      return new Response(null, { status: 503 });
    }
    console.error(this.#refused);
    return new Response(null, { status: 501 });
  }

  /**
   * Puts a fresh instance in place of the last, if the configuration can be read and memory is left.
   *
   * @param {import("./ops.mjs").Env} env
   */
  #renew(env) {
    if (this.#instance !== null) this.#retired.add(this.#instance.raw.memory);
    this.#instance = null;
    if (this.#refused !== undefined || !this.#retired.leaveRoom()) return;
    const instance = new Instance(this.#instantiate());
    try {
      this.#refused = instance.init(this.#config, this.#files, env);
    } catch (error) {
      this.#refused = `fjord: the configuration can't be read: ${messageOf(error)}`;
    }
    if (this.#refused === undefined) this.#instance = instance;
  }
}
