// What a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";

const FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/** More files than these aren't looked at. */
const MAX_ASSETS = 2000;

/** From this compatibility date on `request.signal` fires by default (measured on workerd 1.20261117.1). */
const SIGNAL_DATE = "2026-11-17";

/**
 * What a Wrangler file declares.
 *
 * @typedef {object} Worker
 * @property {string} file
 * @property {string[]} names Of all bindings, variables and required secrets, of `.dev.vars` too.
 * @property {Record<string, "exactly" | "locally">} counters The bindings that can count for rate limits, and how.
 * @property {Record<string, string>} overrides Variables that take the place of options.
 * @property {string[]} assets The paths that the platform answers with files before it asks the worker.
 * @property {string} [deaf] What switches `request.signal` off, so that no worker hears that a client has left.
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
 * @returns {Promise<Worker | undefined>}
 */
export async function workerBeside(config) {
  const folder = path.dirname(config);
  const file = FILES.find((name) => fs.existsSync(path.join(folder, name)));
  if (file === undefined) return undefined;
  const settings = await read(path.join(folder, file));
  if (settings === undefined) return undefined;
  const overriding = Object.entries(members(settings.vars)).filter(([name]) => name.startsWith("KRAKEND_"));
  /** @type {Worker} */
  const found = {
    file,
    names: local(path.join(folder, ".dev.vars")),
    counters: {},
    overrides: Object.fromEntries(overriding.map(([name, value]) => [name, String(value)])),
    assets: assetsOf(settings.assets, folder),
    deaf: deaf(settings),
  };
  collect(settings, found);
  return found;
}

/**
 * The folder of files that a Wrangler file beside a configuration has the platform serve as the binding ASSETS, if it is there.
 *
 * @param {string} config
 */
export async function assetsBeside(config) {
  const folder = path.dirname(config);
  const file = FILES.find((name) => fs.existsSync(path.join(folder, name)));
  const settings = file === undefined ? undefined : await read(path.join(folder, file));
  const { directory, binding } = members(settings?.assets);
  const found = typeof directory === "string" && binding === "ASSETS" ? path.resolve(folder, directory) : undefined;
  return found !== undefined && fs.existsSync(found) ? found : undefined;
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
 * The setting of the worker, or of one of its environments, that switches `request.signal` off; undefined without one.
 *
 * @param {Settings} settings
 */
function deaf(settings) {
  const environments = Object.entries(members(settings.env)).map(
    ([name, own]) => /** @type {const} */ ([` of the environment ${name}`, { ...settings, ...members(own) }]),
  );
  for (const [whose, { compatibility_date: date, compatibility_flags: flags }] of [/** @type {const} */ (["", settings]), ...environments]) {
    /** @param {string} flag */
    const has = (flag) => Array.isArray(flags) && flags.includes(flag);
    if (has("disable_request_signal")) return `the compatibility flag disable_request_signal${whose}`;
    if (has("enable_request_signal")) continue;
    if (!isText(date)) return `no compatibility_date${whose}`;
    if (date < SIGNAL_DATE) return `the compatibility_date ${date}${whose}`;
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
 * Collects what settings declare, those of environments too.
 *
 * @param {unknown} settings
 * @param {Worker} found
 */
function collect(settings, found) {
  if (!isObject(settings)) return;
  const { binding, name, class_name: durable, namespace_id: limit, vars, secrets } = settings;
  // A Durable Object has a class, a rate limit a namespace, each beside its name.
  const counts = isText(durable) ? "exactly" : limit !== undefined && "locally";
  if (isText(name) && counts) found.counters[name] = counts;
  const { required } = members(secrets);
  const names = [binding, counts && name, ...Object.keys(members(vars)), ...(Array.isArray(required) ? /** @type {unknown[]} */ (required) : [])];
  found.names.push(...names.filter(isText));
  for (const value of Object.values(settings)) collect(value, found);
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
  const isFirst = Array.isArray(workerFirst) ? matcher(workerFirst) : () => false;
  const paths = filesBelow(root).flatMap((name) => {
    const file = `/${name.split(path.sep).join("/")}`;
    // Pages are found without their endings.
    return [file, file.replace(/(\/)index\.html$|\.html$/, "$1")];
  });
  return [...new Set(paths)].filter((file) => !isFirst(file)).sort();
}

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

/**
 * Whether one of the globs fits a path, and none that begins with `!`.
 *
 * @param {unknown[]} globs
 */
function matcher(globs) {
  const regex = (/** @type {string} */ glob) => new RegExp(`^${glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  const texts = globs.filter(isText);
  const yes = texts.filter((glob) => !glob.startsWith("!")).map(regex);
  const no = texts.filter((glob) => glob.startsWith("!")).map((glob) => regex(glob.slice(1)));
  return (/** @type {string} */ file) => yes.some((glob) => glob.test(file)) && !no.some((glob) => glob.test(file));
}
