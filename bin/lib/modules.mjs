// The modules that were built of the one core, and which of them serves a configuration.
//
//   tools    everything: what the command and the console ask, and the worker too where there is no module of the edge
//   core     what most configurations need
//   full     what any configuration needs
//
// The core itself says which one a configuration needs (src/options/capability.rs).
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./errors.mjs";

/** The folder with the worker's modules. A URL, because `import()` takes no path that begins with a drive letter. */
export const buildUrl = new URL("../../build/", import.meta.url);
export const buildDir = path.resolve(fileURLToPath(buildUrl));

/** From the smallest to the one that has everything. */
export const MODULES = /** @type {const} */ (["core", "full", "tools"]);

/** What a module consists of: itself and its glue. */
export const MODULE_FILES = ["fjord.wasm", "fjord.mjs"];

/** @typedef {typeof MODULES[number]} ModuleName */

/** Says which module's files are in `build/` itself: the package has `full` there and nowhere else. */
export const PLACED = ".module";

/**
 * The folder of a module; undefined if it isn't built.
 *
 * @param {ModuleName} name
 * @param {URL} [build]
 */
export function moduleUrl(name, build = buildUrl) {
  const own = new URL(`modules/${name}/`, build);
  if (fs.existsSync(new URL("fjord.wasm", own))) return own;
  const placed = new URL(PLACED, build);
  return fs.existsSync(placed) && fs.readFileSync(placed, "utf8") === name ? build : undefined;
}

/**
 * The smallest module of the build that serves a configuration. `FJORD_MODULE` names one that it mustn't be smaller than: the tests
 * run over each.
 *
 * @param {{ module?: ModuleName }} report What the core says of the configuration.
 * @param {URL} [build]
 * @returns {{ name: ModuleName, url: URL }}
 */
export function moduleFor({ module = "full" }, build = buildUrl) {
  const least = Math.max(MODULES.indexOf(module), MODULES.findIndex((name) => name === process.env.FJORD_MODULE));
  for (const name of MODULES.slice(least)) {
    const url = moduleUrl(name, build);
    if (url !== undefined) return { name, url };
  }
  throw new Failure("build/modules/tools/fjord.wasm is missing: run `npm run build` first.");
}
