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

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Starts an origin on a free port of the loopback interface. */
export async function startUpstream(routes = {}) {
  const requests = [];
  const server = http.createServer(async (incoming, response) => {
    const request = await record(incoming, response);
    requests.push(request);
    const route = find(routes, request);
    const reply = (typeof route === "function" ? await route(request) : route) ?? { status: 404, body: "not found" };
    await send(response, request, reply).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
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

async function record(incoming, response) {
  const [path, ...search] = incoming.url.split("?");
  const { method, headers, rawHeaders } = incoming;
  const request = { method, url: incoming.url, path, query: search.join("?"), headers, rawHeaders, body: "", aborted: false };
  // Resolves when the other side goes away before the answer is complete.
  request.abort = new Promise((resolve) => {
    response.on("close", () => {
      if (response.writableFinished) return;
      request.aborted = true;
      resolve();
    });
  });
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

function find(routes, { method, path }) {
  const exact = routes[`${method} ${path}`] ?? routes[path];
  if (exact) return exact;
  const above = Object.keys(routes).filter((key) => key.endsWith("/") && path.startsWith(key.replace(/^\w+ /, "")));
  return routes[above.sort((a, b) => b.length - a.length).find((key) => key.startsWith("/") || key.startsWith(`${method} `))];
}

async function send(response, request, reply) {
  if (reply.delay) await sleep(reply.delay);
  if (reply.hang) return;
  if (reply.reset) return response.destroy();
  if (reply.raw !== undefined) return response.socket.end(reply.raw, "latin1");
  if (reply.echo) reply = { ...reply, json: describe(request) };
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
  response.destroy();
}

/** Sends parts of a body with pauses between them; an endless one repeats until the other side leaves. */
async function drip(response, parts, every = 0, endless = false) {
  response.flushHeaders();
  do {
    for await (const part of parts) {
      if (response.destroyed) return;
      response.write(part);
      if (every > 0) await sleep(every);
    }
  } while (endless && !response.destroyed);
  response.end();
}

const describe = ({ method, path, query, headers, body }) => ({ method, path, query, headers, body });
