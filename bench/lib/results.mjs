// Results on the disk, and the gate that compares with them.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import zlib from "node:zlib";
import { MODULES, moduleUrl } from "../../bin/lib/modules.mjs";
import { Failure, at } from "../../scripts/lib.mjs";

/**
 * A run, as it is saved. Start-up times, parts and memory are measured in runs of all cases.
 *
 * @typedef {ReturnType<typeof environment> & {
 *   options: { rounds: number, requests: number },
 *   wasm: ReturnType<typeof sizes>,
 *   cases: Record<string, CaseResult>,
 *   startup?: Awaited<ReturnType<typeof import("./startup.mjs").startUp>>,
 *   cold?: Awaited<ReturnType<typeof import("./startup.mjs").firstRequests>>,
 *   parts?: Awaited<ReturnType<typeof import("./parts.mjs").parts>>,
 *   memory?: Awaited<ReturnType<typeof import("./steady.mjs").steady>>,
 * }} Results
 */

/**
 * What was measured of a case, or why it wasn't.
 *
 * @typedef {(import("./load.mjs").Measured & { crossings?: import("./crossings.mjs").Crossings }) | { skipped: string }} CaseResult
 */

const DIR = at("bench/results");

/** How much worse a ratio may become; and how much is told. */
export const TOLERANCE = 0.1;
export const TOLD = 0.05;

/**
 * @param {string} program
 * @param {string[]} args
 */
const output = (program, ...args) => {
  try {
    return execFileSync(program, args, { cwd: at(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
};

/** What the figures depend on. */
export function environment() {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus[0]?.model ?? "unknown", cores: cpus.length, memory_gb: Math.round(os.totalmem() / 2 ** 30), system: `${os.type()} ${os.release()}` },
    versions: {
      fjord: output("git", "describe", "--always", "--dirty"),
      workerd: /** @type {{ version: string }} */ (createRequire(import.meta.url)("workerd/package.json")).version,
      rustc: output("rustc", "--version"),
      node: process.version,
    },
    load: os.loadavg()[0] ?? NaN,
  };
}

/**
 * The bytes of the modules that are built, as they are and compressed.
 *
 * @returns {Record<string, { bytes: number, gzip: number }>}
 */
export function sizes() {
  const found = MODULES.flatMap((name) => {
    const url = moduleUrl(name);
    if (url === undefined) return [];
    const wasm = fs.readFileSync(new URL("fjord.wasm", url));
    return [[name, { bytes: wasm.length, gzip: zlib.gzipSync(wasm, { level: 9 }).length }]];
  });
  return /** @type {Record<string, { bytes: number, gzip: number }>} */ (Object.fromEntries(found));
}

/** Numbers without digits that mean nothing. */
const tidy = (/** @type {string} */ _, /** @type {unknown} */ value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);

/** @param {Results} results */
export function save(results) {
  fs.mkdirSync(DIR, { recursive: true });
  const file = `${DIR}/${results.date}.json`;
  fs.writeFileSync(file, `${JSON.stringify(results, tidy, 1)}\n`);
  return file;
}

/**
 * The results saved last.
 *
 * @returns {Results}
 */
export function latest() {
  const names = fs.existsSync(DIR) ? fs.readdirSync(DIR).filter((name) => name.endsWith(".json")).sort() : [];
  if (names.length === 0) throw new Failure("bench/results has no results yet: `npm run bench -- --save` writes them.");
  return /** @type {Results} */ (JSON.parse(fs.readFileSync(`${DIR}/${names.at(-1)}`, "utf8")));
}

/**
 * What became worse by more than a tolerance: one line each.
 *
 * @param {Pick<Results, "cases">} now
 * @param {Pick<Results, "cases">} before
 * @param {number} tolerance
 */
export function regressions(now, before, tolerance) {
  const lines = [];
  for (const name of Object.keys(now.cases)) {
    for (const peer of ["js", "floor", "plain"]) {
      const was = ratioTo(before.cases[name], peer);
      const is = ratioTo(now.cases[name], peer);
      if (is !== undefined && was !== undefined && is > was * (1 + tolerance)) lines.push(`${name}: ${is.toFixed(2)} of ${peer}, was ${was.toFixed(2)}`);
    }
  }
  return lines;
}

/**
 * Fjord's CPU time as a ratio to a peer's; undefined for a case that wasn't measured.
 *
 * @param {CaseResult | undefined} result
 * @param {string} peer
 */
function ratioTo(result, peer) {
  return result === undefined || "skipped" in result ? undefined : result.ratios.fjord?.[peer]?.median;
}
