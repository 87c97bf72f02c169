// The core, as it runs at the edge, inside this process.
import fs from "node:fs";
import path from "node:path";
import v8 from "node:v8";
import { check, fitsWorker } from "./ask.mjs";
import { overrides, workerBeside } from "./bindings.mjs";
import { withMaximum } from "./memory.mjs";
import { moduleFor } from "./modules.mjs";
import { readSource } from "./source.mjs";
import { withoutNode } from "./surroundings.mjs";

export { wantsColor } from "./color.mjs";
export { buildDir } from "./modules.mjs";

/**
 * How V8 runs a module that is asked once: functions are validated when they are called first, and only what runs for long is
 * compiled a second time. A check of 1,000 endpoints takes a third of the CPU time that way.
 */
const BRIEFLY = ["--wasm-lazy-validation", "--wasm-tiering-budget=1000000000"];

/** What the module may take here: values with their places, and findings, take many times what the text has. */
const MAX_MEMORY = 2 ** 31;

/** The last Node whose V8 is known to have these flags: an unknown one would be complained about. */
const LAST_KNOWN_NODE = 24;

/**
 * The module's glue, which a build writes.
 *
 * @typedef {typeof import("../../src/edge/fjord.mjs")} Glue
 * @typedef {import("../../src/edge/fjord.mjs").Core} Core
 */

/**
 * A configuration that was read.
 *
 * @typedef {object} ReadConfig
 * @property {string} file
 * @property {import("../../src/edge/fjord.mjs").Config} read As the core has read it.
 * @property {string} text The text of its JSON.
 * @property {Record<string, string>} files The texts of the files that it names and that are there, by name.
 * @property {boolean} fits Whether the worker has room for it.
 * @property {import("./source.mjs").Origin} [origin] Leads back, if it was made from YAML, TOML or a template.
 * @property {import("./bindings.mjs").Worker} [worker] What the Wrangler file beside it declares.
 */

/**
 * What the core says of a configuration.
 *
 * @typedef {object} Finding
 * @property {"error" | "warning" | "note"} severity
 * @property {string} code
 * @property {string} path A JSON pointer.
 * @property {string} file
 * @property {number} line
 * @property {number} column
 * @property {string} message
 * @property {string | null} help
 * @property {{ line: number, column: number, message: string }[]} related
 */

/**
 * What one request of an endpoint costs the worker.
 *
 * @typedef {{ path: string, calls: number, worst: number, at_once: number, cpu: number, memory: number }} Cost
 */

/**
 * The report for programs.
 *
 * @typedef {{ file: string, diagnostics: Finding[], costs?: Cost[], closed?: string[], module?: import("./modules.mjs").ModuleName, capabilities?: string[], reasons?: Record<string, string> }} Report
 */

/** A fresh instance of the core, with as much memory as a tool may need. */
export const loadCore = () => instance((wasm) => withMaximum(wasm, MAX_MEMORY));

/** @param {(wasm: Buffer<ArrayBuffer>) => Buffer<ArrayBuffer>} change */
async function instance(change) {
  const { url } = moduleFor({ module: "tools" });
  if (parseInt(process.versions.node) <= LAST_KNOWN_NODE) BRIEFLY.forEach((flag) => v8.setFlagsFromString(flag));
  const { instantiate } = /** @type {Glue} */ (await import(new URL("fjord.mjs", url).href));
  return instantiate(new WebAssembly.Module(change(fs.readFileSync(new URL("fjord.wasm", url)))));
}

/**
 * Reads a configuration and the files that it names.
 *
 * @param {Core} core
 * @param {string} file
 * @returns {Promise<ReadConfig>}
 */
export async function readConfig(core, file) {
  const { bytes, origin } = await readSource(core, file);
  const read = new core.Config(bytes);
  /** @type {Record<string, string>} */
  const files = {};
  for (const name of listed(read.files())) {
    try {
      files[name] = fs.readFileSync(locate(name, file), "utf8");
    } catch {
      // The check says that it is missing, with its place.
    }
  }
  const text = bytes.toString("utf8");
  const [worker, fits] = await Promise.all([workerBeside(file), fitsWorker(() => instance((wasm) => wasm), text, files)]);
  if (worker?.nodeless !== undefined && read.needs_sockets()) (worker.findings ??= []).push(withoutNode(worker.file, worker.nodeless));
  if (worker?.served !== undefined) placeAssets(files, read, file, worker.served.folder);
  return { file, read, text, files, fits, origin, worker };
}

/** Stands among the files: the folder of the worker's static assets, where a configuration names folders in it. */
const ASSETS = "fjord:assets";

/**
 * Says among the files of a configuration which folder the static assets of its worker are.
 *
 * @param {Record<string, string>} files
 * @param {import("../../src/edge/fjord.mjs").Config} read
 * @param {string} file The configuration.
 * @param {string} folder
 */
export function placeAssets(files, read, file, folder) {
  const folders = listed(read.folders());
  if (folders.length === 0) return;
  const slashed = (/** @type {string} */ text) => text.split(path.sep).join("/");
  const names = [slashed(path.relative(path.dirname(path.resolve(file)), folder)) || "."];
  // An absolute path says where this machine keeps the project: only a configuration that does so itself needs it.
  if (folders.some((name) => path.isAbsolute(name))) names.push(slashed(path.resolve(folder)));
  files[ASSETS] = names.join("\n");
}

/**
 * The texts of a list in JSON.
 *
 * @param {string} json
 * @returns {string[]}
 */
export const listed = (json) => /** @type {string[]} */ (JSON.parse(json));

/**
 * A path in a configuration counts from the configuration's folder, then from the current one as KrakenD has it.
 *
 * @param {string} name
 * @param {string} file
 */
export function locate(name, file) {
  const beside = path.resolve(path.dirname(file), name);
  return fs.existsSync(beside) ? beside : path.resolve(name);
}

/**
 * Asks the core about a configuration: as `run` sees it, as a `lint` does, or leniently. The text is for people, the others are for
 * GitHub Actions and for programs.
 *
 * @param {ReadConfig} config
 * @param {Omit<import("./ask.mjs").CheckWish, "variables">} [wish]
 * @returns {{ ok: boolean, text: string, github: string, report: Report }}
 */
export const checkConfig = (config, wish = {}) => check(config, { ...wish, variables: variablesOf(config) });

/**
 * The variables that take the place of a configuration's options: of the worker, and before them of the environment.
 *
 * @param {Pick<ReadConfig, "worker">} config
 * @returns {Record<string, string>}
 */
export const variablesOf = ({ worker }) => ({ ...worker?.overrides, ...overrides(process.env) });

/**
 * The files that the worker gets: those that a configuration names, and what it must know of its bindings.
 *
 * @param {Pick<ReadConfig, "files" | "worker">} config
 * @returns {Record<string, string>}
 */
export const workerFiles = ({ files, worker }) => (worker?.stored ? { ...files, "fjord:secrets": worker.stored.join(",") } : files);
