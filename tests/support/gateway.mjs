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

/** A configuration around endpoints. */
export const config = (endpoints, rest = {}) => ({ version: 3, ...rest, endpoints });

/** An endpoint around backends. */
export const endpoint = (pattern, backend, rest = {}) => ({ endpoint: pattern, ...rest, backend });

/** An upstream for one test. */
export async function origin(t, routes) {
  const upstream = await startUpstream(routes);
  t.after(() => upstream.stop());
  return upstream;
}

/** A running gateway for one test. */
export async function serve(t, configuration, options) {
  const gateway = await startGateway(configuration, options);
  t.after(() => gateway.stop());
  return gateway;
}

/** A folder for one test, with files in it. */
export function folder(files) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-test-"));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), content);
  }
  return { dir, remove: () => fs.rmSync(dir, { recursive: true, force: true }) };
}

const asText = (configuration) => (typeof configuration === "string" ? configuration : JSON.stringify(configuration, null, 2));

/**
 * Starts `fjord run` on a free port. `files` are put beside the configuration; `env` are variables of the gateway;
 * `args` are further arguments.
 */
export async function startGateway(configuration, { lenient = false, debug = false, env = {}, assets, files = {}, args = [] } = {}) {
  const { dir, remove } = folder({ ...files, "krakend.json": asText(configuration) });
  const options = [
    ...(lenient ? ["--lenient"] : []),
    ...(debug ? ["-d"] : []),
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(assets ? ["--assets", assets] : []),
    ...args,
  ];
  const child = spawn(process.execPath, [fjord, "run", "-c", path.join(dir, "krakend.json"), "-p", "0", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  const url = await new Promise((resolve, reject) => {
    const take = (chunk) => {
      output += chunk;
      const line = /^listening on (http:\S+)$/m.exec(output);
      if (line) resolve(line[1]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    ended.then(({ code }) => reject(new Error(`fjord run ended with exit code ${code}:\n${output}`)));
  }).finally(() => remove());

  const request = (target, init) => exchange(url + target, init);
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
    get: (target, headers) => request(target, { headers }),
    post: (target, body, headers) => request(target, { method: "POST", body, headers }),
    /** The plain `fetch`, for bodies that are read part by part. */
    fetch: (target, init) => fetch(url + target, { redirect: "manual", ...init }),
    /** Sends bytes as they are and gives back the answer's bytes as they come, as Latin-1. */
    raw: (bytes, wait) => rawExchange(Number(new URL(url).port), bytes, wait),
    /** Waits until the output matches. */
    async logged(pattern, patience = 3000) {
      const until = Date.now() + patience;
      while (!pattern.test(output)) {
        if (Date.now() > until) throw new Error(`${pattern} was not logged:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

async function exchange(url, init) {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, text, json: parse(text), header: (name) => headers.get(name) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rawExchange(port, bytes, wait = 5000) {
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

/** Runs the command to its end. */
export function command(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fjord, ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
