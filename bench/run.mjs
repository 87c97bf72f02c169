// What a request costs: Fjord beside hand-written workers on the same workerd, in the same run, in turns.
import { parseArgs } from "node:util";
import { Failure, at, call, main } from "../scripts/lib.mjs";
import { HEAD as BODIES_HEAD, kinds, row, weigh } from "./lib/bodies.mjs";
import { crossings } from "./lib/crossings.mjs";
import { chosen, runCase } from "./lib/load.mjs";
import { parts } from "./lib/parts.mjs";
import * as growth from "./lib/growth.mjs";
import { canMeasure } from "./lib/process.mjs";
import { TOLD, TOLERANCE, environment, latest, regressions, save, sizes } from "./lib/results.mjs";
import { startUpstream } from "./lib/servers.mjs";
import { firstRequests, startUp } from "./lib/startup.mjs";
import { steady } from "./lib/steady.mjs";
import { HEAD, NAME_WIDTH, fillPage, line, markdown } from "./lib/table.mjs";

const HELP = `npm run bench -- [CASE-REGEX] [options]

  --rounds N        turns of each who takes part: more are steadier (15)
  --requests N      requests in a turn; fewer for large documents (400)
  --warm-up N       requests before the first turn (8000): V8 makes hot code faster in stages
  --quick           5 rounds, fewer requests: a first look
  --startup         only the start-up times, and the first requests of an isolate
  --parts           only what each thing that is asked of the platform costs by itself
  --memory          only whether memory stays over many requests
  --growth          only how the cost grows with backends, bytes, endpoints and connections, beside js
  --bodies          only what large, swelling and endless bodies do to memory, alone and from 16 clients at once
  --memory-requests N   how many (20000; the last word has 200000)
  --candidate NAME=DIR  measures another build beside this one; may be repeated
  --save            writes bench/results/DATE.json; all cases must be in the run
  --worse           tells which ratios are more than 5 % worse than in the results saved last
  --gate            fails when a ratio is more than 10 % worse than in the results saved last
  --page            fills the table of docs/performance.md with the results saved last
  --no-build        measures build/ as it is

floor fetches and hands the bytes on; js is what everybody writes, without timeouts; js-safe has timeouts that cover the
bodies, and partial results; hono is js in that framework. CPU is that of the whole process, per request; ratios are taken within a round, and the
median of the rounds is shown with its quartiles.`;

/**
 * @param {string} name
 * @param {string} value
 */
const number = (name, value) => {
  if (!/^[1-9]\d*$/.test(value)) throw new Failure(`--${name} ${value}: expected a number`);
  return Number(value);
};

function commandLine() {
  const text = { type: /** @type {const} */ ("string") };
  const flag = { type: /** @type {const} */ ("boolean"), default: false };
  const options = {
    rounds: text, requests: text, "warm-up": text, quick: flag, startup: flag, parts: flag, memory: flag, bodies: flag, growth: flag, "memory-requests": { ...text, default: "20000" },
    candidate: { ...text, multiple: /** @type {const} */ (true), default: /** @type {string[]} */ ([]) }, save: flag, gate: flag, worse: flag, page: flag, "no-build": flag, help: { ...flag, short: "h" },
  };
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const defaults = values.quick ? { rounds: "5", requests: "100", "warm-up": "600" } : { rounds: "15", requests: "400", "warm-up": "8000" };
  const plan = (/** @type {keyof typeof defaults} */ name) => number(name, values[name] ?? defaults[name]);
  /** @type {Record<string, string>} */
  const candidates = {};
  for (const item of values.candidate) {
    const [name, dir] = item.split("=", 2);
    if (!name || !dir) throw new Failure(`--candidate ${item}: expected NAME=DIR`);
    candidates[name] = dir;
  }
  return { ...values, rounds: plan("rounds"), requests: plan("requests"), warmUp: plan("warm-up"), candidates, pattern: positionals[0] ?? "" };
}

/** @typedef {ReturnType<typeof commandLine>} Options */
/** @typedef {import("./lib/servers.mjs").Upstream} Upstream */
/** @typedef {import("./lib/numbers.mjs").Spread} Spread */

const milliseconds = (/** @type {Spread} */ { median, low, high }) => `${median.toFixed(1)} ms (${low.toFixed(1)}–${high.toFixed(1)})`;

/** @param {number} rounds */
async function measureStartUp(rounds) {
  const startup = await startUp(rounds);
  for (const [count, { cpu, first, wall }] of Object.entries(startup)) {
    console.log(`start-up over an empty worker, ${count} endpoints: CPU ${milliseconds(cpu)}, of the first request ${milliseconds(first)}; wall ${milliseconds(wall)}`);
  }
  return startup;
}

/**
 * @param {Upstream} upstream
 * @param {number} rounds
 */
async function measureFirstRequests(upstream, rounds) {
  const measured = await firstRequests(upstream, rounds);
  console.log(`a fresh isolate by hand (js): the first request ${milliseconds(measured.js.first)} of CPU, the first hundred ${milliseconds(measured.js.hundred)}`);
  for (const [count, { first, hundred }] of Object.entries(measured.over)) {
    console.log(`the gateway takes more, ${count} endpoints: the first request ${milliseconds(first)} of CPU, the first hundred ${milliseconds(hundred)}`);
  }
  return measured;
}

/**
 * @param {Upstream} upstream
 * @param {Options} options
 */
async function measureParts(upstream, options) {
  const measured = await parts(upstream, options);
  for (const [name, { median, low, high }] of Object.entries(measured)) {
    console.log(`${name.padEnd(NAME_WIDTH)} ${median.toFixed(1).padStart(7)} µs (${low.toFixed(1)} to ${high.toFixed(1)})`);
  }
  return measured;
}

/**
 * @param {Upstream} upstream
 * @param {Options} options
 */
async function measureGrowth(upstream, options) {
  for (const [name, points] of Object.entries(growth.series)) {
    if (!new RegExp(options.pattern).test(name)) continue;
    console.log(`${name}\n${growth.HEAD}`);
    for (const point of points) console.log(growth.row(point.at, await growth.grown(point, upstream, options)));
  }
}

/** @param {string} pattern */
async function measureBodies(pattern) {
  console.log(BODIES_HEAD);
  for (const [name, kind] of Object.entries(kinds)) {
    if (!new RegExp(pattern).test(name)) continue;
    for (const clients of [1, 16]) console.log(row(name, clients, await weigh(kind, clients)));
  }
}

/**
 * @param {Upstream} upstream
 * @param {number} requests
 */
async function measureMemory(upstream, requests) {
  const memory = await steady(upstream, requests);
  console.log(`memory over ${requests} requests, MB: ${memory.samples.map((value) => value.toFixed(0)).join(" ")}`);
  if (memory.growth > 0.1) throw new Failure(`the second half needs ${(memory.growth * 100).toFixed(0)} % more than the first`);
  return memory;
}

/**
 * @param {Upstream} upstream
 * @param {Options} options
 */
async function measureCases(upstream, options) {
  const shapes = chosen(options.pattern);
  if (shapes.length === 0) throw new Failure(`no case is called like ${options.pattern}`);
  /** @type {import("./lib/results.mjs").Results["cases"]} */
  const results = {};
  console.log(HEAD);
  for (const shape of shapes) {
    const measured = await runCase(shape, upstream, options);
    const result = "skipped" in measured ? measured : { ...measured, crossings: await crossings(shape, upstream) };
    results[shape.name] = result;
    console.log(line(shape.name, result));
  }
  return results;
}

/**
 * @param {import("./lib/results.mjs").Results} now
 * @param {import("./lib/results.mjs").Results} before
 * @param {boolean} gate Whether worse results fail.
 */
function compare(now, before, gate) {
  const found = regressions(now, before, gate ? TOLERANCE : TOLD);
  if (gate && found.length > 0) throw new Failure(`worse than on ${before.date}:\n${found.join("\n")}`);
  console.log(found.length > 0 ? `\nmore than 5 % worse than on ${before.date}:\n${found.join("\n")}` : `\nnothing is more than 5 % worse than on ${before.date}`);
}

/** @param {Options} options */
async function measure(options) {
  if (!canMeasure) throw new Failure("CPU time of threads is read from /proc, which is not here: the bench needs Linux.");
  if (!options["no-build"]) call(process.execPath, [at("scripts/build.mjs"), "--modules"]);
  const upstream = await startUpstream();
  try {
    const memoryRequests = number("memory-requests", options["memory-requests"]);
    if (options.startup) {
      await measureStartUp(options.rounds);
      return await measureFirstRequests(upstream, options.rounds);
    }
    if (options.parts) return await measureParts(upstream, options);
    if (options.growth) return await measureGrowth(upstream, options);
    if (options.bodies) return await measureBodies(options.pattern);
    if (options.memory) return await measureMemory(upstream, memoryRequests);
    const before = options.gate || options.worse ? latest() : undefined;
    const run = { ...environment(), options: { rounds: options.rounds, requests: options.requests }, wasm: sizes() };
    /** @type {import("./lib/results.mjs").Results} */
    const results = { ...run, cases: await measureCases(upstream, options) };
    if (options.pattern === "") {
      results.startup = await measureStartUp(options.rounds);
      results.cold = await measureFirstRequests(upstream, options.rounds);
      results.parts = await measureParts(upstream, options);
      results.memory = await measureMemory(upstream, memoryRequests);
    }
    console.log(`\n${markdown(results)}`);
    if (options.save) console.log(`\nwritten: ${save(results)}`);
    if (before !== undefined) compare(results, before, options.gate);
    return results;
  } finally {
    upstream.stop();
  }
}

await main(async () => {
  const options = commandLine();
  if (options.help) return console.log(HELP);
  if (options.save && options.pattern !== "") throw new Failure("--save is for a run of all cases");
  const onlyPage = options.page && !options.save && !options.gate && options.pattern === "";
  if (!onlyPage) await measure(options);
  if (options.page) fillPage(latest());
});
