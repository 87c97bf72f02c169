// Compiles the modules, each from the same sources with features of its own: build/modules/NAME/
//
//   fjord.wasm            the core
//   fjord.mjs, .d.mts     its glue, and the types of its exports
//   fjord.symbols.json    the names of its functions: see symbols.mjs
import fs from "node:fs";
import { MODULES } from "../bin/lib/modules.mjs";
import { Failure, at, call, env, readText, run, writeText } from "./lib.mjs";
import { SOURCES, fingerprint } from "./sources.mjs";

export const TARGET = "wasm32-unknown-unknown";

/** @typedef {import("../bin/lib/modules.mjs").ModuleName} ModuleName */

/** Installs the pinned toolchain or the wasm target where one is missing: rustup may be set not to do it by itself. */
export async function ensureRust() {
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
export function cargo(...args) {
  const quiet = process.env.WRANGLER_COMMAND === undefined ? [] : ["--quiet"];
  call("cargo", ["build", ...quiet, "--locked", ...args], { env: { ...env, CI: process.env.CI } });
}

/** @param {string[]} args */
export function bindgen(...args) {
  cargo("--profile", "tools", "--package", "fjord-bindgen");
  call(at("target/tools/fjord-bindgen"), args);
}

/** What cargo has compiled of a crate. @param {string} crate */
export const compiled = (crate) => at("target", TARGET, "release", `${crate}.wasm`);

/** @param {ModuleName} name */
const stampOf = (name) => at("build/modules", name, ".fingerprint");

/**
 * Builds a module, unless it is there.
 *
 * @param {ModuleName} name
 */
export async function buildModule(name) {
  const now = fingerprint(SOURCES);
  if (readText(stampOf(name)) === now) return;
  await ensureRust();
  // Modules of all features have one name there, and cargo doesn't see whose it is.
  for (const file of [compiled("fjord"), at("target", TARGET, "release/deps/fjord.wasm")]) fs.rmSync(file, { force: true });
  const features = name === "core" ? [] : ["--features", `fjord/${name}`];
  // All by the same selection of packages: so they share what the core rests on.
  cargo("--release", "--lib", "--package", "fjord", "--package", "fjord-limits", "--no-default-features", ...features, "--target", TARGET);
  bindgen(compiled("fjord"), at("build/modules", name), "fjord", "factory");
  writeText(stampOf(name), now);
  const kilobytes = Math.round(fs.statSync(at("build/modules", name, "fjord.wasm")).size / 1000);
  console.log(`build/modules/${name}/fjord.wasm: ${kilobytes} kB`);
}

/** Removes modules of the edge that were made of other sources than today's: a worker must not be made of them. */
export function removeStale() {
  const now = fingerprint(SOURCES);
  for (const name of MODULES.filter((one) => one !== "tools")) {
    const folder = at("build/modules", name);
    if (fs.existsSync(folder) && readText(stampOf(name)) !== now) fs.rmSync(folder, { recursive: true });
  }
}

/** The Durable Object that counts for rate limits: compiled with each module, so there is nothing left to compile. */
export async function buildLimits() {
  const stamp = at("build/.fingerprint");
  const now = fingerprint(SOURCES);
  if (readText(stamp) === now && fs.existsSync(at("build/limits.wasm"))) return;
  cargo("--release", "--lib", "--package", "fjord", "--package", "fjord-limits", "--no-default-features", "--features", "fjord/tools", "--target", TARGET);
  bindgen(compiled("fjord_limits"), at("build"), "limits", "module");
  writeText(stamp, now);
}
