// The entry module of the worker: hands each request to the driver.
import module from "./fjord.wasm";
import config from "./krakend.json";
import files from "./files.json";
import { instantiate } from "./fjord.mjs";
import { Driver } from "./driver.mjs";

export { FjordLimits } from "./objects.mjs";

const driver = new Driver(() => instantiate(module), config, files);

export default {
  /**
   * @param {Request} request
   * @param {import("./ops.mjs").Env} env
   * @param {ExecutionContext} ctx
   */
  fetch(request, env, ctx) {
    return driver.answer(request, env, ctx);
  },
};
