// The gateway as a part of a worker: answers a configuration's endpoints, whatever else the worker does.
import { env as variables } from "cloudflare:workers";
import module from "./fjord.wasm";
import { consume } from "./agent.mjs";
import { Driver } from "./driver.mjs";
import { messageOf } from "./errors.mjs";
import { instantiate } from "./fjord.mjs";
import { StoredSecrets, storedSecrets } from "./secrets.mjs";

export { FjordLimits } from "./objects.mjs";

/** Whether the worker has prepared a gateway. Several would take memory for which nobody may ever ask. */
let hasPrepared = false;

/** @type {typeof import("../../types/index.d.mts").createGateway} */
export function createGateway(config, files = "{}", { origins = null } = {}) {
  if (typeof config !== "string" || typeof files !== "string") {
    throw new TypeError('createGateway takes texts: import krakend.json and files.json by a rule of type "Text" in the Wrangler file');
  }
  const driver = new Driver(() => instantiate(module), config, files, /** @type {import("./sockets.mjs").Origins | null} */ (origins));
  const stored = storedSecrets(files);
  if (stored.length > 0) return waiting(driver, new StoredSecrets(stored));
  if (!hasPrepared) driver.prepare(/** @type {import("./ops.mjs").Env} */ (/** @type {unknown} */ (variables)));
  hasPrepared = true;
  return {
    fetch(request, env, ctx) {
      return driver.answer(request, /** @type {import("./ops.mjs").Env} */ (env), ctx);
    },
    queue: (batch, env, ctx) => consume(driver, batch, /** @type {import("./ops.mjs").Env} */ (env), ctx),
  };
}

/**
 * The gateway whose first requests and messages wait for secrets of a Secrets Store.
 *
 * @param {Driver} driver
 * @param {StoredSecrets} secrets
 * @returns {import("../../types/index.d.mts").Gateway}
 */
function waiting(driver, secrets) {
  /** @type {import("../../types/index.d.mts").Gateway["fetch"]} */
  const early = async (request, env, ctx) => {
    let whole;
    try {
      whole = await secrets.read(/** @type {import("./ops.mjs").Env} */ (env));
    } catch (error) {
      console.error(`fjord: request refused: ${messageOf(error)}`);
      return new Response(null, { status: 503 });
    }
    return driver.answer(request, whole, ctx);
  };
  return {
    fetch(request, env, ctx) {
      return secrets.known === undefined ? early(request, env, ctx) : driver.answer(request, secrets.known, ctx);
    },
    async queue(batch, env, ctx) {
      // A batch whose handler throws comes again.
      await consume(driver, batch, secrets.known ?? (await secrets.read(/** @type {import("./ops.mjs").Env} */ (env))), ctx);
    },
  };
}
