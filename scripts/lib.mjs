// What the scripts share: where things are, how programs are called, how a message looks.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, codeOf } from "../bin/lib/errors.mjs";

export { Failure };

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
/** @param {string[]} parts */
export const at = (...parts) => path.join(root, ...parts);

/** The environment for every program called from here: no questions, no telemetry, tools of node_modules first. */
export const env = {
  ...process.env,
  // "true" in CI, where tests skip nothing.
  CI: process.env.CI || "1",
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  PATH: [at("node_modules/.bin"), process.env.PATH].join(path.delimiter),
};

/**
 * Runs a program to its end with the terminal handed through; throws `Failure` when it fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
export function call(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, env, stdio: "inherit", ...options });
  if (done.error) throw new Failure(`${program} can't be started: ${done.error.message}`);
  if (done.status !== 0) throw new Failure(`${program} ${args[0] ?? ""} failed (${done.signal ?? `exit code ${done.status}`})`);
  return done;
}

/**
 * Runs a program to its end and gives back what it said.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number | null, output: string, seconds: number }>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    const started = Date.now();
    const take = (/** @type {string} */ text) => (output += text);
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => resolve({ code: 127, output: `${program}: ${error.message}`, seconds: 0 }));
    child.on("close", (code) => resolve({ code, output, seconds: (Date.now() - started) / 1000 }));
  });
}

/**
 * The text of a file, or nothing when it doesn't exist.
 *
 * @param {string} file
 */
export function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Writes a file in one step, and only when it changes: watchers see no half files and no false news.
 *
 * @param {string} file
 * @param {string} text
 */
export function writeText(file, text) {
  if (readText(file) === text) return false;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(half, text);
  fs.renameSync(half, file);
  return true;
}

/**
 * Runs a script's main function: a `Failure` is one message and exit code 1.
 *
 * @param {() => void | Promise<void>} work
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
