// Performs what the core asks for. No decision is made here: the core records effects, this runs them with the platform's
// calls and hands each result back as bytes in the core's memory.
import { Flight } from "./flight.mjs";
import { Instance, variablesOf } from "./instance.mjs";
import { messageOf } from "./errors.mjs";
import { Retired } from "./retired.mjs";

/** A configuration of more characters is read at the first request: before it, the platform gives a worker a second at most. */
const LONGEST_PREPARED = 1 << 20;

/** Serves requests with one instance of the core, and with a fresh one after a trap, or when that one has grown. */
export class Driver {
  #instantiate;
  #config;
  #files;
  #origins;
  /** @type {Instance | null} */
  #instance = null;
  /**
   * The instance that was made before the first request, and the variables that it knows.
   *
   * @type {{ instance: Instance, variables: string } | null}
   */
  #prepared = null;
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
   * Makes an instance while the worker starts, so that its time isn't that of the first request. Where it can't be made, and where the
   * first request comes with other variables, that request makes one, and says what is wrong.
   *
   * @param {import("./ops.mjs").Env} env
   */
  prepare(env) {
    if (this.#config.length > LONGEST_PREPARED) return;
    try {
      const instance = new Instance(this.#instantiate());
      const refused = instance.init(this.#config, this.#files, env);
      if (refused === undefined) this.#prepared = { instance, variables: variablesOf(env) };
    } catch {
      // So it does at the first request.
    }
  }

  /**
   * A response, or the promise of one.
   *
   * @param {Request} request
   * @param {import("./ops.mjs").Env} env
   * @param {ExecutionContext} ctx
   */
  answer(request, env, ctx) {
    const instance = this.#ready(env);
    if (instance !== null) return new Flight(instance, this.#origins, request, env, ctx).start();
    if (this.#refused === undefined) {
      console.error("fjord: request refused: instances that trapped leave no memory for another");
      return new Response(null, { status: 503 });
    }
    console.error(this.#refused);
    return new Response(null, { status: 501 });
  }

  /**
   * The agent that a queue of the platform feeds; undefined without one.
   *
   * @param {string} queue
   * @param {import("./ops.mjs").Env} env
   */
  agent(queue, env) {
    const found = this.#ready(env)?.agent(queue);
    if (this.#refused !== undefined) console.error(this.#refused);
    return found === undefined ? undefined : /** @type {import("./agent.mjs").Agent} */ (JSON.parse(found));
  }

  /**
   * What the core makes of a message for an agent: a response, or the promise of one.
   *
   * @param {number} agent
   * @param {number} attempts
   * @param {Uint8Array} bytes
   * @param {import("./ops.mjs").Env} env
   * @param {ExecutionContext} ctx
   */
  take(agent, attempts, bytes, env, ctx) {
    const instance = this.#ready(env);
    // A message has no client: nothing reads the request, and it's never aborted.
    if (instance !== null) return new Flight(instance, this.#origins, new Request("http://queue/"), env, ctx).take(agent, attempts, bytes);
    return new Response(null, { status: 503 });
  }

  /**
   * An instance that takes requests; null if there's none.
   *
   * @param {import("./ops.mjs").Env} env
   */
  #ready(env) {
    if (this.#instance === null || this.#instance.spent) this.#renew(env);
    return this.#instance;
  }

  /**
   * Puts a fresh instance in place of the last, if the configuration can be read and memory is left.
   *
   * @param {import("./ops.mjs").Env} env
   */
  #renew(env) {
    if (this.#instance !== null) this.#retired.add(this.#instance.raw.memory);
    this.#instance = null;
    const prepared = this.#prepared;
    this.#prepared = null;
    if (prepared !== null && prepared.variables === variablesOf(env)) {
      this.#instance = prepared.instance;
      // Before the first request every isolate may draw the same.
      prepared.instance.raw.reseed(Math.random());
      return;
    }
    if (prepared !== null) this.#retired.add(prepared.instance.raw.memory);
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
