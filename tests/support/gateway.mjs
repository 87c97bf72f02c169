// Gateways for black-box tests: `fjord run` with a configuration made in the test.
//
//   const upstream = await origin(t, { "/users/1": { json: { id: 1 } } });
//   const gateway = await serve(t, config([endpoint("/me", [{ host: [upstream.url], url_pattern: "/users/1" }])]));
//   const answer = await gateway.get("/me");
//   assert.deepEqual(answer.json, { id: 1 });
//
// `t` is a test's context, or `{ after }` of node:test for a gateway of a whole file: both stop when it ends.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startUpstream } from "./upstream.mjs";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const fjord = path.join(root, "bin/fjord.mjs");

/**
 * What stops something when a test ends.
 *
 * @typedef {{ after: (stop: () => unknown) => void }} Context
 */

/**
 * An answer. `json` is undefined when the body is none; a test says by its assertions what it expects of it.
 *
 * @typedef {{ status: number, headers: Headers, text: string, json: any, header: (name: string) => string | null }} Answer
 */

/** @typedef {Awaited<ReturnType<typeof runGateway>>} Gateway */

/**
 * A part of a configuration, right or wrong.
 *
 * @typedef {{ [name: string]: any }} Part
 */

/**
 * A configuration around endpoints.
 *
 * @param {Part[]} endpoints
 * @param {Part} [rest]
 * @returns {Part}
 */
export const config = (endpoints, rest = {}) => ({ version: 3, ...rest, endpoints });

/**
 * An endpoint around backends.
 *
 * @param {string} pattern
 * @param {Part[]} backend
 * @param {Part} [rest]
 * @returns {Part}
 */
export const endpoint = (pattern, backend, rest = {}) => ({ endpoint: pattern, ...rest, backend });

/**
 * An upstream for one test.
 *
 * @param {Context} t
 * @param {import("./upstream.mjs").Routes} [routes]
 */
export async function origin(t, routes) {
  const upstream = await startUpstream(routes);
  t.after(() => upstream.stop());
  return upstream;
}

/**
 * A running gateway for one test.
 *
 * @param {Context} t
 * @param {Part | string} configuration
 * @param {Options} [options]
 */
export async function serve(t, configuration, options) {
  const gateway = await startGateway(configuration, options);
  t.after(() => gateway.stop());
  return gateway;
}

/**
 * A folder for one test, with files in it.
 *
 * @param {Record<string, string | Uint8Array>} files
 */
export function folder(files) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-test-"));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), content);
  }
  return { dir, remove: () => fs.rmSync(dir, { recursive: true, force: true }) };
}

/** @param {Part | string} configuration */
const asText = (configuration) => (typeof configuration === "string" ? configuration : JSON.stringify(configuration, null, 2));

/**
 * How a gateway is started.
 *
 * @typedef {object} Options
 * @property {boolean} [lenient]
 * @property {boolean} [debug]
 * @property {Record<string, string>} [env] Variables of the gateway.
 * @property {string} [assets]
 * @property {Record<string, string | Uint8Array>} [files] Are put beside the configuration.
 * @property {string[]} [args] Further arguments.
 */

/**
 * Starts `fjord run` on a free port.
 *
 * @param {Part | string} configuration
 * @param {Options} [options]
 */
export async function startGateway(configuration, { lenient = false, debug = false, env = {}, assets, files = {}, args = [] } = {}) {
  const { dir, remove } = folder({ ...files, "krakend.json": asText(configuration) });
  const options = [
    "-c",
    path.join(dir, "krakend.json"),
    "-p",
    "0",
    ...(lenient ? ["--lenient"] : []),
    ...(debug ? ["-d"] : []),
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(assets ? ["--assets", assets] : []),
    ...args,
  ];
  return runGateway(options).finally(() => remove());
}

/**
 * Runs `fjord run` with these arguments; resolves when it listens, and rejects with its output when it ends before.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function runGateway(args, options = {}) {
  const child = spawn(process.execPath, [fjord, "run", ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  /** @type {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} */
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  /** @type {Promise<string>} */
  const listening = new Promise((resolve, reject) => {
    const take = (/** @type {string} */ text) => {
      output += text;
      const [, found] = /^listening on (http:\S+)$/m.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    void ended.then(({ code }) => reject(new Error(`fjord run ended with exit code ${code}:\n${output}`)));
  });
  const url = await listening;

  const request = (/** @type {string} */ target, /** @type {RequestInit | undefined} */ init) => exchange(url + target, init);
  return {
    url,
    pid: child.pid,
    ended,
    /** All it has written so far. */
    get output() {
      return output;
    },
    /** `{ status, headers, text, json }` of a request; `json` is undefined when the body is none. */
    request,
    /**
     * @param {string} target
     * @param {RequestInit["headers"]} [headers]
     */
    get: (target, headers) => request(target, { headers }),
    /**
     * @param {string} target
     * @param {RequestInit["body"]} body
     * @param {RequestInit["headers"]} [headers]
     */
    post: (target, body, headers) => request(target, { method: "POST", body, headers }),
    /**
     * The plain `fetch`, for bodies that are read part by part.
     *
     * @param {string} target
     * @param {RequestInit} [init]
     */
    fetch: (target, init) => fetch(url + target, { redirect: "manual", ...init }),
    /**
     * Sends bytes as they are and gives back the answer's bytes as they come, as Latin-1.
     *
     * @param {string | Uint8Array} bytes
     * @param {number} [wait]
     */
    raw: (bytes, wait) => rawExchange(Number(new URL(url).port), bytes, wait),
    /**
     * Waits until the output matches.
     *
     * @param {RegExp} pattern
     */
    async logged(pattern, patience = 3000) {
      const until = Date.now() + patience;
      while (!pattern.test(output)) {
        if (Date.now() > until) throw new Error(`${pattern} was not logged:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    /** @param {NodeJS.Signals} [signal] */
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<Answer>}
 */
async function exchange(url, init) {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: parse(text), header: (name) => headers.get(name) };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Sends bytes to a port as they are; the answer's bytes, as Latin-1.
 *
 * @param {number} port
 * @param {string | Uint8Array} bytes
 * @returns {Promise<string>}
 */
export function rawExchange(port, bytes, wait = 5000) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("latin1");
    socket.setTimeout(wait, () => socket.destroy());
    socket.on("data", (chunk) => (answer += chunk));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

/**
 * Runs the command to its end.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export function command(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fjord, ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
