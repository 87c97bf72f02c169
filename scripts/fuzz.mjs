// `npm run fuzz -- [TARGET] [SECONDS]`: libFuzzer over one target or each of them, a minute each.
//
// Needs a nightly toolchain, cargo-fuzz and a C++ compiler; `npm test -- fuzz` needs none of them and runs the same targets over
// their seeds and mutations of them. Findings are in fuzz/artifacts/TARGET; an input that was mended goes to
// fuzz/found/TARGET, where all later runs start from it.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { Failure, at, call, env, main } from "./lib.mjs";

const HELP = `npm run fuzz -- [TARGET] [SECONDS]

  TARGET    one of: ${targets().join(", ")}; all of them one after the other if none is named
  SECONDS   how long each runs (60)`;

/** What has to be there, and how it gets there. */
const NEEDED = [
  { args: ["+nightly", "--version"], lacks: "a nightly toolchain", get: "rustup toolchain install nightly --profile minimal" },
  { args: ["+nightly", "fuzz", "--version"], lacks: "cargo-fuzz", get: "cargo install cargo-fuzz --locked" },
];

/** Inputs are small, memory is what an isolate has at most, and whatever takes ten seconds hangs. */
const LIBFUZZER = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1", "-verbosity=0"];

/** The names of all targets: each has a binary. */
function targets() {
  return fs.readdirSync(at("fuzz/fuzz_targets")).map((name) => name.replace(/\.rs$/, "")).sort();
}

/** @param {string[]} args */
function commandLine(args) {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP);
    return undefined;
  }
  const words = args.filter((word) => !/^\d+$/.test(word));
  const seconds = Number(args.find((word) => /^\d+$/.test(word)) ?? 60);
  const unknown = words.find((word) => !targets().includes(word));
  if (unknown !== undefined) throw new Failure(`There is no target ${unknown}.\n\n${HELP}`);
  if (seconds < 1) throw new Failure(`${seconds} seconds: expected at least 1`);
  return { chosen: words.length > 0 ? words : targets(), seconds };
}

function demandTools() {
  for (const { args, lacks, get } of NEEDED) {
    const { status } = spawnSync("cargo", args, { cwd: at(), env, stdio: "ignore" });
    if (status !== 0) {
      throw new Failure(`Fuzzing needs ${lacks}, which isn't here. To get it:\n  ${get}\n\`npm test -- fuzz\` runs the targets without it.`);
    }
  }
  // The C++ part of libFuzzer is compiled with the first target.
  const compiler = process.env.CXX ?? "c++";
  if (spawnSync(compiler, ["--version"], { stdio: "ignore" }).error) {
    throw new Failure(`Fuzzing needs a C++ compiler, and ${compiler} isn't here. On Debian: apt-get install g++`);
  }
}

/**
 * @param {string} target
 * @param {number} seconds
 */
function fuzz(target, seconds) {
  const corpus = at("fuzz/corpus", target);
  call("cargo", ["run", "--quiet", "--locked", "--package", "fjord-fuzz", "--bin", "seeds", "--", target, corpus]);
  // Nothing here is unsafe, so no sanitizer: twice as many inputs. Linking all of it at once would take a minute for each target.
  const quick = { CARGO_PROFILE_RELEASE_LTO: "off", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16" };
  const options = ["--features", "libfuzzer", "--sanitizer", "none", "--target-dir", at("target/fuzz")];
  const run = spawnSync(
    "cargo",
    ["+nightly", "fuzz", "run", ...options, target, corpus, "--", ...LIBFUZZER, `-dict=${at("fuzz/corpus", `${target}.dict`)}`, `-max_total_time=${seconds}`],
    { cwd: at(), env: { ...env, ...quick }, stdio: "inherit" },
  );
  return run.status === 0;
}

await main(async () => {
  const asked = commandLine(process.argv.slice(2));
  if (asked === undefined) return;
  demandTools();
  const failed = [];
  for (const target of asked.chosen) {
    console.log(`\n${target}, ${asked.seconds} s`);
    if (!fuzz(target, asked.seconds)) failed.push(target);
  }
  console.log(`${asked.chosen.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) throw new Failure(`Faults were found by: ${failed.join(", ")}. The inputs are in fuzz/artifacts.`);
});
