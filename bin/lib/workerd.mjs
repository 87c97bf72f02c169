// A local workerd: its configuration in a temporary folder, its process, its end.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { Failure, codeOf } from "./errors.mjs";
import { linkedFiles } from "./linked.mjs";
import { MODULE_FILES, buildDir } from "./modules.mjs";
import { WorkerdLog } from "./run/log.mjs";

/**
 * What a local gateway is made of.
 *
 * @typedef {object} Settings
 * @property {Pick<import("./core.mjs").ReadConfig, "text" | "files">} config
 * @property {string} address
 * @property {Record<string, string>} vars
 * @property {string} [assets] A folder of files for the binding ASSETS.
 * @property {string[]} [workerFirst] The globs of paths for which the gateway is asked before they are answered; all by default.
 * @property {import("./run/variables.mjs").Binding[]} [bindings] Services at other addresses.
 * @property {string[]} [direct] Bindings whose calls go over the network of this machine.
 * @property {boolean} [logRequests] Whether each request and each call is logged.
 * @property {string[]} [counters] Bindings that count for rate limits.
 * @property {string[]} [readers] Bindings of objects that read groups of Kafka.
 * @property {import("./run/queues.mjs").LocalQueue[]} [queues] Queues of the platform.
 * @property {boolean} [cache] Whether backends share answers.
 * @property {boolean} [sockets] Whether origins are called over sockets.
 * @property {string} [codeDir] The worker's modules, if they aren't those of the build.
 * @property {URL} [module] The folder of the core's module and its glue, if they aren't those beside the others.
 * @property {string} [cfHeader] The header line that tells a request's `cf`, as JSON; without one workerd tells the peer.
 */

/** The same as in wrangler.toml, and what `fjord new` writes. */
export const COMPATIBILITY_DATE = "2026-11-17";

/** The binary itself: signals sent to the Node program that npm puts before it would not arrive. */
export function binary() {
  const require = createRequire(import.meta.url);
  try {
    const packageDir = path.dirname(require.resolve("workerd/package.json"));
    const platform = process.platform === "win32" ? "windows" : process.platform;
    const name = process.platform === "win32" ? "workerd.exe" : "workerd";
    const arch = process.arch === "arm64" ? "arm64" : "64";
    return createRequire(path.join(packageDir, "package.json")).resolve(`@cloudflare/workerd-${platform}-${arch}/bin/${name}`);
  } catch {
    throw new Failure("workerd is missing: run `npm install` first.");
  }
}

/**
 * A text literal of Cap'n Proto.
 *
 * @param {string} text
 */
const quote = (text) => `"${text.replace(/[\\"]/g, "\\$&").replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;

/**
 * How workerd names a kind of module.
 *
 * @type {Record<string, string>}
 */
const MODULE_KINDS = { ".mjs": "esModule", ".wasm": "wasm", ".json": "text" };

/**
 * The modules of a worker, as lines of its configuration; the entry comes first.
 *
 * @param {string[]} names
 */
const moduleLines = (names) =>
  names.map((name) => `(name = ${quote(name)}, ${MODULE_KINDS[path.extname(name)]} = embed ${quote(name)})`).join(",\n      ");

/**
 * The objects that count for rate limits, and those that read groups of Kafka. On disk: what is kept in memory goes when an object
 * does, after ten idle seconds.
 */
const OBJECTS = `
  durableObjectNamespaces = [(className = "FjordLimits", uniqueKey = "limits"), (className = "FjordOrigins", uniqueKey = "origins")],
  durableObjectStorage = (localDisk = "objects"),`;
/** @param {string} dir */
const objectsDisk = (dir) => `
    (name = "objects", disk = (path = ${quote(dir)}, writable = true)),`;

/** What keeps the answers that backends share: workerd has no cache of its own. */
const CACHE = `
    (name = "cache", worker = (
      modules = [${moduleLines(["edgecache.mjs"])}],
      compatibilityDate = "${COMPATIBILITY_DATE}",
    )),`;

/**
 * The service of a binding at another address. Requests keep the name that the configuration calls.
 *
 * @param {import("./run/variables.mjs").Binding} binding
 */
const external = ({ name, address, https, host }) => `
    (name = ${quote(`bind-${name}`)}, external = (address = ${quote(address)}, ${https ? `https = (certificateHost = ${quote(host)}, tlsOptions = (trustBrowserCas = true))` : "http = ()"})),`;

/**
 * The service of a queue, which delivers to the gateway.
 *
 * @param {import("./run/queues.mjs").LocalQueue} queue
 */
function queueService({ name, consumer }) {
  const dead = consumer?.dead_letter_queue;
  const bindings = [
    '(name = "GATEWAY", service = "gateway")',
    `(name = "NAME", text = ${quote(name)})`,
    `(name = "CONSUMER", json = ${quote(JSON.stringify(consumer))})`,
    ...(dead === undefined ? [] : [`(name = "DEAD", queue = ${quote(`queue-${dead}`)})`]),
  ];
  return `
    (name = ${quote(`queue-${name}`)}, worker = (
      modules = [${moduleLines(["queue.mjs"])}],
      bindings = [${bindings.join(", ")}],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      compatibilityFlags = ["service_binding_extra_handlers"],
    )),`;
}

/**
 * @param {Pick<Required<Settings>, "address" | "cache" | "workerFirst"> & { hasObjects: boolean, assets?: string, cfHeader?: string, flags: string[], services: string, modules: string[], bindings: string[], dir: string }} parts
 */
function workerdConfig({ modules, bindings, services, address, assets, workerFirst, hasObjects, cache, cfHeader, flags, dir }) {
  const disk = `
    (name = "assets", worker = (
      modules = [${moduleLines(["assets.mjs"])}],
      bindings = [(name = "DISK", service = "disk")],
      compatibilityDate = "${COMPATIBILITY_DATE}",
    )),
    (name = "disk", disk = (path = ${quote(assets ?? "")})),`;
  const front = `
    (name = "front", worker = (
      modules = [${moduleLines(FRONT)}],
      bindings = [(name = "ASSETS", service = "assets"), (name = "GATEWAY", service = "gateway"), (name = "WORKER_FIRST", json = ${quote(JSON.stringify(workerFirst))})],
      compatibilityDate = "${COMPATIBILITY_DATE}",
    )),`;
  const assetsFirst = isMixed(workerFirst);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),${assets ? disk : ""}${assetsFirst ? front : ""}${cache ? CACHE : ""}${hasObjects ? objectsDisk(path.join(dir, "objects")) : ""}${services}
  ],
  sockets = [(name = "http", address = ${quote(address)}, http = (${cfHeader ? `cfBlobHeader = ${quote(cfHeader)}` : ""}), service = "${assetsFirst ? "front" : "gateway"}")],
);

const gateway :Workerd.Worker = (
  modules = [
      ${moduleLines(modules)},
  ],
  bindings = [
      ${bindings.join(",\n      ")}
  ],${hasObjects ? OBJECTS : ""}${cache ? '\n  cacheApiOutbound = "cache",' : ""}
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = [${flags.map(quote).join(", ")}],
);
`;
}

/** What answers with static files before the gateway. */
const FRONT = ["front.mjs", "globs.mjs"];

/** Whether static files are answered before the gateway at some path. @param {string[]} workerFirst */
export const isMixed = (workerFirst) => workerFirst.join() !== "/*";

/** The workers beside the gateway. */
const workersDir = new URL("../workers/", import.meta.url);

/**
 * Writes everything that workerd reads into `dir`, and gives back the environment that carries the bindings' values.
 *
 * @param {string} dir
 * @param {Settings} settings
 */
function prepare(dir, { config, address, vars, assets, workerFirst = ["/*"], bindings: services = [], direct = [], counters = [], readers = [], queues = [], cache = false, sockets = false, logRequests = false, codeDir = buildDir, module, cfHeader }) {
  const code = fs.readdirSync(codeDir).filter((name) => /\.(mjs|wasm)$/.test(name));
  for (const name of code) fs.copyFileSync(path.join(codeDir, name), path.join(dir, name));
  if (module !== undefined) for (const name of MODULE_FILES) fs.copyFileSync(new URL(name, module), path.join(dir, name));
  // Another worker than the gateway's brings all of its own.
  const linked = codeDir === buildDir ? linkedFiles(sockets) : {};
  for (const [name, bytes] of Object.entries(linked)) {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), bytes);
    if (!code.includes(name)) code.push(name);
  }
  fs.writeFileSync(path.join(dir, "krakend.json"), config.text);
  fs.writeFileSync(path.join(dir, "files.json"), JSON.stringify(config.files));
  const workers = [...(assets === undefined ? [] : ["assets.mjs"]), ...(isMixed(workerFirst) ? FRONT : []), ...(cache ? ["edgecache.mjs"] : []), ...(queues.length > 0 ? ["queue.mjs"] : []), ...(logRequests ? ["requests.mjs"] : [])];
  for (const name of workers) fs.copyFileSync(new URL(name, workersDir), path.join(dir, name));

  // Values travel in the environment: no escaping, and no secret on the disk.
  /** @type {Record<string, string>} */
  const environment = {};
  const bindings = Object.entries(vars).map(([name, value], index) => {
    environment[`FJORD_VALUE_${index}`] = value;
    return `(name = ${quote(name)}, fromEnvironment = "FJORD_VALUE_${index}")`;
  });
  if (assets) bindings.push('(name = "ASSETS", service = "assets")');
  const hasObjects = counters.length > 0 || readers.length > 0;
  if (hasObjects) fs.mkdirSync(path.join(dir, "objects"));
  bindings.push(...counters.map((name) => `(name = ${quote(name)}, durableObjectNamespace = "FjordLimits")`));
  bindings.push(...readers.map((name) => `(name = ${quote(name)}, durableObjectNamespace = "FjordOrigins")`));
  bindings.push(...services.map(({ name }) => `(name = ${quote(name)}, service = ${quote(`bind-${name}`)})`));
  bindings.push(...queues.flatMap((queue) => queue.bindings.map((name) => `(name = ${quote(name)}, queue = ${quote(`queue-${queue.name}`)})`)));
  bindings.push(...direct.map((name) => `(name = ${quote(name)}, service = "internet")`));
  const entries = [...(logRequests ? ["requests.mjs"] : []), "worker.mjs"];
  const modules = [...entries, ...code.filter((name) => name !== "worker.mjs"), "krakend.json", "files.json"];
  const flags = logRequests ? ["nodejs_als"] : [];
  const parts = { modules, bindings, services: services.map(external).join("") + queues.map(queueService).join(""), address, assets, workerFirst, hasObjects, cache, cfHeader, flags, dir };
  fs.writeFileSync(path.join(dir, "config.capnp"), workerdConfig(parts));
  return environment;
}

/** A worker calls another's `queue` handler by a flag that workerd calls experimental. */
const EXPERIMENTAL = ["--experimental"];

/** How long requests in flight may take when a gateway stops. */
const PATIENCE_MS = 2000;

/** The temporary folders of runs on this machine: a container that shares the folder has processes of its own. The process id follows. */
export const PREFIX = `fjord-run-${os.hostname().replace(/[^A-Za-z0-9]+/g, "_")}-`;

/** Removes the folders of runs that were killed before they could. Those of other users stay. */
export function removeLeftovers(tmp = os.tmpdir()) {
  for (const name of fs.readdirSync(tmp)) {
    const [, pid] = (name.startsWith(PREFIX) && /^(\d+)-/.exec(name.slice(PREFIX.length))) || [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      fs.rmSync(path.join(tmp, name), { recursive: true, force: true });
    } catch {
      // Another user's, or another process is removing it.
    }
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user may not be asked, but it's there.
    return codeOf(error) === "EPERM";
  }
}

/**
 * Starts workerd with the modules of the build (or of `codeDir`); resolves when it listens. `ended` resolves to a message when
 * workerd stops by itself. `stop` lets requests in flight end, `end` not longer than some milliseconds. The process doesn't outlive this one, however this one ends.
 *
 * @param {Settings} settings
 * @returns {Promise<{ pid: number | undefined, port: number, ended: Promise<string>, stop: () => Promise<string>, end: (patience: number) => Promise<string> }>}
 */
export async function startWorkerd(settings) {
  const program = binary();
  removeLeftovers();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  const cleanUp = () => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const begin = () => {
    try {
      const environment = prepare(dir, settings);
      return spawn(program, ["serve", "--control-fd=3", ...(settings.queues?.length ? EXPERIMENTAL : []), path.join(dir, "config.capnp")], {
        // For people lines are put together. A program gets them at once, as they are.
        stdio: ["ignore", "inherit", process.stderr.isTTY ? "pipe" : "inherit", "pipe"],
        env: { ...process.env, ...environment },
      });
    } catch (error) {
      cleanUp();
      throw error;
    }
  };
  const child = begin();
  const killNow = () => child.kill("SIGKILL");
  const atExit = () => {
    killNow();
    cleanUp();
  };
  process.on("exit", atExit);
  const guard = startGuard(child.pid);
  if (child.stderr) {
    const log = new WorkerdLog((text) => process.stderr.write(text));
    child.stderr.setEncoding("utf8").on("data", (text) => log.take(String(text))).on("end", () => log.end());
  }

  /** @type {Promise<string>} */
  const stopped = new Promise((resolve) => {
    child.on("error", (error) => resolve(`workerd can't be started: ${error.message}`));
    child.on("exit", (code, signal) => resolve(`workerd stopped (${signal ?? `exit code ${code}`})`));
  });
  const ended = stopped.then((message) => {
    process.off("exit", atExit);
    guard?.kill();
    cleanUp();
    return message;
  });
  const end = (/** @type {number} */ patience) => {
    child.kill("SIGTERM");
    const force = setTimeout(killNow, patience);
    return ended.finally(() => clearTimeout(force));
  };
  /** @type {Promise<number>} */
  const listening = new Promise((resolve) => {
    let seen = "";
    child.stdio[3]?.on("data", (chunk) => {
      seen += chunk;
      const event = /\{"event":"listen","socket":"http","port":(\d+)\}/.exec(seen);
      if (event) resolve(Number(event[1]));
    });
  });
  const port = await Promise.race([listening, ended.then((message) => Promise.reject(new Failure(message)))]);
  return { pid: child.pid, port, ended, end, stop: () => end(PATIENCE_MS) };
}

/**
 * What ends a process when its input closes: a shell, or Node where there is none.
 *
 * @param {number} pid
 * @param {NodeJS.Platform} platform
 */
export function guardCommand(pid, platform) {
  if (platform !== "win32") return { program: "sh", args: ["-c", `read -r line; kill -9 ${pid}`] };
  return { program: process.execPath, args: ["-e", `process.stdin.on("end", () => process.kill(${pid}, "SIGKILL")).resume()`] };
}

/**
 * Ends workerd also when this process is killed outright: the guard's input then closes.
 *
 * @param {number | undefined} pid
 */
function startGuard(pid) {
  if (pid === undefined) return undefined;
  const { program, args } = guardCommand(pid, process.platform);
  const guard = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"], detached: true, windowsHide: true });
  guard.on("error", () => {});
  guard.unref();
  return guard;
}
