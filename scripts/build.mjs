// Builds what the worker is made of, into build/:
//
//   modules/tools/           the core with everything, and its glue, from Rust: only when a source has changed
//   modules/core/, full/     smaller ones of the edge: only with --modules, and the one that a configuration needs when it is deployed
//   fjord.wasm, fjord.mjs    the module that serves the configuration: the smallest of those
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
import { MODULES } from "../bin/lib/modules.mjs";
import { buildConfig } from "./config.mjs";
import { buildConsole } from "./console.mjs";
import { Failure, at, main, readText, root, writeText } from "./lib.mjs";
import { TARGET, bindgen, buildLimits, buildModule, cargo, compiled, ensureRust, removeStale } from "./modules.mjs";
import { EXAMPLES, ORIGINS, fingerprint } from "./sources.mjs";

/** The module of the other origins. In a command of its own: beside the core, cargo would give their common crates the features of both. */
async function buildOrigins() {
  const stamp = at("build/origins/.fingerprint");
  const now = fingerprint(ORIGINS);
  if (readText(stamp) !== now || !fs.existsSync(at("build/origins/module.wasm"))) {
    await ensureRust();
    cargo("--release", "--lib", "--package", "fjord-origins", "--target", TARGET);
    bindgen(compiled("fjord_origins"), at("build/origins"), "module", "resettable");
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
  bindgen(compiled("fjord_example_plugins"), at("build/examples"), "plugins", "module");
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
  const command = process.env.WRANGLER_COMMAND;
  const all = process.argv.includes("--modules");
  const serving = command === "dev" && fs.existsSync(at("build/krakend.json"));
  try {
    removeStale();
    await buildModule("tools");
    await buildLimits();
    if (all) for (const name of MODULES) await buildModule(name);
    if (process.argv.includes("--origins") || process.env.FJORD_ORIGINS === "1") await buildOrigins();
    if (process.argv.includes("--examples")) await buildExamples();
    copyScripts();
    await buildConfig(process.env.FJORD_CONFIG ?? path.join(root, "krakend.json"), { deploys: command !== undefined && command !== "dev", buildOrigins });
    await buildConsole();
  } catch (error) {
    if (!(error instanceof Failure) || !serving) throw error;
    console.error(`${error.message}\nThe last good version keeps serving.`);
  }
});
