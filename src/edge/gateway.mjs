// The gateway as a part of a worker: answers a configuration's endpoints, whatever else the worker does.
import module from "./fjord.wasm";
import { Driver } from "./driver.mjs";
import { instantiate } from "./fjord.mjs";

export { FjordLimits } from "./objects.mjs";

/** @type {typeof import("../../types/index.d.mts").createGateway} */
export function createGateway(config, files = "{}") {
  if (typeof config !== "string" || typeof files !== "string") {
    throw new TypeError('createGateway takes texts: import krakend.json and files.json by a rule of type "Text" in the Wrangler file');
  }
  const driver = new Driver(() => instantiate(module), config, files);
  return {
    fetch(request, env, ctx) {
      return driver.answer(request, /** @type {import("./ops.mjs").Env} */ (env), ctx);
    },
  };
}
