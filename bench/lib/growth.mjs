// How the cost of a request grows: with backends, bytes, endpoints, connections.
import { configuration } from "./cases.mjs";
import { Side } from "./load.mjs";
import { median, quantile } from "./numbers.mjs";
import { expected, peers } from "./peers.mjs";
import { memory } from "./process.mjs";
import { prepare, startGateway, startScript } from "./servers.mjs";

/**
 * @typedef {import("./cases.mjs").Shape} Shape
 *
 * @typedef {object} Point One place on the way up.
 * @property {string} at
 * @property {Shape} shape
 * @property {number} [connections]
 */

/**
 * Documents of one size, merged.
 *
 * @param {number} count
 * @param {number} bytes
 * @param {Partial<Shape>} [more]
 * @returns {Shape}
 */
function merge(count, bytes, more = {}) {
  const documents = Array.from({ length: count }, (_, seed) => ({ bytes, seed }));
  return { name: "growth", documents, combine: `Object.assign(${documents.map((_, i) => `p[${i}]`).join(", ")})`, ...more };
}

const SMALL = 400;
const shown = (/** @type {number} */ number) => number.toLocaleString("en");

/** What grows, and how far. @type {Record<string, Point[]>} */
export const series = {
  "backends of 0.4 KB": [1, 2, 5, 10, 20].map((count) => ({ at: shown(count), shape: merge(count, SMALL) })),
  "bytes of one backend": [1_000, 10_000, 100_000, 1_000_000, 5_000_000].map((bytes) => ({ at: shown(bytes), shape: merge(1, bytes) })),
  endpoints: [10, 100, 1_000, 10_000].map((count) => ({ at: shown(count), shape: merge(1, SMALL, { others: count - 1 }) })),
  connections: [1, 10, 100, 1_000].map((connections) => ({ at: shown(connections), shape: merge(1, SMALL), connections })),
};

/**
 * CPU in µs per request, latency in ms, resident MB.
 *
 * @typedef {{ cpu: number, p99: number, memory: number }} Cost
 * @typedef {{ js: Cost, fjord: Cost, ratio: number }} Grown
 */

/** @param {Side} side @returns {Cost} */
const cost = (side) => ({ cpu: median(side.cpu), p99: quantile(side.times, 0.99), memory: memory(side.server.pid) });

/**
 * Measures one place.
 *
 * @param {Point} point
 * @param {import("./servers.mjs").Upstream} upstream
 * @param {{ rounds: number, requests: number, warmUp: number }} plan
 * @returns {Promise<Grown>}
 */
export async function grown({ shape, connections }, upstream, { rounds, requests, warmUp }) {
  const { config, refused } = await prepare(configuration(shape, upstream.url));
  if (refused !== undefined) throw new Error(refused);
  const js = await Side.start("js", await startScript(peers.js(shape, upstream.url)), shape, connections);
  const fjord = await Side.start("fjord", await startGateway(config), shape, connections);
  const sides = [js, fjord];
  const bytes = shape.documents.reduce((sum, document) => sum + document.bytes, 0);
  // As in the cases, but each connection has some requests of a turn.
  const scaled = (/** @type {number} */ count) => Math.max(20, connections ?? 0, Math.round(count / Math.max(1, bytes / 50_000)));
  try {
    const want = expected(shape);
    for (const side of sides) side.verify(want);
    for (const side of sides) await side.warm(scaled(warmUp));
    for (let round = 0; round < rounds; round++) for (const side of round % 2 ? sides.toReversed() : sides) await side.measure(scaled(requests));
    const ratio = median(fjord.cpu.map((value, round) => value / (js.cpu[round] ?? NaN)));
    return { js: cost(js), fjord: cost(fjord), ratio };
  } finally {
    for (const side of sides) await side.stop();
  }
}

export const HEAD = `${"".padEnd(12)}   CPU µs of js    of fjord   ratio   p99 ms of js   of fjord   MB of js   of fjord`;

/**
 * @param {string} at
 * @param {Grown} grown
 */
export function row(at, { js, fjord, ratio }) {
  const number = (/** @type {number} */ value, /** @type {number} */ digits, /** @type {number} */ width) => value.toFixed(digits).padStart(width);
  return [
    at.padStart(12), number(js.cpu, 0, 15), number(fjord.cpu, 0, 11), number(ratio, 2, 7), number(js.p99, 2, 14), number(fjord.p99, 2, 10),
    number(js.memory, 0, 10), number(fjord.memory, 0, 10),
  ].join(" ");
}
