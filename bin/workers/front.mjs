// Answers with static files before the gateway is asked, as the platform does unless `run_worker_first` is set.

export default {
  /**
   * @param {Request} request
   * @param {{ ASSETS: Fetcher, GATEWAY: Fetcher }} env
   */
  async fetch(request, env) {
    if (request.method === "GET" || request.method === "HEAD") {
      const found = await env.ASSETS.fetch(request.url, { method: request.method });
      if (found.status !== 404) return found;
    }
    return env.GATEWAY.fetch(request);
  },
};
