// What the command and the console ask the core about a configuration, in one place, so that both say the same.
import { annotated, entry, shown } from "./surroundings.mjs";

/**
 * @typedef {import("../../src/edge/fjord.mjs").Core} Core
 * @typedef {import("./core.mjs").ReadConfig} ReadConfig
 * @typedef {import("./core.mjs").Report} Report
 */

/** A shorter configuration fits every worker: of the densest that were tried each byte took 13. */
const LIGHT = 1 << 20;

/** The longest body that a worker reads. */
const LONGEST_BODY = 8 << 20;

/**
 * How a check is wished for: as `run` sees it, as a `lint` does, or leniently.
 *
 * @typedef {object} CheckWish
 * @property {"run" | "lint" | "lenient"} [view]
 * @property {boolean} [color]
 * @property {boolean} [quiet]
 * @property {boolean} [costs]
 * @property {boolean} [module] Whether to say which module serves it, and for which capabilities.
 * @property {import("./faults.mjs").Source} [schema]
 * @property {Record<string, string>} variables Those that take the place of options.
 */

/**
 * What is wrong with a configuration. The text is for people, the others are for GitHub Actions and for programs.
 *
 * @param {Omit<ReadConfig, "text">} config
 * @param {CheckWish} wish
 * @returns {{ ok: boolean, text: string, github: string, report: Report }}
 */
export function check({ file, read, files, fits, origin, worker }, { view = "run", color = false, quiet = false, costs = false, module = false, schema, variables }) {
  const options = { file, view, color, quiet, files, fits, origin, worker, counters: worker?.counters, variables, costs, module, schema };
  const { text, github, ...report } = /** @type {Report & { text: string, github: string }} */ (JSON.parse(read.check(JSON.stringify(options))));
  const around = worker?.findings ?? [];
  report.diagnostics.push(...around.map(entry));
  return {
    ok: !report.diagnostics.some(({ severity }) => severity === "error"),
    text: [...around.map((finding) => shown(finding, color)), text].filter(Boolean).join("\n"),
    github: [...around.map(annotated), github].filter(Boolean).join("\n"),
    report,
  };
}

/**
 * What is open, missing or too generous in it, for people or for programs; undefined if it can't be read.
 *
 * @param {Omit<ReadConfig, "text" | "files" | "fits">} config
 * @param {{ text?: boolean, color?: boolean, severities?: string[], ignore?: string[] }} wish
 */
export function audit({ file, read, origin, worker }, { text = false, color = false, severities = [], ignore = [] }) {
  const json = read.audit(JSON.stringify({ file, text, color, severities, ignore, bindings: worker?.names ?? [], origin }));
  return json === undefined ? undefined : /** @type {import("./audit.mjs").Report | { text: string }} */ (JSON.parse(json));
}

/**
 * Why the core would serve nothing of a configuration; undefined if it would.
 *
 * @param {Core} core
 * @param {Pick<ReadConfig, "text" | "files">} config
 * @param {Record<string, string>} variables
 */
export function refusal(core, config, variables) {
  const bytes = Buffer.from(config.text);
  const at = core.body(bytes.length);
  // Without room the core says so when it takes the text.
  if (at !== 0) new Uint8Array(core.raw.memory.buffer).set(bytes, at);
  return core.init(Buffer.from(JSON.stringify(config.files)), Buffer.from(JSON.stringify(variables)), 0);
}

/**
 * Whether an instance with the worker's own maximum of memory takes a configuration, and has room for a body besides.
 *
 * @param {() => Promise<Core>} instance A fresh one with that maximum.
 * @param {string} text
 * @param {Record<string, string>} files
 */
export async function fitsWorker(instance, text, files) {
  if (text.length < LIGHT) return true;
  const core = await instance();
  try {
    // Another reason not to serve it is found by the check.
    refusal(core, { text, files }, {});
    return core.raw.body(LONGEST_BODY) !== 0;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return false;
    throw error;
  }
}
