// The origins of the examples: a small HTTP server that answers from a table.
import http from "node:http";
import https from "node:https";

/**
 * What an origin is asked.
 * @typedef {{ method: string, path: string, query: URLSearchParams, headers: http.IncomingHttpHeaders, body: string }} Asked
 *
 * What it answers: a value as JSON, or events one by one.
 * @typedef {{ status?: number, json?: unknown, headers?: Record<string, string>, events?: unknown[], every?: number }} Reply
 *
 * @typedef {Record<string, Reply | ((asked: Asked) => Reply | Promise<Reply>)>} Routes  by path; a path that ends in a slash takes all below it
 */

/**
 * Starts an origin on the loopback interface.
 * @param {Routes} routes
 * @param {number} [port] 0: any free one
 * @param {{ cert: string, key: string }} [tls] For HTTPS.
 */
export async function startOrigin(routes, port = 0, tls) {
  /**
   * @param {http.IncomingMessage} request
   * @param {http.ServerResponse} response
   */
  const answer = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", "http://origin");
    const key = Object.keys(routes).find((path) => path === url.pathname || (path.endsWith("/") && url.pathname.startsWith(path)));
    const route = key === undefined ? { status: 404, json: { error: "no such path" } } : routes[key];
    const asked = { method: request.method ?? "GET", path: url.pathname, query: url.searchParams, headers: request.headers, body };
    const { status = 200, json = {}, headers = {}, events, every = 50 } = (typeof route === "function" ? await route(asked) : route) ?? {};
    if (events === undefined) {
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(JSON.stringify(json));
      return;
    }
    response.writeHead(status, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    for (const event of events) {
      response.write(`data: ${JSON.stringify(event)}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, every));
    }
    response.end();
  };
  const listener = (/** @type {http.IncomingMessage} */ request, /** @type {http.ServerResponse} */ response) => void answer(request, response);
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the origin has no port");
  return {
    url: tls === undefined ? `http://127.0.0.1:${address.port}` : `https://localhost:${address.port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
