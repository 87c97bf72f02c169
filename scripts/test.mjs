// `npm test`: everything that can be checked, one stage after the other, with one closing line.
//
//   npm test -- core wasm      only the stages whose name begins with one of the words
//   npm test -- --suites       the recorded suites too, if they are there
import fs from "node:fs";
import { haveSuites, runSuites } from "./conformance.mjs";
import { at, env, main, run } from "./lib.mjs";
import { supply } from "./supply.mjs";

const TARGET = "wasm32-unknown-unknown";
const RUNNER = at("target/tools/fjord-test-runner");

/** The gateway and the crates that it is made of, for cargo. */
const CORE = ["fjord", ...fs.readdirSync(at("crates")).map((name) => `fjord-${name}`)].flatMap((name) => ["--package", name]);

/**
 * What a stage gives back.
 *
 * @typedef {{ passed: number, failed: number, output: string }} Result
 */

/**
 * A stage that passes or fails as a whole.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {() => Promise<Result>}
 */
const task = (program, ...args) => async () => {
  const { code, output } = await run(program, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output };
};

/**
 * Adds up what test binaries say at their ends; a binary that doesn't come that far counts as failed.
 *
 * @param {{ code: number | null, output: string }} run
 * @returns {Result}
 */
function cargoCounts({ code, output }) {
  const sum = { passed: 0, failed: 0, output };
  for (const [, passed, failed] of output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed/gm)) {
    sum.passed += Number(passed);
    sum.failed += Number(failed);
  }
  if (code !== 0 && sum.failed === 0) sum.failed = 1;
  return sum;
}

/** @param {string[]} args */
const cargoTest = (...args) => async () => cargoCounts(await run("cargo", ["test", "--quiet", "--locked", ...args]));

/** Licences, sources and duplicates. Vulnerabilities become known at any time, and are asked for by a command of their own. */
async function supplyChain() {
  const counts = await supply();
  console.log("       advisories: not checked (`npm run supply` does)");
  return counts;
}

/** The targets over their seeds and mutations of them; their binaries are checked, which takes no libFuzzer. */
async function fuzzTest() {
  const lints = await run("cargo", ["clippy", "--quiet", "--locked", "--package", "fjord-fuzz", "--all-targets", "--features", "binaries", "--", "-D", "warnings"]);
  if (lints.code !== 0) return { passed: 0, failed: 1, output: lints.output };
  return cargoTest("--package", "fjord-fuzz")();
}

async function wasmTest() {
  const runner = await run("cargo", ["build", "--quiet", "--locked", "--profile", "tools", "--package", "fjord-bindgen", "--features", "test-runner"]);
  if (runner.code !== 0) return { passed: 0, failed: 1, output: runner.output };
  const variables = { ...env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: RUNNER };
  return cargoCounts(await run("cargo", ["test", "--locked", "--package", "fjord", "--test", "wasm", "--target", TARGET], { env: variables }));
}

async function blackBox() {
  const files = fs.readdirSync(at("tests")).filter((name) => name.endsWith(".test.mjs")).map((name) => at("tests", name));
  const { code, output } = await run("node", ["--test", "--test-reporter=spec", "--test-timeout=120000", ...files]);
  const count = (/** @type {string} */ word) => Number(new RegExp(`^ℹ ${word} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  for (const [, name, reason] of output.matchAll(/^\s*﹣ (.+) \([\d.]+ms\) # (.+)$/gm)) console.log(`       skipped: ${name}: ${reason}`);
  return { passed: count("pass"), failed: code !== 0 && failed === 0 ? 1 : failed, output: failuresOnly(output) };
}

/**
 * The spec reporter repeats the failures, with their details, behind a line of its own.
 *
 * @param {string} output
 */
function failuresOnly(output) {
  const start = output.indexOf("failing tests:");
  return start < 0 ? output : output.slice(start);
}

async function suites() {
  const { problems, known, ...counts } = await runSuites({ log: (line) => console.log(`       ${line}`) });
  if (known > 0) console.log(`       ${known} known exceptions: tests/conformance-exceptions.json`);
  return { ...counts, output: problems.join("\n") };
}

/** @type {Record<string, () => Promise<Result>>} */
const stages = {
  format: task("cargo", "fmt", "--all", "--check"),
  types: task("npm", "run", "--silent", "types"),
  lint: task("npm", "run", "--silent", "lint"),
  supply: supplyChain,
  clippy: task("cargo", "clippy", "--quiet", "--locked", ...CORE, "--package", "fjord-origins", "--all-targets", "--", "-D", "warnings"),
  "clippy-wasm": task("cargo", "clippy", "--quiet", "--locked", "--lib", ...CORE, "--package", "fjord-limits", "--package", "fjord-origins", "--target", TARGET, "--", "-D", "warnings"),
  build: task(process.execPath, at("scripts/build.mjs"), "--origins", "--modules", "--examples"),
  core: cargoTest(...CORE),
  origins: cargoTest("--package", "fjord-origins"),
  fuzz: fuzzTest,
  wasm: wasmTest,
  "black-box": blackBox,
};

await main(async () => {
  const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  if (process.argv.includes("--suites") && haveSuites()) stages.suites = suites;
  const chosen = Object.entries(stages).filter(([name]) => words.length === 0 || words.some((word) => name.startsWith(word)));
  const total = { passed: 0, failed: 0 };
  for (const [name, stage] of chosen) {
    const started = Date.now();
    const { passed, failed, output } = await stage();
    total.passed += passed;
    total.failed += failed;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${failed > 0 ? "FAILED" : "ok    "} ${name}: ${passed} of ${passed + failed} in ${seconds} s`);
    if (failed > 0) console.log(`\n${output.trim()}\n`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});
