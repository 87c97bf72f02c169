// Before `npm pack` and `npm publish`: builds what the package is made of, and fails when a part is missing or doesn't belong to it.
//
// The package works without Rust: it has the built modules. `files` in package.json says what goes in.
import fs from "node:fs";
import path from "node:path";
import { place } from "../bin/lib/build.mjs";
import { loadCore } from "../bin/lib/core.mjs";
import { MODULE_FILES, moduleFor } from "../bin/lib/modules.mjs";
import { writeSchema } from "../bin/lib/schema.mjs";
import { Failure, at, call, main } from "./lib.mjs";

/** What `files` in package.json leaves out. */
const NOT_PACKED = /^(modules\/full|examples)\//;

/** The modules that the package has in folders: `full` is beside the scripts, where `createGateway` finds it. */
const IN_FOLDERS = /** @type {const} */ (["core", "tools"]);

/** The scripts of the worker, as a build copies them, and the modules: all belong to the package, with what they import. */
const entries = () => [
  ...scripts("src/edge"),
  ...scripts("origins/js").map((name) => `origins/${name}`),
  ...IN_FOLDERS.flatMap((name) => MODULE_FILES.map((file) => `modules/${name}/${file}`)),
];

/** @param {string} dir */
const scripts = (dir) => fs.readdirSync(at(dir)).filter((name) => name.endsWith(".mjs"));

/** Written for each configuration by `fjord build`. */
const CONFIGURED = new Set(["krakend.json", "files.json"]);

/**
 * The modules below build/ that the entries need, with what they import. Throws for one that isn't there.
 *
 * @param {string} dir
 * @param {string[]} from
 */
export function needed(dir, from) {
  const found = new Set(/** @type {string[]} */ ([]));
  const visit = (/** @type {string} */ name, /** @type {string} */ by) => {
    if (found.has(name) || CONFIGURED.has(name)) return;
    if (!fs.existsSync(path.join(dir, name))) throw new Failure(`build/${name} is missing: ${by} needs it. Run \`npm run build -- --origins --modules\`.`);
    found.add(name);
    if (!name.endsWith(".mjs")) return;
    // Comments name types by import(), too.
    const code = fs.readFileSync(path.join(dir, name), "utf8").replace(/\/\*[^]*?\*\//g, "");
    const imports = code.matchAll(/(?:^\s*(?:import|export)\b[^'";]*?|\bimport\()["'](\.{1,2}\/[^"']+)["']/gm);
    for (const [, target = ""] of imports) visit(path.posix.join(path.posix.dirname(name), target), `build/${name}`);
  };
  for (const entry of from) visit(entry, "the package");
  return found;
}

/**
 * The modules below build/ that nothing needs: what an older build has left.
 *
 * @param {string} dir
 * @param {Set<string>} wanted
 */
export function strays(dir, wanted) {
  const names = fs.readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => name.split(path.sep).join("/"));
  return names.filter((name) => /(?<!\.d)\.(mjs|wasm)$/.test(name) && !NOT_PACKED.test(name) && !wanted.has(name));
}

if (process.argv[1] === at("scripts/pack.mjs")) {
  await main(async () => {
    // npm reads its own output: what is said here goes to standard error.
    const options = /** @type {const} */ ({ stdio: ["ignore", 2, 2] });
    call(process.execPath, [at("scripts/setup.mjs")], { stdio: [...options.stdio] });
    call(process.execPath, [at("scripts/build.mjs"), "--origins", "--modules"], { stdio: [...options.stdio] });
    place(moduleFor({ module: "full" }), at("build"));
    const left = strays(at("build"), needed(at("build"), entries()));
    if (left.length > 0) throw new Failure(`build/ has modules of an older build: ${left.join(", ")}. Delete the folder and build again.`);
    writeSchema(await loadCore());
  });
}
