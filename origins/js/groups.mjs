// Groups of Kafka: a Durable Object reads each, so that its records are given to one receiver each.
//
//   export class FjordOrigins extends GroupReader { origins = origins; }          // in the worker's entry module
//   const group = groupOf(env.GROUPS, "orders", plan);                             // in a request
//   const { token, body } = await group.receive(millis);
//   await group.settle(token, "ack");
//
// A group has one object, by its name: two readers would commit over each other.
import { DurableObject } from "cloudflare:workers";

/** @import { OriginError, Origins, Settlement } from "./origins.mjs" */

/** What an object answers: errors lose their code on the way, so that it travels as a value. */
/** @typedef {{ error?: { message: string, code: string }, token?: number, body?: Uint8Array }} Answer */

/** The reader of a group. A subclass says by which module. */
export class GroupReader extends DurableObject {
  /** @type {Origins | undefined} */
  origins;
  /** @type {string | undefined} */
  #plan;
  #receiving = new Turns();
  #settling = new Turns();

  /**
   * The next message, within `millis`.
   *
   * @param {string} plan
   * @param {number} millis
   * @returns {Promise<Answer>}
   */
  async receive(plan, millis) {
    const origins = this.#joined(plan);
    const ends = Date.now() + millis;
    return answered(() => this.#receiving.run(() => origins.receiveOfGroup(plan, millis, Math.max(ends - Date.now(), 0), this.ctx)));
  }

  /**
   * Settles a message.
   *
   * @param {string} plan
   * @param {number} token
   * @param {Settlement} settlement
   * @returns {Promise<Answer>}
   */
  async settle(plan, token, settlement) {
    const origins = this.#joined(plan);
    return answered(() => this.#settling.run(() => origins.settleOfGroup(plan, token, settlement, this.ctx)));
  }

  /** @param {string} plan */
  #joined(plan) {
    if (this.origins === undefined) throw new TypeError("a group's reader needs the worker's origins");
    if (this.#plan !== plan) this.origins.joinGroup(plan);
    this.#plan = plan;
    return this.origins;
  }
}

/** Tasks that run one after the other. */
class Turns {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  run(task) {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** @param {() => Promise<Answer | void>} operation @returns {Promise<Answer>} */
async function answered(operation) {
  try {
    return (await operation()) ?? {};
  } catch (error) {
    const { message, code } = /** @type {OriginError} */ (error);
    return { error: { message, code } };
  }
}

/**
 * A group, by way of its object.
 *
 * @param {DurableObjectNamespace<GroupReader>} namespace
 * @param {string} name
 * @param {string} plan
 */
export function groupOf(namespace, name, plan) {
  const object = namespace.get(namespace.idFromName(name));
  return {
    /** @param {number} millis */
    receive: async (millis) => {
      const { token = 0, body = new Uint8Array() } = succeeded(await object.receive(plan, millis));
      return { token, body };
    },
    /** @param {number} token @param {Settlement} settlement */
    settle: async (token, settlement) => void succeeded(await object.settle(plan, token, settlement)),
  };
}

/** @param {Answer} answer */
function succeeded(answer) {
  if (answer.error === undefined) return answer;
  throw Object.assign(new Error(answer.error.message), { code: answer.error.code, fallback: false });
}
