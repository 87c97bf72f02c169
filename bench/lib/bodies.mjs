// What large, swelling and endless bodies do to the memory of a gateway: each alone, and from several clients at once.
import { once } from "node:events";
import http from "node:http";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { listening } from "../../tests/support/upstream.mjs";
import { memory } from "./process.mjs";
import { prepare, startGateway, weighingBuild } from "./servers.mjs";

const MB = 1 << 20;
/** How long a client waits at most. */
const PATIENCE = 60_000;

/**
 * A kind of body, and the endpoint for it.
 *
 * @typedef {object} Kind
 * @property {object} endpoint
 * @property {() => Iterable<string>} [post] What a client sends.
 * @property {boolean} [chunked] Whether the client announces no length.
 * @property {() => Iterable<string>} [answer] What the origin answers.
 * @property {boolean} [announced] Whether the origin announces a length.
 * @property {number} [gzip] The size of the origin's answer before compression.
 */

/**
 * Memory in MB, answers by status, and the status of the next request.
 *
 * @typedef {{ wasm: number, instances: number, base: number, growth: number, statuses: Record<string, number>, next: string }} Weight
 */

/**
 * `text` again and again, as parts of about 64 KB, up to `bytes`.
 *
 * @param {string} text
 * @param {number} bytes
 */
function* repeated(text, bytes) {
  const part = text.repeat(Math.ceil(65_536 / text.length));
  for (let sent = 0; sent < bytes; sent += part.length) yield part;
}

/**
 * @param {string} head
 * @param {string} text
 * @param {string} tail
 * @param {number} bytes
 */
function* filled(head, text, tail, bytes) {
  yield head;
  yield* repeated(text, bytes);
  yield tail;
}

const whole = (/** @type {Iterable<string>} */ parts) => Buffer.from([...parts].join(""));
const list = (/** @type {string} */ text, /** @type {number} */ bytes) => filled("[0", text, "]", bytes);
const words = (/** @type {number} */ bytes) => filled('{"a":"', "x", '"}', bytes);

/**
 * What is compressed once, however often it is sent, by its size.
 *
 * @type {Map<number, Promise<Buffer>>}
 */
const packed = new Map();

/** @param {number} bytes */
function gzipped(bytes) {
  const made = packed.get(bytes) ?? compressed(words(bytes));
  packed.set(bytes, made);
  return made;
}

/** @param {Iterable<string>} parts */
async function compressed(parts) {
  const chunks = [];
  for await (const chunk of Readable.from(parts).pipe(createGzip())) chunks.push(/** @type {Buffer} */ (chunk));
  return Buffer.concat(chunks);
}

const schema = { "validation/json-schema": { type: "array", items: { type: "integer" } } };
const flatmap = { proxy: { flatmap_filter: [{ type: "del", args: ["collection.*.a"] }] } };
const one = (/** @type {object} */ backend = {}, /** @type {object} */ rest = {}) => ({ ...rest, backend: [{ url_pattern: "/origin", ...backend }] });

/**
 * The kinds of bodies, by name.
 *
 * @type {Record<string, Kind>}
 */
export const kinds = {
  "5 MB [1,1,…] to a schema": { endpoint: one({ method: "POST" }, { method: "POST", extra_config: schema }), post: () => list(",1", 5 * MB) },
  "10 MB [1,1,…] to a schema": { endpoint: one({ method: "POST" }, { method: "POST", extra_config: schema }), post: () => list(",1", 10 * MB) },
  "30 MB [{},{},…], collection + flatmap": { endpoint: one({ is_collection: true, extra_config: flatmap }), answer: () => filled("[{}", ",{}", "]", 30 * MB), announced: true },
  "6 MB [{},{},…], collection + flatmap": { endpoint: one({ is_collection: true, extra_config: flatmap }), answer: () => filled("[{}", ",{}", "]", 6 * MB), announced: true },
  "gzip of 60 MB": { endpoint: one(), gzip: 60 * MB },
  "gzip of 400 MB": { endpoint: one(), gzip: 400 * MB },
  "gzip of 1000 MB": { endpoint: one(), gzip: 1000 * MB },
  "an origin that never ends": { endpoint: one({}, { timeout: "2s" }), answer: () => words(Infinity) },
  "25 MB posted to two backends": {
    endpoint: { method: "POST", backend: [{ url_pattern: "/origin", method: "POST" }, { url_pattern: "/origin", method: "POST" }] },
    post: () => words(25 * MB),
  },
  "5 MB posted to two backends": {
    endpoint: { method: "POST", backend: [{ url_pattern: "/origin", method: "POST" }, { url_pattern: "/origin", method: "POST" }] },
    post: () => words(5 * MB),
  },
  "25 MB posted in chunks to two backends": {
    endpoint: { method: "POST", backend: [{ url_pattern: "/origin", method: "POST" }, { url_pattern: "/origin", method: "POST" }] },
    post: () => words(25 * MB),
    chunked: true,
  },
  "7 MB passed through": { endpoint: one(), answer: () => words(7 * MB), announced: true },
  "7 MB of members": { endpoint: one(), answer: () => members(7 * MB) },
  "6 MB of a text that is escaped": { endpoint: one({ encoding: "string" }), answer: () => repeated("<", 6 * MB) },
  "6 MB of XML elements": { endpoint: one({ encoding: "xml" }), answer: () => filled("<a>", "<b/>", "</a>", 6 * MB) },
  "6 MB of YAML items": { endpoint: one({ encoding: "yaml" }), answer: () => filled("a:\n", "- b\n", "", 6 * MB) },
};

/** @param {number} bytes */
function* members(bytes) {
  yield '{"":0';
  let part = "";
  for (let at = 0, sent = 0; sent < bytes; at++) {
    part += `,"${at.toString(36)}":1`;
    if (part.length > 65_536) {
      sent += part.length;
      yield part;
      part = "";
    }
  }
  yield `${part}}`;
}

/**
 * What an origin answers in one piece; null if it answers part by part.
 *
 * @param {Kind} kind
 */
async function wholeAnswer({ announced, answer, gzip }) {
  if (gzip !== undefined) return gzipped(gzip);
  return announced && answer ? whole(answer()) : null;
}

/**
 * An origin whose answers are those of a kind.
 *
 * @param {Kind} kind
 */
async function startOrigin(kind) {
  const body = await wholeAnswer(kind);
  /**
   * @param {http.IncomingMessage} incoming
   * @param {http.ServerResponse} response
   */
  const answer = async (incoming, response) => {
    incoming.resume();
    if (incoming.url === "/small") return response.end("{}");
    response.setHeader("content-type", "application/json");
    response.on("error", () => {});
    const gone = once(response, "close");
    if (kind.gzip) response.setHeader("content-encoding", "gzip");
    if (body !== null) return response.setHeader("content-length", body.length).end(body);
    for (const part of kind.answer?.() ?? ["{}"]) {
      if (response.destroyed) return undefined;
      if (!response.write(part)) await Promise.race([once(response, "drain"), gone]);
    }
    return response.end();
  };
  const server = http.createServer((incoming, response) => void answer(incoming, response));
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * One request; its status, or how the connection ended. The answer's body is read and forgotten.
 *
 * @param {number} port
 * @param {string} path
 * @param {{ method?: string, body?: Buffer | null, chunked?: boolean }} [options]
 * @returns {Promise<string>}
 */
function exchange(port, path, { method = "GET", body = null, chunked = false } = {}) {
  return new Promise((resolve) => {
    const headers = body !== null && !chunked ? { "content-length": body.length } : {};
    const request = http.request({ port, host: "127.0.0.1", path, method, headers, agent: false, timeout: PATIENCE }, (response) => {
      response.resume();
      response.on("close", () => resolve(response.complete ? String(response.statusCode) : `${response.statusCode}, cut`));
      response.on("error", () => {});
    });
    request.on("timeout", () => request.destroy(new Error("hung")));
    // An answer that comes before the body has been sent closes the connection, now and then before it is read.
    request.on("error", (error) => resolve(error.message === "hung" ? "hung" : "closed"));
    if (body !== null) request.write(body);
    request.end();
  });
}

/**
 * The bytes of the module's instances.
 *
 * @param {number} port
 */
async function weights(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/__weights`);
  return /** @type {number[]} */ (await answer.json());
}

/**
 * Sends `clients` requests of a kind at once, `rounds` times, to a fresh gateway.
 *
 * @param {Kind} kind
 * @param {number} clients
 * @returns {Promise<Weight>}
 */
export async function weigh(kind, clients, rounds = 1) {
  const origin = await startOrigin(kind);
  const config = { version: 3, timeout: "20s", host: [origin.url], endpoints: [{ endpoint: "/kind", ...kind.endpoint }, { endpoint: "/small", backend: [{ url_pattern: "/small" }] }] };
  const { config: prepared, refused } = await prepare(config);
  if (refused !== undefined) throw new Error(refused);
  const build = weighingBuild();
  const server = await startGateway(prepared, build.dir);
  const body = kind.post ? whole(kind.post()) : null;
  try {
    for (let warm = 0; warm < 20; warm++) await exchange(server.port, "/small");
    const base = memory(server.pid);
    let peak = base;
    const sampler = setInterval(() => (peak = Math.max(peak, memory(server.pid))), 5);
    /** @type {Record<string, number>} */
    const statuses = {};
    for (let round = 0; round < rounds; round++) {
      const requests = Array.from({ length: clients }, () => exchange(server.port, "/kind", { method: body === null ? "GET" : "POST", body, chunked: kind.chunked }));
      for (const status of await Promise.all(requests)) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    const next = await exchange(server.port, "/small");
    clearInterval(sampler);
    const instances = await weights(server.port);
    return { wasm: Math.max(...instances) / MB, instances: instances.length, base, growth: peak - base, statuses, next };
  } finally {
    await server.stop();
    await origin.stop();
    build.remove();
  }
}

/**
 * A line of the table.
 *
 * @param {string} name
 * @param {number} clients
 * @param {Weight} weight
 */
export const row = (name, clients, { wasm, instances, growth, statuses, next }) => {
  const answers = Object.entries(statuses).map(([status, count]) => (count === 1 ? status : `${count} × ${status}`)).join(", ");
  return `| ${name} | ${clients} | ${wasm.toFixed(0)}${instances > 1 ? `, ${instances} instances` : ""} | ${growth.toFixed(0)} | ${answers} | ${next} |`;
};

export const HEAD = "| body | clients | largest instance, MB | RSS grows by, MB | answers | next |\n|---|---|---|---|---|---|";
