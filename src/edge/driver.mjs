// Performs what the core asks for. No decision is made here: the core records effects, this runs them with the platform's
// calls and hands each result back as bytes in the core's memory.
import { Flight } from "./flight.mjs";
import { Instance } from "./instance.mjs";
import { messageOf } from "./errors.mjs";

/** Serves requests with one instance of the core, and with a fresh one after a trap. */
export class Driver {
  #instantiate;
  #config;
  #files;
  /** @type {Instance | null} */
  #instance = null;
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
   */
  constructor(instantiate, config, files) {
    this.#instantiate = instantiate;
    this.#config = config;
    this.#files = files;
  }

  /**
   * A response, or the promise of one.
   *
   * @param {Request} request
   * @param {import("./ops.mjs").Env} env
   * @param {ExecutionContext} ctx
   */
  answer(request, env, ctx) {
    const instance = this.#serving(env);
    if (instance === null) {
      console.error(this.#refused);
      return new Response(null, { status: 501 });
    }
    return new Flight(instance, request, env, ctx).start();
  }

  /** @param {import("./ops.mjs").Env} env */
  #serving(env) {
    if (this.#refused !== undefined) return null;
    if (this.#instance !== null && !this.#instance.trapped) return this.#instance;
    const instance = new Instance(this.#instantiate());
    try {
      this.#refused = instance.init(this.#config, this.#files, env);
    } catch (error) {
      this.#refused = `fjord: the configuration can't be read: ${messageOf(error)}`;
    }
    if (this.#refused !== undefined) return null;
    return (this.#instance = instance);
  }
}
