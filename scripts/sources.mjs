// What the modules are made of: a build compiles only when one of these files has changed.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { at } from "./lib.mjs";

const COMMON = ["tools", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"];

/** Files and folders of the core and of the rate limits' Durable Object. wrangler watches the same folders: `watch_dir`. */
export const SOURCES = ["src", "crates", "limits", ...COMMON];

/** Files and folders of the module of the other origins. */
export const ORIGINS = ["origins/src", "origins/Cargo.toml", "crates/http", "crates/calendar", ...COMMON];

/** Files and folders of the example in Rust. */
export const EXAMPLES = ["examples/plugins/rust/src", "examples/plugins/rust/Cargo.toml", ...COMMON];

/** The entry's own scripts don't go into the wasm. */
const COMPILED = /(?<!\.m[jt]s)$/;

/**
 * Files below `entry` whose names fit, sorted.
 *
 * @param {string} entry
 * @param {RegExp} names
 */
function files(entry, names) {
  const full = at(entry);
  if (!fs.existsSync(full)) return [];
  if (fs.statSync(full).isFile()) return [entry];
  const inside = fs.readdirSync(full, { recursive: true, encoding: "utf8" }).map((name) => path.join(entry, name));
  return inside.filter((file) => names.test(file) && fs.statSync(at(file)).isFile()).sort();
}

/** One hash over names and contents: unlike times it survives checkouts and touched files. */
export function fingerprint(/** @type {string[]} */ entries, names = COMPILED) {
  const hash = crypto.createHash("sha256");
  for (const file of entries.flatMap((entry) => files(entry, names))) hash.update(`${file}\0`).update(fs.readFileSync(at(file))).update("\0");
  return hash.digest("hex");
}
