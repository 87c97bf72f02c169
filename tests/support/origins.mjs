// The module of the origins on a workerd of its own, and servers for it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import { after } from "node:test";
import { binary } from "../../bin/lib/workerd.mjs";
import { folder, root } from "./gateway.mjs";
import { listening } from "./upstream.mjs";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { ServerOptions } from "node:https" */
/** @import { Duplex } from "node:stream" */
/** @import { Context } from "./gateway.mjs" */

/**
 * A call for the worker: see `tests/workers/origins.mjs`.
 *
 * @typedef {object} Call
 * @property {string} url
 * @property {number} [profile]
 * @property {string} [method]
 * @property {string} [lines]
 * @property {number} [millis]
 * @property {number} [cutAfter]
 * @property {number} [length]
 * @property {boolean} [inflate]
 * @property {"bytes" | "stream"} [upload]
 * @property {number} [abortAfter]
 * @property {number} [giveUpAfter]
 */

/**
 * An operation on a broker: see `tests/workers/origins.mjs`.
 *
 * @typedef {object} Operation
 * @property {number} [broker]
 * @property {string} [group]
 * @property {object} [message]
 * @property {"ack" | "requeue" | "discard" | "none" | "twice"} [settlement]
 * @property {number} [settleAfter]
 * @property {number} [millis]
 * @property {number} [abortAfter]
 * @property {number} [giveUpAfter]
 */

/** @typedef {{ body?: string, token?: number, error?: string, code?: string }} Operated */

/** @typedef {{ status?: number, headers: [string, string][], body: string, error?: string, code?: string }} Called */

const built = path.join(root, "build/origins");

/** Options of a profile, as the core would write them. */
export const profile = (/** @type {object} */ options) => ({ insecure: false, ca: [], public_roots: false, identities: [], min: "1.2", max: "1.3", ...options });

/**
 * The worker with these profiles and brokers; `roots` are the certificates that the platform trusts.
 *
 * @param {Context} t
 * @param {object[]} profiles
 * @param {string[]} [roots]
 * @param {object[]} [brokers]
 */
export async function startWorker(t, profiles, roots = [], brokers = []) {
  assert.ok(fs.existsSync(path.join(built, "module.wasm")), "node scripts/build.mjs --origins has to come first");
  const { dir, remove } = folder({
    "plan.json": JSON.stringify({ tls: profiles, brokers }),
    "worker.mjs": fs.readFileSync(new URL("../workers/origins.mjs", import.meta.url), "utf8"),
  });
  t.after(remove);
  fs.mkdirSync(path.join(dir, "js"));
  const code = fs.readdirSync(built).filter((name) => /\.(mjs|wasm)$/.test(name));
  for (const name of code) fs.copyFileSync(path.join(built, name), path.join(dir, "js", name));
  const names = ["worker.mjs", ...code.map((name) => `js/${name}`), "plan.json"];
  /** @type {Record<string, string>} */
  const kinds = { ".mjs": "esModule", ".wasm": "wasm", ".json": "text" };
  const trusted = roots.map((pem) => JSON.stringify(pem)).join(", ");
  fs.writeFileSync(
    path.join(dir, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "internet", network = (allow = ["private"], tlsOptions = (trustedCertificates = [${trusted}]))),
        (name = "main", worker = (
          modules = [${names.map((name) => `(name = "${name}", ${kinds[path.extname(name)]} = embed "${name}")`).join()}],
          compatibilityDate = "2026-11-17",
          bindings = [(name = "GROUPS", durableObjectNamespace = "FjordOrigins")],
          durableObjectNamespaces = [(className = "FjordOrigins", uniqueKey = "groups")],
          durableObjectStorage = (inMemory = void),
        )),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  const child = spawn(binary(), ["serve", "--control-fd=3", path.join(dir, "config.capnp")], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let output = "";
  child.stdout?.on("data", (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  child.stderr?.on("data", (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.on("close", resolve));
  t.after(() => (child.kill("SIGKILL"), ended));
  let seen = "";
  const url = /** @type {string} */ (
    await new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`workerd ended: ${output}`)));
    child.stdio[3]?.on("data", (/** @type {Buffer} */ chunk) => {
      const port = /"event":"listen".*?"port":(\d+)/.exec((seen += chunk.toString()))?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
  }));
  const address = (/** @type {string} */ way, /** @type {object} */ call) => `${url}/${way}?json=${encodeURIComponent(JSON.stringify(call))}`;
  return {
    pid: child.pid,
    get output() {
      return output;
    },
    /** What a call gives: `{ status, headers, body }`, or `{ error, code }`. */
    call: async (/** @type {Call} */ call, /** @type {RequestInit} */ init = {}) =>
      /** @type {Called} */ (await (await fetch(address("call", call), init)).json()),
    /** The response of a call, streamed. */
    pass: (/** @type {Call} */ call, /** @type {RequestInit} */ init = {}) => fetch(address("pass", call), init),
    publish: async (/** @type {Operation} */ operation, /** @type {string | Uint8Array<ArrayBuffer>} */ body = "") =>
      /** @type {Operated} */ (await (await fetch(address("publish", operation), { method: "POST", body })).json()),
    /** Receives a message and settles it. */
    receive: async (/** @type {Operation} */ operation = {}, /** @type {RequestInit} */ init = {}) =>
      /** @type {Operated} */ (await (await fetch(address("receive", operation), { ...init, method: "POST" })).json()),
    stats: async () => /** @type {{ memory: number, inFlight: number }} */ (await (await fetch(`${url}/stats`)).json()),
    trap: async () => void (await fetch(`${url}/trap`)),
  };
}

/**
 * An operation failed with this code; its text begins with the broker's name.
 *
 * @param {Operated} operated
 * @param {string} name
 * @param {string} code
 * @param {RegExp} text
 */
export function assertFailed({ error = "", code: found }, name, code, text) {
  assert.equal(found, code, error);
  assert.ok(error.startsWith(`${name}: `), error);
  assert.match(error, text);
}

/**
 * The context of a group of tests: what it starts ends after them, the last one first.
 *
 * @returns {Context}
 */
export function groupContext() {
  /** @type {(() => unknown)[]} */
  const ends = [];
  after(async () => {
    for (const end of ends) await end();
  });
  return { after: (end) => void ends.unshift(end) };
}

/**
 * The port of a server that does this with each connection.
 *
 * @param {Context} t
 * @param {(socket: net.Socket) => void} handler
 */
export async function tcpServer(t, handler) {
  const server = net.createServer((socket) => (socket.on("error", () => {}), handler(socket)));
  const port = await listening(server);
  t.after(() => server.close());
  return port;
}

/**
 * An HTTPS server on a free port; `sockets()` is the number of its open connections.
 *
 * @param {Context} t
 * @param {ServerOptions} options
 * @param {(request: IncomingMessage, response: ServerResponse) => unknown} handler
 */
export async function httpsOrigin(t, options, handler) {
  const server = https.createServer(options, (request, response) => void handler(request, response));
  /** @type {Set<Duplex>} */
  const open = new Set();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  const port = await listening(server);
  t.after(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `https://localhost:${port}`, port, sockets: () => open.size };
}
