// From the start of the process to the first answer, over a worker that does nothing.
import { endpoints } from "./cases.mjs";
import { Client } from "./client.mjs";
import { spread } from "./numbers.mjs";
import { cpu, spent } from "./process.mjs";
import { prepare, startGateway, startScript } from "./servers.mjs";

const EMPTY = `export default { fetch() { return new Response("{}"); } };`;

/** @typedef {{ cpu: number, wall: number, first: number }} Figures */

/**
 * @param {() => ReturnType<typeof startScript>} start
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
  const few = await prepared(10);
  const many = await prepared(1000);
  /** @type {Record<"empty" | "10" | "1000", Figures[]>} */
  const seen = { empty: [], 10: [], 1000: [] };
  for (let round = 0; round < rounds; round++) {
    seen.empty.push(await once(() => startScript(EMPTY)));
    seen["10"].push(await once(() => startGateway(few)));
    seen["1000"].push(await once(() => startGateway(many)));
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
 * A configuration of this many endpoints.
 *
 * @param {number} count
 */
async function prepared(count) {
  const { config, refused } = await prepare({ version: 3, host: ["http://origin.example"], endpoints: endpoints(count) });
  if (refused !== undefined) throw new Error(refused);
  return config;
}
