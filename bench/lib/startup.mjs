// What a fresh process costs: until its first answer, over a worker that does nothing; and the first requests of an isolate, over a
// worker written by hand.
import { cases, configuration, endpoints } from "./cases.mjs";
import { Client } from "./client.mjs";
import { spread } from "./numbers.mjs";
import { expected, peers } from "./peers.mjs";
import { cpu, spent } from "./process.mjs";
import { EDGE, prepare, startGateway, startScript } from "./servers.mjs";

const EMPTY = `export default { fetch() { return new Response("{}"); } };`;

/** How many endpoints the configurations have. */
const COUNTS = /** @type {const} */ ([10, 1000]);

/** How many requests are an isolate's first. */
const FIRST_REQUESTS = 100;

/** @typedef {() => ReturnType<typeof startScript>} Start */
/** @typedef {import("./numbers.mjs").Spread} Spread */

/**
 * Milliseconds: of CPU and of time until the first answer, and the CPU of the first request alone.
 *
 * @typedef {{ cpu: number, wall: number, first: number }} Figures
 */

/**
 * @param {Start} start
 * @returns {Promise<Figures>}
 */
async function once(start) {
  const began = performance.now();
  const server = await start();
  try {
    const listening = spent(new Map(), cpu(server.pid));
    const client = await Client.open(server.port, { path: "/__health" }, 1);
    await client.once();
    const all = spent(new Map(), cpu(server.pid)) / 1000;
    const figures = { cpu: all, wall: performance.now() - began, first: all - listening / 1000 };
    client.close();
    return figures;
  } finally {
    await server.stop();
  }
}

/**
 * Milliseconds over the empty worker, for 10 and 1,000 endpoints: `cpu` and `wall` of all, `first` the CPU of the first request
 * alone, in which the plan is made.
 *
 * @param {number} rounds
 */
export async function startUp(rounds) {
  const host = "http://origin.example";
  const few = await prepared({ version: 3, host: [host], endpoints: endpoints(10) });
  const many = await prepared({ version: 3, host: [host], endpoints: endpoints(1000) });
  /** @type {Record<"empty" | "10" | "1000", Figures[]>} */
  const seen = { empty: [], 10: [], 1000: [] };
  for (let round = 0; round < rounds; round++) {
    seen.empty.push(await once(() => startScript(EMPTY)));
    seen["10"].push(await once(few));
    seen["1000"].push(await once(many));
  }
  /**
   * @param {"10" | "1000"} name
   * @param {keyof Figures} figure
   */
  const over = (name, figure) => spread(seen[name].map((one, round) => one[figure] - (seen.empty[round]?.[figure] ?? NaN)));
  const figures = (/** @type {"10" | "1000"} */ name) => ({ cpu: over(name, "cpu"), first: over(name, "first"), wall: over(name, "wall") });
  return { 10: figures("10"), 1000: figures("1000") };
}

/**
 * The CPU of the first request of an isolate, and of the first hundred together.
 *
 * @typedef {{ first: number, hundred: number }} Early
 */

/**
 * @param {Start} start
 * @param {ReturnType<typeof expected>["data"]} data What each answer must be.
 * @returns {Promise<Early>}
 */
async function early(start, data) {
  const server = await start();
  try {
    const before = cpu(server.pid);
    const client = await Client.open(server.port, { path: "/bench", headers: EDGE }, 1);
    const text = JSON.stringify(data);
    const ask = async () => {
      const { status, body } = await client.once();
      if (status !== 200 || JSON.stringify(JSON.parse(body.toString())) !== text) throw new Error(`another answer than expected: ${status} ${body.toString().slice(0, 200)}`);
    };
    await ask();
    const first = spent(before, cpu(server.pid)) / 1000;
    for (let request = 1; request < FIRST_REQUESTS; request++) await ask();
    client.close();
    return { first, hundred: spent(before, cpu(server.pid)) / 1000 };
  } finally {
    await server.stop();
  }
}

/**
 * Milliseconds of CPU of an isolate's first request and of its first hundred, one backend of 0.4 KB each: of the worker written by hand
 * (`js`), and how much more a gateway takes.
 *
 * @param {import("./servers.mjs").Upstream} upstream
 * @param {number} rounds
 */
export async function firstRequests(upstream, rounds) {
  const shape = cases.find(({ name }) => name === "one backend, 0.4 KB");
  if (shape === undefined) throw new Error("the case of the first requests is gone");
  const { data } = expected(shape);
  const byHand = peers.js(shape, upstream.url);
  const gateways = await Promise.all(COUNTS.map((count) => prepared(configuration({ ...shape, others: count - 1 }, upstream.url))));
  /** @type {Early[]} */
  const js = [];
  /** @type {Early[][]} */
  const fjord = COUNTS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    js.push(await early(() => startScript(byHand), data));
    for (const [index, start] of gateways.entries()) fjord[index]?.push(await early(start, data));
  }
  /** @param {Early[]} seen @param {(one: Early, round: number) => number} of */
  const each = (seen, of) => spread(seen.map(of));
  const over = (/** @type {Early[]} */ seen, /** @type {keyof Early} */ figure) => each(seen, (one, round) => one[figure] - (js[round]?.[figure] ?? NaN));
  const more = COUNTS.map((count, index) => {
    const seen = fjord[index] ?? [];
    return /** @type {const} */ ([count, { first: over(seen, "first"), hundred: over(seen, "hundred") }]);
  });
  return { js: { first: each(js, ({ first }) => first), hundred: each(js, ({ hundred }) => hundred) }, over: /** @type {Record<string, Record<keyof Early, Spread>>} */ (Object.fromEntries(more)) };
}

/**
 * What starts the gateway of a configuration.
 *
 * @param {object} value
 * @returns {Promise<Start>}
 */
async function prepared(value) {
  const { config, module, refused } = await prepare(value);
  if (refused !== undefined) throw new Error(refused);
  return () => startGateway(config, undefined, module);
}
