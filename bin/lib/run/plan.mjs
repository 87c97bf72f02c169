// What a local gateway is made of: a configuration that passed the check, with everything around it.
import path from "node:path";
import fs from "node:fs";
import { refusal } from "../ask.mjs";
import { WRANGLER_FILES, overrides } from "../bindings.mjs";
import { checkConfig, listed, loadCore, locate, placeAssets, readConfig, wantsColor } from "../core.mjs";
import { Failure } from "../errors.mjs";
import { moduleFor } from "../modules.mjs";
import { TEMPLATE_FOLDERS, parsed, templateEnvironment } from "../source.mjs";
import { isMixed } from "../workerd.mjs";
import { localQueues } from "./queues.mjs";
import { listenAddress } from "./address.mjs";
import { devVars, devVarsFile } from "./variables.mjs";

/**
 * What the command line says of a run.
 *
 * @typedef {object} Wishes
 * @property {string} file
 * @property {Record<string, string>} variables
 * @property {import("./variables.mjs").Binding[]} bindings
 * @property {string} [assets] A folder.
 * @property {string} [host]
 * @property {string} [port]
 * @property {boolean} lenient
 * @property {boolean} debug
 */

/**
 * A run that can begin.
 *
 * @typedef {object} Plan
 * @property {Omit<import("../workerd.mjs").Settings, "address">} settings
 * @property {{ host: string, port: number }} address
 * @property {string[]} sources The files and folders that it was made from.
 */

/**
 * Reads and checks a configuration. What the check finds is written to standard error; a `Failure` when it can't be served.
 *
 * @param {Wishes} wishes
 * @returns {Promise<Plan>}
 */
export async function plan({ file, variables: given, bindings, assets: folder, host, port, lenient, debug }) {
  const core = await loadCore();
  const config = await readConfig(core, file);
  /** @type {Record<string, string>} */
  const variables = { ...devVars(file), ...overrides(process.env), ...given, FJORD_OPTIONS: JSON.stringify({ lenient, debug }) };
  const counters = listed(config.read.counters());
  const readers = listed(config.read.readers());
  const queues = /** @type {{ producers: string[], consumers: string[] }} */ (JSON.parse(config.read.queues()));
  const services = new Set([...config.text.matchAll(/service:\/\/(\w+)/g)].map(([, name]) => String(name)));
  const bound = new Set(bindings.map(({ name }) => name));
  const beside = folder === undefined && !bound.has("ASSETS") ? config.worker?.served : undefined;
  const folders = listed(config.read.folders()).map((name) => locate(name, file));
  if (folders.length > 0) services.add("ASSETS");
  const workerFirst = beside?.workerFirst ?? ["/*"];
  const assetsFirst = isMixed(workerFirst);
  const value = parsed(config.text);
  const privates = bindingsOf(value, "hosts");
  const plugins = bindingsOf(value, "plugins");
  const assets = bound.has("ASSETS") ? undefined : (folder ?? (services.has("ASSETS") || assetsFirst ? beside?.folder : undefined) ?? around(folders));
  if (assets !== undefined) placeAssets(config.files, config.read, file, assets);
  // Not the Wrangler file's: the bindings are those of this run, and what it lacks is said below.
  /** @type {import("../bindings.mjs").Worker} */
  const worker = {
    file: "fjord run",
    names: [...Object.keys(variables), ...services, ...privates, ...plugins, ...readers, ...queues.producers],
    consumed: queues.consumers,
    counters: Object.fromEntries(counters.map((name) => [name, "exactly"])),
    overrides: overrides(variables),
    assets: assetsFirst ? (config.worker?.assets ?? []) : [],
  };
  const checked = checkConfig({ ...config, worker }, { view: lenient ? "lenient" : "run", color: wantsColor(process.stderr), quiet: true, module: true });
  if (checked.text) console.error(checked.text.trimEnd());
  // What KrakenD itself would serve with a fault in it is served leniently too, as far as there is something to serve.
  const refused = !config.fits || (lenient ? refusal(core, config, variables) : !checked.ok);
  if (refused) throw new Failure(`${file} is not served${refused === true ? "" : `: ${refused}`}`);

  for (const name of services) if (!bound.has(name) && (name !== "ASSETS" || assets === undefined)) console.error(lacking(name));
  for (const name of plugins) if (!bound.has(name)) console.error(`warning: no binding ${name}: its plugins will fail (add --bind ${name}=http://HOST:PORT, the address of their worker)`);
  const taken = new Set([...bound, ...counters, ...readers, ...queues.producers, ...Object.keys(variables), ...(assets === undefined ? [] : ["ASSETS"])]);
  return {
    settings: {
      config: { text: config.text, files: config.files },
      module: moduleFor(checked.report).url,
      vars: variables,
      counters,
      readers,
      queues: localQueues(queues, config.worker),
      cache: /http-?cache|@fjord/.test(config.text),
      sockets: config.read.needs_sockets(),
      assets,
      workerFirst,
      bindings,
      direct: privates.filter((name) => !taken.has(name)),
      logRequests: debug,
    },
    address: listenAddress(value, { host, port: port ?? variables.KRAKEND_PORT }),
    sources: sources(config),
  };
}

/**
 * The nearest folder that has all of these in it, if they are there: a Wrangler file would name it.
 *
 * @param {string[]} folders
 */
function around([first, ...others]) {
  if (first === undefined || ![first, ...others].every((name) => fs.existsSync(name))) return undefined;
  let found = first;
  while (others.some((name) => path.relative(found, name).startsWith(".."))) found = path.dirname(found);
  return found;
}

/**
 * The bindings that a table of `@fjord` names: those of `hosts`, which this machine reaches without them, or those of `plugins`.
 *
 * @param {unknown} config One that can't be read has none.
 * @param {"hosts" | "plugins"} table
 */
function bindingsOf(config, table) {
  const settings = /** @type {{ "@fjord"?: Partial<Record<typeof table, unknown>> | null } | null | undefined} */ (config);
  const names = /** @type {unknown[]} */ (Object.values(settings?.["@fjord"]?.[table] ?? {}));
  return [...new Set(names.flatMap((name) => (typeof name === "string" ? [name] : [])))];
}

/**
 * What is said of a binding that a local run hasn't got.
 *
 * @param {string} name
 */
function lacking(name) {
  const reason = name === "ASSETS" ? "add --assets DIR, the folder of its files" : `add --bind ${name}=http://HOST:PORT, the address that takes them`;
  return `warning: no binding ${name}: calls to service://${name} will fail (${reason})`;
}

/**
 * The files that a configuration was made from, those that aren't there yet too.
 *
 * @param {import("../core.mjs").ReadConfig} config
 */
function sources({ file, read, origin }) {
  const environment = templateEnvironment(file, process.env);
  const folders = environment.FC_ENABLE ? TEMPLATE_FOLDERS.flatMap(([variable]) => environment[variable] || []) : [];
  const beside = WRANGLER_FILES.map((name) => path.join(path.dirname(file), name));
  const rendered = (origin?.sources ?? []).map((source) => source.file).filter((name) => fs.existsSync(name));
  const named = listed(read.files()).map((name) => locate(name, file));
  return [...new Set([file, devVarsFile(file), ...beside, ...rendered, ...named, ...folders])];
}
