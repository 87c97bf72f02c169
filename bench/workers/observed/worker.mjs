// Stands before the worker of a build: tells what was observed.
import worker, * as rest from "./plain-worker.mjs";
import { observed } from "./fjord.mjs";

export const FjordLimits = rest.FjordLimits;

export default {
  /**
   * @param {Request} request
   * @param {object} env
   * @param {ExecutionContext} ctx
   */
  fetch(request, env, ctx) {
    return request.url.endsWith("/__soak") ? Response.json(observed()) : worker.fetch(request, env, ctx);
  },
};
