// The core, as it runs at the edge, inside this process.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { workerBeside } from "./bindings.mjs";
import { Failure } from "./errors.mjs";
import { readSource } from "./source.mjs";

/** Where the worker's modules lie after a build. */
export const buildDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../build");

/** A fresh instance of the core. */
export async function loadCore() {
  const wasm = path.join(buildDir, "fjord.wasm");
  if (!fs.existsSync(wasm)) throw new Failure("build/fjord.wasm is missing: run `npm run build` first.");
  const { instantiate } = await import(path.join(buildDir, "fjord.mjs"));
  return instantiate(new WebAssembly.Module(fs.readFileSync(wasm)));
}

/**
 * A configuration, as bytes and text of JSON, with the texts of the files that it names and that are there, by name. Made from
 * YAML, TOML or a template it has an `origin`, which leads back.
 */
export async function readConfig(core, file) {
  const { bytes, origin } = await readSource(file);
  const files = {};
  for (const name of JSON.parse(core.files(bytes))) {
    try {
      files[name] = fs.readFileSync(locate(name, file), "utf8");
    } catch {
      // The check says that it is missing, with its place.
    }
  }
  return { file, bytes, text: bytes.toString("utf8"), files, origin, worker: await workerBeside(file) };
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
export function checkConfig(core, config, { lenient = false, color = false, quiet = false } = {}) {
  const { file, origin, worker } = config;
  const options = { file, lenient, color, quiet, files: Object.keys(config.files), origin, worker, counters: worker?.counters };
  const { text, github, ...report } = JSON.parse(core.check(config.bytes, JSON.stringify(options)));
  return { ok: !report.diagnostics.some(({ severity }) => severity === "error"), text, github, report };
}

/** Whether a stream wants colours. */
export const wantsColor = (stream) => Boolean(stream.isTTY) && !process.env.NO_COLOR;
