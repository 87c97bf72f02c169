// The core, as it runs at the edge, inside this process.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./errors.mjs";

/** Where the worker's modules lie after a build. */
export const buildDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../build");

/** A fresh instance of the core. */
export async function loadCore() {
  const wasm = path.join(buildDir, "fjord.wasm");
  if (!fs.existsSync(wasm)) throw new Failure("build/fjord.wasm is missing: run `npm run build` first.");
  const { instantiate } = await import(path.join(buildDir, "fjord.mjs"));
  return instantiate(new WebAssembly.Module(fs.readFileSync(wasm)));
}

/** A configuration with the texts of the files that it names, by name; `missing` are the names of those that can't be read. */
export function readConfig(core, file) {
  const text = readText(file);
  const files = {};
  const missing = [];
  for (const name of JSON.parse(core.files(text))) {
    try {
      files[name] = fs.readFileSync(locate(name, file), "utf8");
    } catch {
      missing.push(name);
    }
  }
  return { file, text, files, missing };
}

/** A path in a configuration counts from the configuration's folder, then from the current one as KrakenD has it. */
function locate(name, file) {
  const beside = path.resolve(path.dirname(file), name);
  return fs.existsSync(beside) ? beside : path.resolve(name);
}

function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    const reasons = { ENOENT: "doesn't exist", EISDIR: "is a folder", EACCES: "may not be read" };
    throw new Failure(`${file} ${reasons[error.code] ?? `can't be read: ${error.message}`}`);
  }
}

/** Asks the core about a configuration: `{ ok, text, report }`, the text being for people and the report for programs. */
export function checkConfig(core, config, { lenient = false, routes = false, color = false } = {}) {
  const options = { file: config.file, missing: config.missing, lenient, routes, color };
  const report = JSON.parse(core.check(config.text, JSON.stringify(options)));
  const { text = "", ...rest } = report;
  return { ok: !report.diagnostics.some(({ severity }) => severity === "error"), text, report: rest };
}

/** Whether a stream wants colours. */
export const wantsColor = (stream) => Boolean(stream.isTTY) && !process.env.NO_COLOR;
