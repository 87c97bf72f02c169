// A local gateway at one address. Its workerd may be replaced by one with another configuration.
import { messageOf } from "../errors.mjs";
import { startWorkerd } from "../workerd.mjs";
import { written } from "./address.mjs";

/** How long requests in flight keep the version that they began on, when it is replaced. */
const DRAIN_MS = 1000;

/** @typedef {Awaited<ReturnType<typeof startWorkerd>>} Workerd */

export class Server {
  /** Where it listens: `IP:PORT`. */
  address;
  /** The files that the version in service was made from. */
  sources;
  /** Undefined while it is being replaced. @type {Workerd | undefined} */
  #workerd;
  #serving;
  /** Where the version in service wants to listen. */
  #wanted;
  #stopping = false;
  /** @type {(message: string | undefined) => void} */
  #end = () => {};
  /**
   * Resolves when it has stopped: to a message when nobody asked for it.
   *
   * @type {Promise<string | undefined>}
   */
  ended = new Promise((resolve) => (this.#end = resolve));

  /**
   * @param {import("./plan.mjs").Plan} plan
   * @param {Workerd} workerd
   */
  constructor({ settings, address, sources }, workerd) {
    this.address = written(address.host, workerd.port);
    this.sources = sources;
    this.#serving = JSON.stringify(settings);
    this.#wanted = written(address.host, address.port);
    this.#workerd = workerd;
    this.#follow(workerd);
  }

  /** @param {import("./plan.mjs").Plan} plan */
  static async start(plan) {
    const { host, port } = plan.address;
    return new Server(plan, await startWorkerd({ ...plan.settings, address: written(host, port) }));
  }

  /** @param {Workerd} workerd */
  #follow(workerd) {
    const finish = (/** @type {string} */ message) => (workerd === this.#workerd ? this.#end(this.#stopping ? undefined : message) : undefined);
    void workerd.ended.then(finish);
  }

  /**
   * Whether another version wants another address than the one before.
   *
   * @param {import("./plan.mjs").Plan} plan
   */
  movesTo({ address }) {
    const wanted = written(address.host, address.port);
    const moves = wanted !== this.#wanted;
    this.#wanted = wanted;
    return moves;
  }

  /**
   * Serves another version, if it differs from the one in service; whether it does.
   *
   * @param {import("./plan.mjs").Plan} plan
   */
  async replace({ settings, sources }) {
    this.sources = sources;
    const serving = JSON.stringify(settings);
    if (this.#stopping || serving === this.#serving) return false;
    const before = this.#workerd;
    this.#workerd = undefined;
    await before?.end(DRAIN_MS);
    try {
      this.#workerd = await startWorkerd({ ...settings, address: this.address });
    } catch (error) {
      this.#end(messageOf(error));
      return false;
    }
    this.#serving = serving;
    this.#follow(this.#workerd);
    this.#settle();
    return true;
  }

  stop() {
    this.#stopping = true;
    this.#settle();
  }

  /** Stops what runs, if it was asked to. */
  #settle() {
    if (this.#stopping) void this.#workerd?.stop();
  }
}
