// `npm run soak`: many requests of all kinds, with failing origins and leaving clients, on workerd. Every answer names its request.
import { fork } from "node:child_process";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Failure, at, call, main } from "../../scripts/lib.mjs";
import { memory } from "../lib/process.mjs";
import { prepare, startGateway, wrappedBuild } from "../lib/servers.mjs";
import { hangUp, plan, random, send } from "./client.mjs";
import { KINDS, configuration } from "./config.mjs";
import { judge, thirds } from "./judge.mjs";

/** @import { Sample } from "./judge.mjs" */

const HELP = `npm run soak -- [options]

  --requests N   how many in all (200000)
  --seconds N    ends earlier after this time (1800)
  --lanes N      how many at once (24)
  --faulty P     percent of the requests whose origins fail (5)
  --leaving P    percent of the clients that leave before the answer (2)
  --seed N       another run; the same number gives the same requests (1)
  --short        3000 requests in at most 15 s, whose memory isn't judged: that of npm test
  --no-build     soaks build/ as it is

Fails when a request is lost, hangs, gets something of another request or a wrong answer, when the core traps, when its memory grows
in the last third, when more than 2 % are out of time, or when workerd's is more than 5 % over that of the middle third.`;

const SAMPLES = 60;

function commandLine() {
  const text = /** @type {const} */ ({ type: "string" });
  const flag = /** @type {const} */ ({ type: "boolean", default: false });
  const options = { requests: text, seconds: text, lanes: text, faulty: text, leaving: text, seed: text, short: flag, "no-build": flag, help: { ...flag, short: "h" } };
  const { values } = parseArgs({ options });
  /** @param {"requests" | "seconds" | "lanes" | "faulty" | "leaving" | "seed"} name @param {number} usual */
  const number = (name, usual) => {
    const value = Number(values[name] ?? usual);
    if (!Number.isFinite(value) || value < 0) throw new Failure(`--${name} ${values[name]}: expected a number`);
    return value;
  };
  return {
    help: values.help,
    build: !values["no-build"],
    short: values.short,
    requests: number("requests", values.short ? 3000 : 200_000),
    seconds: number("seconds", values.short ? 15 : 1800),
    lanes: number("lanes", 24),
    percent: { faulty: number("faulty", 5), leaving: number("leaving", 2) },
    seed: number("seed", 1),
  };
}

/** The origin as a process of its own. */
async function startOrigin() {
  const child = fork(fileURLToPath(new URL("origin.mjs", import.meta.url)));
  /** @type {Promise<number>} */
  const listening = new Promise((resolve, reject) => {
    child.once("message", (port) => resolve(Number(port)));
    child.once("exit", () => reject(new Error("the origin ended")));
  });
  const port = await listening;
  return { url: `http://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/** @typedef {{ instances: number, traps: number, memory: number[] }} Observed */

/**
 * What the observer says.
 *
 * @param {number} port
 * @returns {Promise<Observed>}
 */
const observe = (port) =>
  new Promise((resolve, reject) => {
    const request = http.get({ port, host: "127.0.0.1", path: "/__soak", agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve(/** @type {Observed} */ (JSON.parse(text))));
    });
    request.on("error", reject);
  });

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Awaited<ReturnType<typeof startGateway>>} server @param {ReturnType<typeof commandLine>} options */
async function soak(server, { requests, seconds, lanes, percent, seed }) {
  const next = random(seed);
  const until = Date.now() + seconds * 1000;
  /** @type {Record<string, number>} */
  const ends = { good: 0, failed: 0, left: 0, late: 0, lost: 0, hung: 0, mixed: 0, wrong: 0 };
  /** @type {string[]} */
  const details = [];
  /** @type {Sample[]} */
  const samples = [];
  let asked = 0;
  /** @param {{ end: string, detail: string }} result */
  const count = ({ end, detail }) => {
    ends[end] = (ends[end] ?? 0) + 1;
    if (["lost", "hung", "mixed", "wrong"].includes(end) && details.length < 20) details.push(`${end}: ${detail}`);
  };
  const sample = async () => {
    const { memory: each } = await observe(server.port);
    samples.push({ rss: memory(server.pid), wasm: each.reduce((sum, bytes) => sum + bytes, 0) / (1 << 20) });
  };
  const lane = async () => {
    while (asked < requests && Date.now() < until) {
      const id = ++asked;
      count(await send(server.port, plan(KINDS, id, next, percent)));
      // By count or, on a slow machine, by time: whichever makes more samples.
      const part = Math.max(id / requests, 1 - (until - Date.now()) / (seconds * 1000));
      if (part * SAMPLES > samples.length + 1) await sample();
    }
  };
  await sample();
  await Promise.all(Array.from({ length: lanes }, lane));
  // What was left behind has ended by now; then all must be well again, the breaker too.
  await sleep(2500);
  const after = { good: 0, of: 0 };
  for (const kind of KINDS.flatMap((one) => [one, one, one, one, one])) {
    after.of += 1;
    const result = await send(server.port, { kind, id: ++asked });
    if (result.end === "good" || (result.end === "failed" && kind.name === "cel")) after.good += 1;
    else details.push(`afterwards: ${result.detail || result.end}`);
  }
  await sample();
  const { traps, instances } = await observe(server.port);
  return { asked, ends, details, samples, after, traps, instances };
}

await main(async () => {
  const options = commandLine();
  if (options.help) return console.log(HELP);
  if (options.build) call(process.execPath, [at("scripts/build.mjs")]);
  const origin = await startOrigin();
  const build = wrappedBuild("observed", "full");
  try {
    const { value, files } = configuration(origin.url);
    const { config, refused } = await prepare(value, files);
    if (refused !== undefined) throw new Failure(`The configuration of the soak is refused: ${refused}`);
    const server = await startGateway(config, build.dir);
    try {
      const began = Date.now();
      const result = await soak(server, options);
      const { ends, after, traps, instances } = result;
      console.log(`${result.asked} requests in ${((Date.now() - began) / 1000).toFixed(0)} s, ${options.lanes} at once, seed ${options.seed}`);
      console.log(`good ${ends.good}, failed as told ${ends.failed}, left ${ends.left}, late ${ends.late}`);
      console.log(`lost ${ends.lost}, hung ${ends.hung}, mixed ${ends.mixed}, wrong ${ends.wrong}, traps ${traps}; instances ${instances}`);
      console.log(`afterwards ${after.good} of ${after.of} good`);
      for (const [name, { rss, wasm }] of Object.entries(thirds(result.samples))) {
        console.log(`${name} third: core ${wasm.toFixed(1)} MB, workerd ${rss.toFixed(1)} MB`);
      }
      result.details.forEach((detail) => console.log(`  ${detail}`));
      const faults = judge(result, { memory: !options.short });
      if (faults.length > 0) throw new Failure(`The soak fails: ${faults.join("; ")}.`);
    } finally {
      hangUp();
      await server.stop();
    }
  } finally {
    build.remove();
    origin.stop();
  }
});
