// The core, as it runs at the edge, inside this process.
import fs from "node:fs";
import path from "node:path";
import v8 from "node:v8";
import { fileURLToPath } from "node:url";
import { workerBeside } from "./bindings.mjs";
import { Failure } from "./errors.mjs";
import { readSource } from "./source.mjs";

/** Where the worker's modules lie after a build. */
export const buildDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../build");

/**
 * How V8 runs a module that is asked once: functions are validated when they are called first, and only what runs for long is
 * compiled a second time. A check of 1,000 endpoints takes a third of the CPU time that way.
 */
const BRIEFLY = ["--wasm-lazy-validation", "--wasm-tiering-budget=1000000000"];

/** The last Node whose V8 is known to have these flags: an unknown one would be complained about. */
const LAST_KNOWN_NODE = 24;

/** A fresh instance of the core. */
export async function loadCore() {
  const wasm = path.join(buildDir, "fjord.wasm");
  if (!fs.existsSync(wasm)) throw new Failure("build/fjord.wasm is missing: run `npm run build` first.");
  if (parseInt(process.versions.node) <= LAST_KNOWN_NODE) BRIEFLY.forEach((flag) => v8.setFlagsFromString(flag));
  const { instantiate } = await import(path.join(buildDir, "fjord.mjs"));
  return instantiate(new WebAssembly.Module(fs.readFileSync(wasm)));
}

/**
 * A configuration: the text of its JSON, as the core has `read` it, and the texts of the files that it names and that are there,
 * by name. Made from YAML, TOML or a template it has an `origin`, which leads back.
 */
export async function readConfig(core, file) {
  const { bytes, origin } = await readSource(file);
  const read = new core.Config(bytes);
  const files = {};
  for (const name of JSON.parse(read.files())) {
    try {
      files[name] = fs.readFileSync(locate(name, file), "utf8");
    } catch {
      // The check says that it is missing, with its place.
    }
  }
  return { file, read, text: bytes.toString("utf8"), files, origin, worker: await workerBeside(file) };
}

/** A path in a configuration counts from the configuration's folder, then from the current one as KrakenD has it. */
function locate(name, file) {
  const beside = path.resolve(path.dirname(file), name);
  return fs.existsSync(beside) ? beside : path.resolve(name);
}

/**
 * Asks the core about a configuration: `{ ok, text, github, report }`, the text being for people, the others for GitHub
 * Actions and for programs.
 */
export function checkConfig(config, { lenient = false, color = false, quiet = false, costs = false, schema } = {}) {
  const { file, read, files, origin, worker } = config;
  const variables = { ...worker?.overrides, ...overrides() };
  const options = { file, lenient, color, quiet, files, origin, worker, counters: worker?.counters, variables, costs, schema };
  const { text, github, ...report } = JSON.parse(read.check(JSON.stringify(options)));
  return { ok: !report.diagnostics.some(({ severity }) => severity === "error"), text, github, report };
}

/** The variables of the environment that take the place of options, as KrakenD reads them. */
export const overrides = (env = process.env) => Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("KRAKEND_")));

/** Why the core would serve nothing of a configuration; undefined if it would. */
export function refusal(core, config, variables) {
  const bytes = Buffer.from(config.text);
  const at = core.body(bytes.length);
  new Uint8Array(core.raw.memory.buffer).set(bytes, at);
  return core.init(Buffer.from(JSON.stringify(config.files)), Buffer.from(JSON.stringify(variables)), 0);
}

/** Whether a stream wants colours. */
export const wantsColor = (stream) => Boolean(stream.isTTY) && !process.env.NO_COLOR;
