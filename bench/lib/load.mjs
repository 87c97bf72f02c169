// Runs one case: all who take part, in turns, every answer checked.
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../bin/lib/errors.mjs";
import { cases, configuration } from "./cases.mjs";
import { Client } from "./client.mjs";
import { median, quantile, spread } from "./numbers.mjs";
import { expected, peers } from "./peers.mjs";
import { cpu, memory, spent } from "./process.mjs";
import { EDGE, PLACE, prepare, startGateway, startScript } from "./servers.mjs";

/**
 * @typedef {import("./cases.mjs").Shape} Shape
 * @typedef {import("./client.mjs").Answer} Answer
 * @typedef {import("./numbers.mjs").Spread} Spread
 * @typedef {ReturnType<Side["figures"]>} Figures
 */

/**
 * What was measured of a case: the CPU time of each who takes part as a ratio to that of others.
 *
 * @typedef {{ sides: Record<string, Figures>, ratios: Record<string, Record<string, Spread>> }} Measured
 */

const CONNECTIONS = 4;

/** Fjord without the `extra_config` of the service: what a case with one costs beside it. */
export const PLAIN = "plain";

/**
 * Large documents need fewer requests for a steady figure.
 *
 * @param {number} requests
 * @param {Shape} shape
 */
const scaled = (requests, { documents }) => {
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  return Math.max(20, Math.round(requests / Math.max(1, bytes / 50_000)));
};

/** @typedef {Awaited<ReturnType<typeof startScript>>} Server */

/** One who takes part: its process, its client, what it answered first (all others must be the same), and its figures. */
export class Side {
  /** @type {number[]} */
  cpu = [];
  /** @type {number[]} */
  rate = [];
  /** @type {number[]} */
  times = [];

  /**
   * @param {string} name
   * @param {Server} server
   * @param {Client} client
   * @param {Answer} first
   */
  constructor(name, server, client, first) {
    this.name = name;
    this.server = server;
    this.client = client;
    this.first = first;
  }

  /**
   * @param {string} name
   * @param {Server} server
   * @param {Pick<Shape, "path" | "headers" | "each" | "isCounted" | "isAlone">} shape
   * @param {number} [connections]
   */
  static async start(name, server, { path = "/bench", headers, each, isCounted, isAlone }, connections = CONNECTIONS) {
    const edge = each === undefined ? EDGE : PLACE;
    const client = await Client.open(server.port, { path, headers: { ...edge, ...headers?.() }, each, isCounted, isAlone }, connections);
    return new Side(name, server, client, await client.once());
  }

  /**
   * The first answer is compared as data, the others with the first.
   *
   * @param {ReturnType<typeof expected>} want
   */
  verify({ status, floor, data }) {
    const answer = this.first;
    const text = answer.body.toString();
    const right =
      answer.status === status &&
      (this.name === "floor" ? text === floor : data === undefined || isDeepStrictEqual(JSON.parse(text), data));
    if (!right) throw new Failure(`${this.name} gives a wrong answer: ${answer.status} ${text.slice(0, 200)}`);
  }

  #check = (/** @type {Answer} */ { status, body }) => {
    if (status !== this.first.status || !body.equals(this.first.body)) throw new Failure(`${this.name}: an answer differs from the first`);
  };

  /** @param {number} requests */
  warm(requests) {
    return this.client.many(requests, this.#check);
  }

  /** @param {number} requests */
  async measure(requests) {
    const before = cpu(this.server.pid);
    const { times, total } = await this.client.many(requests, this.#check);
    this.cpu.push(spent(before, cpu(this.server.pid)) / requests);
    this.rate.push((requests * 1000) / total);
    this.times.push(...times);
  }

  figures() {
    return {
      cpu: spread(this.cpu),
      rate: median(this.rate),
      p50: quantile(this.times, 0.5),
      p99: quantile(this.times, 0.99),
      memory: memory(this.server.pid),
    };
  }

  async stop() {
    this.client.close();
    await this.server.stop();
  }
}

/**
 * A ratio is taken within each round, so that what disturbs a whole round falls out.
 *
 * @param {Side} side
 * @param {Side} base
 */
const ratio = (side, base) => spread(side.cpu.map((value, round) => value / (base.cpu[round] ?? NaN)));

/**
 * How much is measured. `candidates` are further builds by name, as folders; they are measured like the others.
 *
 * @typedef {{ requests: number, rounds: number, warmUp: number, candidates?: Record<string, string> }} Plan
 */

/**
 * Measures one case; `skipped` is the reason why it can't be.
 *
 * @param {Shape} shape
 * @param {import("./servers.mjs").Upstream} upstream
 * @param {Plan} plan
 * @returns {Promise<Measured | { skipped: string }>}
 */
export async function runCase(shape, upstream, { requests, rounds, warmUp, candidates = {} }) {
  const { config, module, refused } = await prepare(configuration(shape, upstream.url), shape.files);
  if (refused !== undefined) return { skipped: refused };
  const want = expected(shape);
  /** @type {Side[]} */
  const sides = [];
  try {
    for (const [name, source] of Object.entries(peers)) {
      sides.push(await Side.start(name, await startScript(source(shape, upstream.url)), shape));
    }
    sides.push(await Side.start("fjord", await startGateway(config, undefined, module), shape));
    if (shape.service !== undefined) {
      const plain = await prepare(configuration({ ...shape, service: undefined }, upstream.url), shape.files);
      sides.push(await Side.start(PLAIN, await startGateway(plain.config, undefined, plain.module), shape));
    }
    for (const [name, folder] of Object.entries(candidates)) {
      sides.push(await Side.start(name, await startGateway(config, folder, module), shape));
    }
    for (const side of sides) side.verify(want);
    for (const side of sides) await side.warm(scaled(warmUp, shape));
    const slice = scaled(requests, shape);
    for (let round = 0; round < rounds; round++) {
      // Each goes first at times: nobody always runs behind the same neighbour.
      const from = round % sides.length;
      for (const side of [...sides.slice(from), ...sides.slice(0, from)]) await side.measure(slice);
    }
    return summary(sides);
  } finally {
    for (const side of sides) await side.stop();
  }
}

/**
 * @param {Side[]} sides
 * @returns {Measured}
 */
function summary(sides) {
  const others = sides.filter(({ name }) => !Object.hasOwn(peers, name));
  // Beside the peers Fjord itself is a base, for other builds of it, and for more in its configuration.
  /** @type {Measured["ratios"]} */
  const ratios = {};
  for (const side of others) {
    const bases = sides.filter(({ name }) => name !== side.name && (Object.hasOwn(peers, name) || name === "fjord" || name === PLAIN));
    ratios[side.name] = Object.fromEntries(bases.map((base) => [base.name, ratio(side, base)]));
  }
  return { sides: Object.fromEntries(sides.map((side) => [side.name, side.figures()])), ratios };
}

/**
 * The cases whose names match.
 *
 * @param {string} pattern
 */
export const chosen = (pattern) => cases.filter(({ name }) => new RegExp(pattern, "i").test(name));
