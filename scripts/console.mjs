// `node scripts/console.mjs`: bundles the console into www/console/. `npm run build` calls it when a source has changed.
//
//   app.js, app.css, …   the page: console/ui
//   engine.js, …         the engine: console/engine, the command's readers of YAML, TOML and templates, the driver of src/edge
//   fjord.wasm           the core, as it was built
//   licenses.txt         those of the packages in it
//   examples.json        this repository's own configuration, which the page shows first, and its examples
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../bin/lib/errors.mjs";
import { Failure, at, main, readText, writeText } from "./lib.mjs";
import { fingerprint } from "./sources.mjs";

const OUT = at("www/console");
const STAMP = at("build/.console");

/** What the bundle is made of, beside the packages of the lock file. */
const SOURCES = ["console", "bin/lib", "src/edge", "examples", "scripts/console.mjs", "package-lock.json", "krakend.json", "wrangler.toml", "www/demo", "www/logo.svg"];

/** Modules of Node, as far as the command's readers use them. */
const SHIMS = { "node:fs": "console/shims/fs.mjs", "node:path": "console/shims/path.mjs", "node:crypto": "console/shims/crypto.mjs" };

const COMMON = /** @type {const} */ ({ bundle: true, format: "esm", splitting: true, minify: true, target: "es2022", outdir: OUT, logLevel: "silent", metafile: true, legalComments: "none" });

/** Bundles the console if a source has changed. */
export async function buildConsole() {
  const now = fingerprint(SOURCES, /./) + fingerprint(["build/.fingerprint"], /./);
  if (readText(STAMP) === now && fs.existsSync(path.join(OUT, "fjord.wasm"))) return;
  fs.rmSync(OUT, { recursive: true, force: true });
  if (!fs.existsSync(at("node_modules/@codemirror/view"))) throw new Failure("npm packages of the console are missing: run `npm ci`.");
  const { build } = await import("esbuild");
  /** @type {import("esbuild").BuildResult<{ metafile: true }>[]} */
  const bundles = [];
  try {
    bundles.push(await build({ ...COMMON, entryPoints: { app: at("console/ui/main.mjs"), "app-style": at("console/ui/style.css") }, chunkNames: "app-[hash]" }));
    bundles.push(await build({
      ...COMMON,
      entryPoints: { engine: at("console/engine/worker.mjs") },
      chunkNames: "engine-[hash]",
      inject: [at("console/shims/globals.mjs")],
      alias: { ...Object.fromEntries(Object.entries(SHIMS).map(([name, file]) => [name, at(file)])), "fjord:driver": at("src/edge/driver.mjs"), "fjord:core": at("build/modules/tools/fjord.mjs") },
    }));
  } catch (error) {
    throw new Failure(`the console can't be bundled: ${messageOf(error)}`);
  }
  fs.copyFileSync(at("build/modules/tools/fjord.wasm"), path.join(OUT, "fjord.wasm"));
  writeText(path.join(OUT, "licenses.txt"), licenses(bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs))));
  writeText(path.join(OUT, "examples.json"), JSON.stringify(examples()));
  writeText(STAMP, now);
}

/**
 * The licences of the packages that are part of a bundle: who hands on the one hands on the other.
 *
 * @param {string[]} inputs
 */
function licenses(inputs) {
  const packages = new Set(inputs.flatMap((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path.resolve(file).split(path.sep).join("/"))?.[1] ?? []));
  return [...packages]
    .sort()
    .map((name) => {
      const folder = at("node_modules", name);
      const file = fs.readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      if (file === undefined) throw new Failure(`${name} has no licence that could be handed on`);
      return `${name}\n${"=".repeat(name.length)}\n\n${fs.readFileSync(path.join(folder, file), "utf8").trim()}\n`;
    })
    .join("\n\n");
}

/**
 * What the page offers to begin with: the configuration of this repository, with its demo data as answers, and the examples.
 *
 * @returns {import("../console/messages.js").Example[]}
 */
function examples() {
  const own = { name: "This gateway", files: texts(at(), ["krakend.json", "wrangler.toml"]), answers: demo() };
  const others = fs.readdirSync(at("examples")).filter((name) => fs.existsSync(at("examples", name, "krakend.json")));
  return [own, ...others.map((name) => ({ name: name.replaceAll("-", " "), files: texts(at("examples", name), ["krakend.json"]), answers: {} }))];
}

/**
 * @param {string} folder
 * @param {string[]} names
 */
const texts = (folder, names) => Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));

/** The demo data, by path. @returns {Record<string, string>} */
function demo() {
  const files = fs.readdirSync(at("www/demo"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const data = files.map((name) => /** @type {const} */ ([`/demo/${name.split(path.sep).join("/")}`, fs.readFileSync(at("www/demo", name), "utf8")]));
  return { "/logo.svg": fs.readFileSync(at("www/logo.svg"), "utf8"), ...Object.fromEntries(data) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(buildConsole);
