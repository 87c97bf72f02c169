// Stands before the worker of a build: tells how large the module's memories are.
import worker from "./plain-worker.mjs";
import { weights } from "./fjord.mjs";

export default {
  /**
   * @param {Request} request
   * @param {object} env
   * @param {ExecutionContext} ctx
   */
  fetch(request, env, ctx) {
    return request.url.endsWith("/__weights") ? Response.json(weights()) : worker.fetch(request, env, ctx);
  },
};

export * from "./plain-worker.mjs";
