// Builds what the worker is made of, into build/:
//
//   fjord.wasm, fjord.mjs    the core and its glue, from Rust: only when a source has changed
//   limits.wasm, limits*.mjs the Durable Object that counts for rate limits, likewise
//   origins/                 calls of origins that fetch can't reach: only with --origins or FJORD_ORIGINS=1, likewise
//   examples/                the example in Rust, for the tests: only with --examples, likewise
//   worker.mjs, driver.mjs … the entry module and the driver, as they are in src/edge
//   krakend.json             the configuration, as text, after it has been checked
//   files.json               the texts of the files that the configuration names, by path
//
// and the console into www/console/: see console.mjs
//
// While `wrangler dev` runs, a mistake prints its message and what was built before keeps serving.
import fs from "node:fs";
import path from "node:path";
import { buildConfig } from "./config.mjs";
import { buildConsole } from "./console.mjs";
import { Failure, at, call, env, main, readText, root, run, writeText } from "./lib.mjs";
import { EXAMPLES, ORIGINS, SOURCES, fingerprint } from "./sources.mjs";

const TARGET = "wasm32-unknown-unknown";

/** Installs the pinned toolchain or the wasm target where one is missing: rustup may be set not to do it by itself. */
async function ensureRust() {
  const libraries = await run("rustc", ["--print", "target-libdir", "--target", TARGET]);
  if (libraries.code === 0 && fs.existsSync(libraries.output.trim())) return;
  if ((await run("rustup", ["--version"])).code !== 0) {
    throw new Failure("Rust is missing: install rustup (https://rustup.rs), then run this again.");
  }
  const [, channel] = /channel = "(.+)"/.exec(readText(at("rust-toolchain.toml")) ?? "") ?? [];
  if (channel === undefined) throw new Failure("rust-toolchain.toml names no channel.");
  call("rustup", ["toolchain", "install", channel, "--profile", "minimal", "--component", "rustfmt", "--component", "clippy", "--target", TARGET]);
}

/**
 * Compiles, and shows how far it is: the first time takes minutes. Cargo draws no bar where `CI` is set, as it is for all other programs.
 *
 * @param {string[]} args
 */
function cargo(...args) {
  const quiet = process.env.WRANGLER_COMMAND === undefined ? [] : ["--quiet"];
  call("cargo", ["build", ...quiet, "--locked", ...args], { env: { ...env, CI: process.env.CI } });
}

async function buildWasm() {
  const stamp = at("build/.fingerprint");
  const now = fingerprint(SOURCES);
  if (readText(stamp) === now && fs.existsSync(at("build/fjord.wasm"))) return;
  await ensureRust();
  cargo("--release", "--lib", "--package", "fjord", "--package", "fjord-limits", "--target", TARGET);
  buildBindgen();
  const staging = at("target/edge");
  fs.rmSync(staging, { recursive: true, force: true });
  bindgen("fjord", staging, "fjord", "factory");
  bindgen("fjord_limits", staging, "limits", "module");
  fs.mkdirSync(at("build"), { recursive: true });
  for (const file of fs.readdirSync(staging)) fs.renameSync(path.join(staging, file), at("build", file));
  writeText(stamp, now);
  const kilobytes = Math.round(fs.statSync(at("build/fjord.wasm")).size / 1000);
  console.log(`build/fjord.wasm: ${kilobytes} kB`);
}

function buildBindgen() {
  cargo("--profile", "tools", "--package", "fjord-bindgen");
}

const bindgen = (/** @type {string} */ crate, /** @type {string[]} */ ...args) => call(at("target/tools/fjord-bindgen"), [at(`target/${TARGET}/release/${crate}.wasm`), ...args]);

/** The module of the other origins. In a command of its own: beside the core, cargo would give their common crates the features of both. */
async function buildOrigins() {
  const stamp = at("build/origins/.fingerprint");
  const now = fingerprint(ORIGINS);
  if (readText(stamp) !== now || !fs.existsSync(at("build/origins/module.wasm"))) {
    await ensureRust();
    cargo("--release", "--lib", "--package", "fjord-origins", "--target", TARGET);
    buildBindgen();
    bindgen("fjord_origins", at("build/origins"), "module", "resettable");
    writeText(stamp, now);
    console.log(`build/origins/module.wasm: ${Math.round(fs.statSync(at("build/origins/module.wasm")).size / 1000)} kB`);
  }
  for (const name of fs.readdirSync(at("origins/js")).filter((file) => file.endsWith(".mjs"))) {
    writeText(at("build/origins", name), fs.readFileSync(at("origins/js", name), "utf8"));
  }
}

/** The example of a worker in Rust. Its dependencies are those of the modules before. */
async function buildExamples() {
  const stamp = at("build/examples/.fingerprint");
  const now = fingerprint(EXAMPLES);
  if (readText(stamp) === now && fs.existsSync(at("build/examples/plugins.wasm"))) return;
  await ensureRust();
  cargo("--release", "--lib", "--package", "fjord-example-plugins", "--target", TARGET);
  buildBindgen();
  bindgen("fjord_example_plugins", at("build/examples"), "plugins", "module");
  writeText(stamp, now);
}

/** Is written for the configuration. */
const LINKED = "linked.mjs";

function copyScripts() {
  for (const name of fs.readdirSync(at("src/edge")).filter((file) => file.endsWith(".mjs") && file !== LINKED)) {
    writeText(at("build", name), fs.readFileSync(at("src/edge", name), "utf8"));
  }
}

await main(async () => {
  const serving = process.env.WRANGLER_COMMAND === "dev" && fs.existsSync(at("build/krakend.json"));
  try {
    await buildWasm();
    if (process.argv.includes("--origins") || process.env.FJORD_ORIGINS === "1") await buildOrigins();
    if (process.argv.includes("--examples")) await buildExamples();
    copyScripts();
    await buildConfig(process.env.FJORD_CONFIG ?? path.join(root, "krakend.json"), buildOrigins);
    await buildConsole();
  } catch (error) {
    if (!(error instanceof Failure) || !serving) throw error;
    console.error(`${error.message}\nThe last good version keeps serving.`);
  }
});
