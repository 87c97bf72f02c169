// Results on the disk, and the gate that compares with them.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import zlib from "node:zlib";
import { Failure, at } from "../../scripts/lib.mjs";

const DIR = at("bench/results");

/** How much worse a ratio may become. */
const TOLERANCE = 0.1;

const output = (program, ...args) => {
  try {
    return execFileSync(program, args, { cwd: at(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
};

/** What the figures depend on. */
export function environment() {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpu.model, cores: os.cpus().length, memory_gb: Math.round(os.totalmem() / 2 ** 30), system: `${os.type()} ${os.release()}` },
    versions: {
      fjord: output("git", "describe", "--always", "--dirty"),
      workerd: createRequire(import.meta.url)("workerd/package.json").version,
      rustc: output("rustc", "--version"),
      node: process.version,
    },
    load: os.loadavg()[0],
  };
}

/** The module's bytes, as they are and compressed. */
export function size() {
  const wasm = fs.readFileSync(at("build/fjord.wasm"));
  return { bytes: wasm.length, gzip: zlib.gzipSync(wasm, { level: 9 }).length };
}

/** Numbers without digits that mean nothing. */
const tidy = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);

export function save(results) {
  fs.mkdirSync(DIR, { recursive: true });
  const file = `${DIR}/${results.date}.json`;
  fs.writeFileSync(file, `${JSON.stringify(results, tidy, 1)}\n`);
  return file;
}

/** The results saved last. */
export function latest() {
  const names = fs.existsSync(DIR) ? fs.readdirSync(DIR).filter((name) => name.endsWith(".json")).sort() : [];
  if (names.length === 0) throw new Failure("bench/results has no results yet: `npm run bench -- --save` writes them.");
  return JSON.parse(fs.readFileSync(`${DIR}/${names.at(-1)}`, "utf8"));
}

/** What became worse than the tolerance lets it: one line each. */
export function regressions(now, before) {
  const lines = [];
  for (const [name, { ratios }] of Object.entries(now.cases)) {
    for (const peer of ["js", "floor"]) {
      const was = before.cases[name]?.ratios?.fjord[peer].median;
      const is = ratios?.fjord[peer].median;
      if (is > was * (1 + TOLERANCE)) lines.push(`${name}: ${is.toFixed(2)} of ${peer}, was ${was.toFixed(2)}`);
    }
  }
  return lines;
}
