// Answers with static files before the gateway is asked, as the platform does for paths that `run_worker_first` leaves to it.
import { matcher } from "./globs.mjs";

export default {
  /**
   * @param {Request} request
   * @param {{ ASSETS: Fetcher, GATEWAY: Fetcher, WORKER_FIRST: string[] }} env
   */
  async fetch(request, env) {
    const isAsset = request.method === "GET" || request.method === "HEAD";
    if (isAsset && !matcher(env.WORKER_FIRST)(new URL(request.url).pathname)) {
      const found = await env.ASSETS.fetch(request.url, { method: request.method });
      if (found.status !== 404) return found;
    }
    return env.GATEWAY.fetch(request);
  },
};
