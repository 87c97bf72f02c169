// What a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";
import { matcher } from "../workers/globs.mjs";
import { deaf, nodeless } from "./flags.mjs";
import { leftAside, missingExports } from "./surroundings.mjs";

/** The names of a Wrangler file, in the order in which Wrangler looks for them: it reads the first. */
export const WRANGLER_FILES = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/** More files than these aren't looked at. */
const MAX_ASSETS = 2000;

/**
 * What a Wrangler file declares.
 *
 * @typedef {object} Worker
 * @property {string} file
 * @property {string[]} names Of all bindings, variables and required secrets, of `.dev.vars` too.
 * @property {Record<string, "exactly" | "locally">} counters The bindings that can count for rate limits, and how.
 * @property {Record<string, string>} overrides Variables that take the place of options.
 * @property {string[]} assets The paths that the platform answers with files before it asks the worker.
 * @property {Served} [served] The files of the binding ASSETS.
 * @property {import("./surroundings.mjs").Surrounding[]} [findings] What is wrong with the file itself, or with the Worker's entry module.
 * @property {string[]} [stored] Secrets that a Secrets Store has.
 * @property {string[]} [consumed] The queues that it consumes.
 * @property {{ [queue: string]: Consumer }} [consumers] What it says of each.
 * @property {{ [binding: string]: string }} [producers] The queues that it sends to, by binding.
 * @property {string} [deaf] What switches `request.signal` off, so that no worker hears that a client has left.
 * @property {string} [nodeless] What switches the modules of Node off.
 */

/**
 * A consumer of a queue, as far as a local run heeds it.
 *
 * @typedef {{ max_batch_size?: number, max_retries?: number, dead_letter_queue?: string }} Consumer
 */

/**
 * A folder of files that the platform serves, and the globs of the paths for which it asks the worker before it answers with them.
 *
 * @typedef {{ folder: string, workerFirst: string[] }} Served
 */

/**
 * Members of the settings that are looked at. Wrangler hasn't checked them: each may hold anything.
 *
 * @typedef {{ [name: string]: unknown }} Settings
 */

/**
 * The Wrangler file beside a configuration; undefined without one that can be read.
 *
 * @param {string} config
 * @param {string} [environment] The environment that is deployed, as Wrangler takes it from CLOUDFLARE_ENV.
 * @returns {Promise<Worker | undefined>}
 */
export async function workerBeside(config, environment = process.env.CLOUDFLARE_ENV) {
  const folder = path.dirname(config);
  const present = WRANGLER_FILES.filter((name) => fs.existsSync(path.join(folder, name)));
  const [file] = present;
  if (file === undefined) return undefined;
  const settings = await read(path.join(folder, file));
  if (settings === undefined) return undefined;
  const own = ofEnvironment(settings, environment);
  /** @type {Worker} */
  const found = {
    file,
    names: local(path.join(folder, ".dev.vars")),
    counters: {},
    overrides: overrides(members(own.vars)),
    assets: assetsOf(own.assets, folder),
    deaf: anywhere(settings, deaf),
    nodeless: nodeless(own),
  };
  /** @type {string[]} */
  const classes = [];
  collect(own, found, classes);
  const findings = [...leftAside(present), ...missingExports(folder, own.main, classes)];
  const stored = storedIn(own.secrets_store_secrets);
  const served = servedFolder(own.assets, folder);
  const queues = queuesOf(own.queues);
  return { ...found, ...queues, ...(findings.length > 0 && { findings }), ...(stored.length > 0 && { stored }), ...(served && { served }) };
}

/**
 * The variables that take the place of options, as KrakenD reads them from the environment.
 *
 * @param {{ [name: string]: unknown }} variables
 * @returns {Record<string, string>}
 */
export function overrides(variables) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, value] of Object.entries(variables)) {
    // A variable of another shape isn't an option's value.
    if (name.startsWith("KRAKEND_") && (typeof value === "string" || typeof value === "number" || typeof value === "boolean")) found[name] = String(value);
  }
  return found;
}

/**
 * The names of the bindings to secrets of a Secrets Store.
 *
 * @param {unknown} list
 */
const storedIn = (list) => (Array.isArray(list) ? list.map((one) => members(one).binding).filter(isText) : []);

/**
 * The queues that settings name; nothing where there are none.
 *
 * @param {unknown} queues
 * @returns {Pick<Worker, "consumed" | "consumers" | "producers">}
 */
function queuesOf(queues) {
  const list = (/** @type {unknown} */ value) => (Array.isArray(value) ? value.map(members) : []);
  const { consumers, producers } = members(queues);
  const consumed = list(consumers).filter(({ queue }) => isText(queue));
  const sent = list(producers).filter(({ binding, queue }) => isText(binding) && isText(queue));
  if (consumed.length + sent.length === 0) return {};
  return {
    consumed: consumed.map(({ queue }) => String(queue)),
    consumers: Object.fromEntries(consumed.map(({ queue, max_batch_size: size, max_retries: retries, dead_letter_queue: dead }) => [String(queue), consumer(size, retries, dead)])),
    producers: Object.fromEntries(sent.map(({ binding, queue }) => [String(binding), String(queue)])),
  };
}

/**
 * @param {unknown} size
 * @param {unknown} retries
 * @param {unknown} dead
 * @returns {Consumer}
 */
const consumer = (size, retries, dead) => ({
  ...(typeof size === "number" && { max_batch_size: size }),
  ...(typeof retries === "number" && { max_retries: retries }),
  ...(isText(dead) && { dead_letter_queue: dead }),
});

/** Settings that an environment declares anew, or hasn't got. */
const OWN = /^(?:vars|secrets|services|durable_objects|ratelimits|kv_namespaces|r2_buckets|d1_databases|queues|secrets_store_secrets|vpc_.*|unsafe|workflows|hyperdrive|vectorize|ai|browser|dispatch_namespaces|mtls_certificates|analytics_engine_datasets|send_email|pipelines|version_metadata)$/;

/**
 * The settings in force: those of an environment, or those at the top. Bindings of other environments aren't there.
 *
 * @param {Settings} settings
 * @param {string | undefined} environment
 * @returns {Settings}
 */
function ofEnvironment({ env, ...top }, environment) {
  if (!environment) return top;
  const inherited = Object.entries(top).filter(([name]) => !OWN.test(name));
  return { ...Object.fromEntries(inherited), ...members(members(env)[environment]) };
}

/**
 * The folder that the platform serves as the binding ASSETS, if it is there.
 *
 * @param {unknown} assets
 * @param {string} folder
 * @returns {Served | undefined}
 */
function servedFolder(assets, folder) {
  const { directory, binding, run_worker_first: workerFirst = false } = members(assets);
  const found = typeof directory === "string" && binding === "ASSETS" ? path.resolve(folder, directory) : undefined;
  if (found === undefined || !fs.existsSync(found)) return undefined;
  return { folder: found, workerFirst: globs(workerFirst) };
}

/**
 * The members of an object; none of anything else.
 *
 * @param {unknown} value
 * @returns {Settings}
 */
const members = (value) => (isObject(value) ? value : {});

/**
 * @param {unknown} value
 * @returns {value is Settings}
 */
const isObject = (value) => value !== null && typeof value === "object";

/**
 * @param {unknown} value
 * @returns {value is string}
 */
const isText = (value) => typeof value === "string";

/**
 * What one of the worker's environments, or the settings at the top, says of a flag; undefined if none says anything.
 *
 * @param {Settings} settings
 * @param {(settings: Settings) => string | undefined} says
 */
function anywhere(settings, says) {
  const top = says(settings);
  if (top !== undefined) return top;
  for (const [name, own] of Object.entries(members(settings.env))) {
    const said = says({ ...settings, ...members(own) });
    if (said !== undefined) return `${said} of the environment ${name}`;
  }
  return undefined;
}

/**
 * The settings; undefined if they can't be read: Wrangler says what is wrong with them.
 *
 * @param {string} file
 * @returns {Promise<Settings | undefined>}
 */
async function read(file) {
  const text = fs.readFileSync(file, "utf8");
  try {
    if (file.endsWith(".toml")) {
      const { fromToml } = await import("./formats/toml.mjs");
      return settingsOf(fromToml({ file, text }).text);
    }
    // Comments and trailing commas; what looks like one inside of a string stays.
    const plain = text.replace(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[^]*?\*\//g, "$1").replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
    return settingsOf(plain);
  } catch {
    return undefined;
  }
}

/** @param {string} json */
function settingsOf(json) {
  const settings = /** @type {unknown} */ (JSON.parse(json));
  return isObject(settings) ? settings : undefined;
}

/**
 * Collects what settings declare.
 *
 * @param {unknown} settings
 * @param {Worker} found
 * @param {string[]} classes Of Durable Objects that the Worker itself has.
 */
function collect(settings, found, classes) {
  if (!isObject(settings)) return;
  const { binding, name, class_name: durable, script_name: elsewhere, namespace_id: limit, vars, secrets } = settings;
  if (isText(durable) && isText(name) && elsewhere === undefined) classes.push(durable);
  // A Durable Object has a class, a rate limit a namespace, each beside its name.
  const counts = isText(durable) ? "exactly" : limit !== undefined && "locally";
  if (isText(name) && counts) found.counters[name] = counts;
  const { required } = members(secrets);
  const names = [binding, counts && name, ...Object.keys(members(vars)), ...(Array.isArray(required) ? /** @type {unknown[]} */ (required) : [])];
  found.names.push(...names.filter(isText));
  for (const value of Object.values(settings)) collect(value, found, classes);
}

/**
 * The names in a file of variables.
 *
 * @param {string} file
 */
function local(file) {
  if (!fs.existsSync(file)) return [];
  return [...fs.readFileSync(file, "utf8").matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].flatMap(([, name]) => name ?? []);
}

/**
 * The paths of files that the platform serves by itself.
 *
 * @param {unknown} assets
 * @param {string} folder
 */
function assetsOf(assets, folder) {
  const { directory, run_worker_first: workerFirst = false } = members(assets);
  if (typeof directory !== "string" || workerFirst === true) return [];
  const root = path.resolve(folder, directory);
  if (!fs.existsSync(root)) return [];
  const isFirst = matcher(globs(workerFirst));
  const paths = filesBelow(root).flatMap((name) => {
    const file = `/${name.split(path.sep).join("/")}`;
    // Pages are found without their endings.
    return [file, file.replace(/(\/)index\.html$|\.html$/, "$1")];
  });
  return [...new Set(paths)].filter((file) => !isFirst(file)).sort();
}

/** The paths for which `run_worker_first` has the worker asked first. @param {unknown} value */
const globs = (value) => (Array.isArray(value) ? value.filter(isText) : value === true ? ["/*"] : []);

/**
 * The files below a folder, as far as they are looked at.
 *
 * @param {string} root
 */
function filesBelow(root) {
  const files = [];
  for (const name of fs.readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (fs.lstatSync(path.join(root, name)).isFile()) files.push(name);
    if (files.length === MAX_ASSETS) break;
  }
  return files;
}
