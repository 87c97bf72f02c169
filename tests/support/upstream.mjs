// An HTTP origin that does what a test tells it, well-behaved or not, and remembers what it was asked.
//
//   const upstream = await startUpstream({
//     "/users/1": { json: { id: 1 } },                     // any method
//     "POST /orders": { status: 201, body: "ok", headers: { "x-id": "7" } },
//     "/slow": { json: {}, delay: 300 },                   // ms before the head
//     "/drip": { chunks: ["{", "}"], every: 200 },         // ms between the parts of the body; or an async iterable
//     "/cut": { body: "0123456789", cut: 4 },              // the connection ends after 4 of 10 bytes
//     "/reset": { reset: true },                           // the connection ends before the head
//     "/hang": { hang: true },                             // never answers
//     "/raw": { raw: "HTTP/1.1 200 OK\r\n\r\n{" },          // these bytes, then the connection ends
//     "/events": { events: ["a", "b"], every: 100 },       // server-sent events
//     "/echo": { echo: true },                             // describes the request, as JSON
//     "/any/": (request) => ({ json: request.query }),     // a path with a final slash takes all below it
//   });
//   upstream.url; upstream.requests; await upstream.stop();
import http from "node:http";
import net from "node:net";

/**
 * What an origin does at a request; see above.
 *
 * @typedef {object} Reply
 * @property {number} [status]
 * @property {import("node:http").OutgoingHttpHeaders} [headers]
 * @property {unknown} [json]
 * @property {string | Uint8Array} [body]
 * @property {number} [delay]
 * @property {number} [cut]
 * @property {boolean} [reset]
 * @property {boolean} [hang]
 * @property {string} [raw]
 * @property {string[]} [events]
 * @property {Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>} [chunks]
 * @property {number} [every]
 * @property {boolean} [endless]
 * @property {boolean} [echo]
 */

/**
 * The replies, by "METHOD /path" or "/path".
 *
 * @typedef {Reply | ((request: Recorded) => Reply | undefined | Promise<Reply | undefined>)} Route
 * @typedef {Record<string, Route>} Routes
 */

/**
 * A request that an origin got.
 *
 * @typedef {object} Recorded
 * @property {string} method
 * @property {string} url
 * @property {string} path
 * @property {string} query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string[]} rawHeaders
 * @property {Buffer} bytes
 * @property {string} body
 * @property {boolean} aborted
 * @property {Promise<void>} abort Resolves when the other side goes away before the answer is complete.
 */

/** @typedef {Awaited<ReturnType<typeof startUpstream>>} Upstream */

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/**
 * Starts an origin on a free port of the loopback interface.
 *
 * @param {Routes} [routes]
 */
export async function startUpstream(routes = {}) {
  /** @type {Recorded[]} */
  const requests = [];
  /**
   * @param {http.IncomingMessage} incoming
   * @param {http.ServerResponse} response
   */
  const answer = async (incoming, response) => {
    const request = await record(incoming, response);
    requests.push(request);
    const route = find(routes, request);
    const reply = (typeof route === "function" ? await route(request) : route) ?? { status: 404, body: "not found" };
    await send(response, request, reply).catch(() => response.destroy());
  };
  const server = http.createServer((incoming, response) => void answer(incoming, response));
  server.keepAliveTimeout = 0;
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    /** What was asked, in order: `{ method, path, query, headers, rawHeaders, body, aborted }`. */
    requests,
    /** The replies, by "METHOD /path" or "/path"; may be changed while it runs. */
    routes,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The port of a server that listens now, on the loopback interface.
 *
 * @param {import("node:net").Server} server
 * @returns {Promise<number>}
 */
export function listening(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
      resolve(address.port);
    });
  });
}

/**
 * Whether something listens on a port of the loopback interface.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("connect", () => (socket.destroy(), resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = net.createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * @param {http.IncomingMessage} incoming
 * @param {http.ServerResponse} response
 */
async function record(incoming, response) {
  const { method = "", url = "", headers, rawHeaders } = incoming;
  const [path = "", ...search] = url.split("?");
  /** @type {Promise<void>} */
  const abort = new Promise((resolve) => {
    response.on("close", () => {
      if (response.writableFinished) return;
      request.aborted = true;
      resolve();
    });
  });
  /** @type {Recorded} */
  const request = { method, url, path, query: search.join("?"), headers, rawHeaders, bytes: Buffer.alloc(0), body: "", aborted: false, abort };
  /** @type {Buffer[]} */
  const chunks = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    request.aborted = true;
  }
  request.bytes = Buffer.concat(chunks);
  request.body = request.bytes.toString();
  return request;
}

/**
 * @param {Routes} routes
 * @param {Recorded} request
 */
function find(routes, { method, path }) {
  const exact = routes[`${method} ${path}`] ?? routes[path];
  if (exact) return exact;
  const above = Object.keys(routes).filter((key) => key.endsWith("/") && path.startsWith(key.replace(/^\w+ /, "")));
  const nearest = above.sort((a, b) => b.length - a.length).find((key) => key.startsWith("/") || key.startsWith(`${method} `));
  return nearest === undefined ? undefined : routes[nearest];
}

/**
 * @param {http.ServerResponse} response
 * @param {Recorded} request
 * @param {Reply} wanted
 * @returns {Promise<unknown>}
 */
async function send(response, request, wanted) {
  const reply = wanted.echo ? { ...wanted, json: describe(request) } : wanted;
  if (reply.delay) await sleep(reply.delay);
  if (reply.hang) return undefined;
  if (reply.reset) return response.destroy();
  if (reply.raw !== undefined) return response.socket?.end(reply.raw, "latin1");
  const { status = 200, headers = {} } = reply;
  if (reply.events) {
    response.writeHead(status, { "content-type": "text/event-stream", ...headers });
    return drip(response, reply.events.map((event) => `data: ${event}\n\n`), reply.every);
  }
  if (reply.chunks) {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    return drip(response, reply.chunks, reply.every, reply.endless);
  }
  const body = Buffer.from(reply.json === undefined ? (reply.body ?? "") : JSON.stringify(reply.json));
  const type = reply.json === undefined ? {} : { "content-type": "application/json" };
  const length = status === 204 || status === 304 ? {} : { "content-length": body.length };
  response.writeHead(status, { ...type, ...length, ...headers });
  if (reply.cut === undefined) return response.end(body);
  response.write(body.subarray(0, reply.cut));
  await sleep(20);
  return response.destroy();
}

/**
 * Sends parts of a body with pauses between them; an endless one repeats until the other side leaves.
 *
 * @param {http.ServerResponse} response
 * @param {NonNullable<Reply["chunks"]>} parts
 */
async function drip(response, parts, every = 0, endless = false) {
  response.flushHeaders();
  const repeats = () => endless && !response.destroyed;
  do {
    for await (const part of parts) {
      if (response.destroyed) return;
      response.write(part);
      if (every > 0) await sleep(every);
    }
  } while (repeats());
  response.end();
}

/** @param {Recorded} request */
const describe = ({ method, path, query, headers, body }) => ({ method, path, query, headers, body });
