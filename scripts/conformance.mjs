// Replays recorded suites against the gateway, if you have them: `npm run conformance -- [SUITE-REGEX] [--only NAME-REGEX]`.
// The folder is FJORD_CONFORMANCE, or ../shared/conformance.
//
// Cases that are known not to pass are in tests/conformance-exceptions.json, each with its reason. A case that fails and
// isn't listed fails the run, and so does one that is listed and passes: the list only gets shorter. By hand:
//   --prune          takes cases that pass off the list
//   --list REASON    puts the failing cases of the chosen suites on the list
//   --recipes WAY    `always` makes calls by recipe wherever there is one, `off` nowhere; else by recipe where a request comes again
//   --report FILE    writes the result as a page in Markdown: a row for each suite, and why the exceptions are there
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { messageOf } from "../bin/lib/errors.mjs";
import { Failure, at, env, main, readText, run, writeText } from "./lib.mjs";

const folder = path.resolve(at(), process.env.FJORD_CONFORMANCE ?? "../shared/conformance");
const LIST = at("tests/conformance-exceptions.json");
const FJORD = at("bin/fjord.mjs");
const PORT = 8080; // recorded answers name it

export const haveSuites = () => fs.existsSync(path.join(folder, "run.mjs"));

/** The suites: folders that hold a configuration with its cases, and the cases of configurations alone. */
function suites() {
  const found = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => path.basename(file) === "cases.json");
  const served = found.map((file) => path.dirname(file)).filter((dir) => fs.existsSync(path.join(folder, dir, "krakend.json")));
  const checked = fs.existsSync(path.join(folder, "check/score.mjs")) ? ["check"] : [];
  return [...checked, ...served.sort()];
}

/**
 * The result of a case.
 *
 * @typedef {{ name: string, ok: boolean, why?: string }} CaseResult
 */

/**
 * Cases of a suite that are known not to pass.
 *
 * @typedef {{ reason: string, suite: string, cases: string[] }} Exception
 */

/**
 * Starts a program and waits until its output matches.
 *
 * @param {string[]} args
 * @param {RegExp} pattern
 * @param {{ cwd?: string }} [options]
 */
async function start(args, pattern, options = {}) {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.on("close", () => resolve()));
  const stop = () => child.kill("SIGTERM") && ended;
  /** @type {Promise<boolean>} */
  const ready = new Promise((resolve) => {
    const take = (/** @type {string} */ text) => {
      output += text;
      if (pattern.test(output)) resolve(true);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    void ended.then(() => resolve(false));
  });
  if (!(await ready)) throw new Failure(output.trim());
  return { stop };
}

/** The upstreams have fixed ports: another run on this machine is waited for. */
async function startUpstreams() {
  for (let patience = 300; ; patience--) {
    try {
      return await start([path.join(folder, "mock.mjs"), "--quiet"], /mock ready/);
    } catch (error) {
      if (patience === 0 || !/EADDRINUSE/.test(messageOf(error))) throw error;
      if (patience === 300) console.log("Waiting for the upstreams' ports: another program has them.");
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/**
 * Results of a suite that the gateway serves.
 *
 * @param {string} suite
 * @param {{ only?: string, recipes?: string }} wish
 * @returns {Promise<CaseResult[]>}
 */
async function serveSuite(suite, { only, recipes }) {
  const report = path.join(os.tmpdir(), `fjord-report-${process.pid}.json`);
  const way = recipes === undefined ? [] : ["--env", `FJORD_RECIPES=${recipes}`];
  const args = [FJORD, "run", "--lenient", "-c", path.join(folder, suite, "krakend.json"), "-p", String(PORT), ...way];
  const gateway = await start(args, /^listening on /m, { cwd: path.join(folder, suite) });
  try {
    const cases = path.join(folder, suite, "cases.json");
    const filter = only ? ["--only", only] : [];
    const runner = [path.join(folder, "run.mjs"), `http://localhost:${PORT}`, "--cases", cases, "--json", report, ...filter];
    const { output } = await run(process.execPath, runner);
    const text = readText(report);
    if (text === undefined) throw new Failure(output.trim());
    const results = /** @type {{ name: string, ok: boolean, errs: string[] }[]} */ (JSON.parse(text));
    return results.map(({ name, ok, errs }) => ({ name, ok, why: errs.join("; ") }));
  } finally {
    await gateway.stop();
    fs.rmSync(report, { force: true });
  }
}

/**
 * Results of the cases for `fjord check`.
 *
 * @param {string} [only]
 * @returns {Promise<CaseResult[]>}
 */
async function checkSuite(only) {
  const filter = only ? ["--only", only] : [];
  const checker = [process.execPath, FJORD, "check", "-tl", "--format", "json"];
  const { output } = await run(process.execPath, [path.join(folder, "check/score.mjs"), "--verbose", ...filter, "--", ...checker]);
  const missed = new Map(output.split("\n").map((line) => /** @type {const} */ ([line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)])));
  const cases = /** @type {{ id: string }[]} */ (JSON.parse(fs.readFileSync(path.join(folder, "check/cases.json"), "utf8")));
  const chosen = cases.filter(({ id }) => !only || new RegExp(only).test(id));
  return chosen.map(({ id }) => ({ name: id, ok: !missed.has(id), why: missed.get(id) }));
}

/** The list of known exceptions. */
const readList = () => /** @type {Exception[]} */ (JSON.parse(readText(LIST) ?? "[]"));

/**
 * Runs the suites that match. Gives back `{ passed, failed, known, problems, rows }`: problems are the lines about cases that
 * fail unexpectedly, or pass unexpectedly; a row is a suite's figures.
 *
 * @param {{ filter?: string, only?: string, recipes?: string, edit?: Edit, log?: (line: string) => void }} [options]
 */
export async function runSuites({ filter = "", only, recipes, edit, log = console.log } = {}) {
  const list = readList();
  /** @type {{ passed: number, failed: number, known: number, problems: string[], rows: Row[] }} */
  const total = { passed: 0, failed: 0, known: 0, problems: [], rows: [] };
  const upstreams = await startUpstreams();
  try {
    for (const suite of suites().filter((name) => new RegExp(filter).test(name))) {
      const excused = new Set(list.filter((entry) => entry.suite === suite).flatMap(({ cases }) => cases));
      /** @type {CaseResult[]} */
      let results;
      try {
        results = await (suite === "check" ? checkSuite(only) : serveSuite(suite, { only, recipes }));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        total.failed++;
        total.problems.push(`${suite}: can't be run\n${error.message}`);
        total.rows.push({ suite, cases: 0, passed: 0, known: 0, failed: 1 });
        continue;
      }
      const failing = results.filter(({ ok }) => !ok);
      const surprises = failing.filter(({ name }) => !excused.has(name));
      const mended = results.filter(({ name, ok }) => ok && excused.has(name));
      total.passed += results.length - failing.length - mended.length;
      total.failed += surprises.length + mended.length;
      total.known += failing.length - surprises.length;
      total.rows.push({ suite, cases: results.length, passed: results.length - failing.length, known: failing.length - surprises.length, failed: surprises.length + mended.length });
      for (const { name, why } of surprises) total.problems.push(`${suite}: ${name}\n    ${why}`);
      for (const { name } of mended) total.problems.push(`${suite}: ${name}\n    passes now: take it off the list (--prune)`);
      log(`${suite}: ${results.length - failing.length} of ${results.length} pass, ${failing.length - surprises.length} known exceptions`);
      edit?.(suite, { surprises, mended });
    }
  } finally {
    await upstreams.stop();
  }
  return total;
}

/**
 * A suite's figures. `failed` are those that fail and aren't listed, and those that are listed and pass.
 *
 * @typedef {{ suite: string, cases: number, passed: number, known: number, failed: number }} Row
 */

/**
 * The result as a page in Markdown.
 *
 * @param {{ rows: Row[], problems: string[] }} result
 * @param {Exception[]} list
 */
export function page({ rows, problems }, list) {
  const replayed = new Set(rows.map(({ suite }) => suite));
  const sum = (/** @type {Exclude<keyof Row, "suite">} */ figure) => rows.reduce((total, row) => total + row[figure], 0);
  const line = (/** @type {Row} */ { suite, cases, passed, known, failed }) => `| ${suite} | ${cases} | ${passed} | ${known} | ${failed} |`;
  const reasons = list.filter(({ suite }) => replayed.has(suite)).map(({ suite, reason, cases }) => `- ${suite}, ${cases.length === 1 ? "1 case" : `${cases.length} cases`}: ${reason}`);
  return [
    "# Conformance",
    "",
    "Requests whose answers were recorded from KrakenD, asked again.",
    "",
    "| suite | cases | pass | known exceptions | fail |",
    "|---|---|---|---|---|",
    ...rows.map(line),
    line({ suite: "all", cases: sum("cases"), passed: sum("passed"), known: sum("known"), failed: sum("failed") }),
    ...(problems.length > 0 ? ["", "## What fails", "", ...problems.map((problem) => `\`\`\`\n${problem}\n\`\`\``)] : []),
    ...(reasons.length > 0 ? ["", "## Why exceptions are known", "", ...reasons] : []),
    "",
  ].join("\n");
}

/**
 * Told of a suite's cases that fail or pass unexpectedly.
 *
 * @callback Edit
 * @param {string} suite
 * @param {{ surprises: CaseResult[], mended: CaseResult[] }} cases
 */

/**
 * Changes the list as a developer asks.
 *
 * @param {Exception[]} list
 * @param {{ prune?: boolean, reason?: string }} wish
 * @returns {Edit}
 */
function editor(list, { prune, reason }) {
  return (suite, { surprises, mended }) => {
    if (prune) {
      const gone = new Set(mended.map(({ name }) => name));
      for (const entry of list) if (entry.suite === suite) entry.cases = entry.cases.filter((name) => !gone.has(name));
    }
    if (reason && surprises.length > 0) {
      let entry = list.find((known) => known.suite === suite && known.reason === reason);
      if (!entry) list.push((entry = { reason, suite, cases: [] }));
      entry.cases.push(...surprises.map(({ name }) => name));
    }
    const kept = list.filter(({ cases }) => cases.length > 0);
    writeText(LIST, `${JSON.stringify(kept, null, 1)}\n`);
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { only: { type: "string" }, prune: { type: "boolean" }, list: { type: "string" }, recipes: { type: "string" }, report: { type: "string" } },
    });
    if (!haveSuites()) throw new Failure(`No recorded suites in ${folder}: FJORD_CONFORMANCE names the folder.`);
    const edit = values.prune || values.list ? editor(readList(), { prune: values.prune, reason: values.list }) : undefined;
    const result = await runSuites({ filter: positionals[0], only: values.only, recipes: values.recipes, edit });
    if (values.report !== undefined) fs.writeFileSync(values.report, page(result, readList()));
    const { passed, failed, known, problems } = result;
    for (const problem of problems) console.log(`\n${problem}`);
    if (known > 0) console.log(`\n${known} known exceptions: tests/conformance-exceptions.json`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 && !edit ? 1 : 0;
  });
}
