// The gateway of `fjord run -d`: a line for each request, and one for each call that it makes, with status and time.
// It is between the runtime and the gateway's entry module, whose answers pass unchanged.
import { AsyncLocalStorage } from "node:async_hooks";
import worker from "./worker.mjs";

export * from "./worker.mjs";

/**
 * A request in flight.
 *
 * @typedef {{ id: string, pending: Map<symbol, () => string> }} Current Calls that have no answer yet, with what is said of them.
 */

/** @type {AsyncLocalStorage<Current>} Says which request a call belongs to. */
const current = new AsyncLocalStorage();
let count = 0;

/** @param {number} started */
const elapsed = (started) => `${Date.now() - started} ms`;

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Logs how a call ended.
 *
 * @param {string} what
 * @param {() => Promise<Response>} call
 */
async function logged(what, call) {
  const started = Date.now();
  const key = Symbol(what);
  const request = current.getStore();
  const say = (/** @type {string} */ outcome) => `${request?.id ?? ""}   -> ${what} ${outcome}`;
  request?.pending.set(key, () => say(`no answer after ${elapsed(started)}`));
  try {
    const response = await call();
    console.log(say(`${response.status} ${elapsed(started)}`));
    return response;
  } catch (error) {
    console.log(say(`failed after ${elapsed(started)}: ${reason(error)}`));
    throw error;
  } finally {
    request?.pending.delete(key);
  }
}

/**
 * The method and address of a call.
 *
 * @param {RequestInfo | URL} input
 * @param {RequestInit | undefined} init
 */
function described(input, init) {
  const [url, method] = input instanceof Request ? [input.url, input.method] : [String(input), "GET"];
  return `${init?.method ?? method} ${url}`;
}

const direct = globalThis.fetch;
globalThis.fetch = (input, init) => logged(described(input, init), () => direct(input, init));

/**
 * A binding whose calls are logged, if it is a service. Any name is a member of a service, so its class is asked.
 *
 * @param {string} name
 * @param {unknown} binding
 */
function observed(name, binding) {
  if (binding === null || typeof binding !== "object") return binding;
  const { constructor } = /** @type {object} */ (Object.getPrototypeOf(binding));
  if (constructor.name !== "Fetcher") return binding;
  const service = /** @type {Fetcher} */ (binding);
  return {
    fetch: (/** @type {RequestInfo} */ input, /** @type {RequestInit | undefined} */ init) =>
      logged(`${described(input, init)} (${name})`, () => service.fetch(input, init)),
  };
}

/** @type {{ [name: string]: unknown } | undefined} */
let bindings;

/**
 * The bindings, those that are services with their calls logged.
 *
 * @param {{ [name: string]: unknown }} env
 */
const observedAll = (env) => (bindings ??= Object.fromEntries(Object.entries(env).map(([name, binding]) => [name, observed(name, binding)])));

export default {
  /**
   * @param {MessageBatch} batch
   * @param {{ [name: string]: unknown }} env
   * @param {ExecutionContext} ctx
   */
  async queue(batch, env, ctx) {
    const started = Date.now();
    /** @type {Current} */
    const own = { id: `#${++count}`, pending: new Map() };
    await current.run(own, () => worker.queue(batch, observedAll(env), ctx));
    console.log(`${own.id} queue ${batch.queue}: ${batch.messages.length} messages ${elapsed(started)}`);
  },

  /**
   * @param {Request} request
   * @param {{ [name: string]: unknown }} env
   * @param {ExecutionContext} ctx
   */
  async fetch(request, env, ctx) {
    const seen = observedAll(env);
    const started = Date.now();
    /** @type {Current} */
    const own = { id: `#${++count}`, pending: new Map() };
    const { pathname, search } = new URL(request.url);
    let outcome = "";
    try {
      const response = await current.run(own, async () => worker.fetch(request, seen, ctx));
      outcome = `${response.status} ${elapsed(started)}`;
      return response;
    } catch (error) {
      outcome = `failed after ${elapsed(started)}: ${reason(error)}`;
      throw error;
    } finally {
      for (const say of own.pending.values()) console.log(say());
      console.log(`${own.id} ${request.method} ${pathname}${search} ${outcome}`);
    }
  },
};
