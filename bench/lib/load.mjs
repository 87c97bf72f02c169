// Runs one case: all who take part, in turns, every answer checked.
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../bin/lib/errors.mjs";
import { cases, configuration } from "./cases.mjs";
import { Client } from "./client.mjs";
import { median, quantile, spread } from "./numbers.mjs";
import { expected, peers } from "./peers.mjs";
import { cpu, memory, spent } from "./process.mjs";
import { prepare, startGateway, startScript } from "./servers.mjs";

const CONNECTIONS = 4;

/** Large documents need fewer requests for a steady figure. */
const scaled = (requests, { documents }) => {
  const bytes = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  return Math.max(20, Math.round(requests / Math.max(1, bytes / 50_000)));
};

/** One who takes part: its process, its client, what it answered first (all others must be the same), and its figures. */
export class Side {
  cpu = [];
  rate = [];
  times = [];

  static async start(name, server, shape) {
    const side = new Side();
    side.name = name;
    side.server = server;
    const request = { path: shape.path ?? "/bench", headers: shape.headers?.() };
    side.client = await Client.open(server.port, request, CONNECTIONS);
    return side;
  }

  /** The first answer is compared as data, the others with the first. */
  async verify({ status, floor, data }) {
    const answer = await this.client.once();
    const text = answer.body.toString();
    const right =
      answer.status === status &&
      (this.name === "floor" ? text === floor : data === undefined || isDeepStrictEqual(JSON.parse(text), data));
    if (!right) throw new Failure(`${this.name} gives a wrong answer: ${answer.status} ${text.slice(0, 200)}`);
    this.first = answer;
  }

  #check = ({ status, body }) => {
    if (status !== this.first.status || !body.equals(this.first.body)) throw new Failure(`${this.name}: an answer differs from the first`);
  };

  warm(requests) {
    return this.client.many(requests, this.#check);
  }

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

/** A ratio is taken within each round, so that what disturbs a whole round falls out. */
const ratio = (side, base) => spread(side.cpu.map((value, round) => value / base.cpu[round]));

/**
 * Measures one case. Gives `{ sides, ratios }`, or `{ skipped }` with the reason. `candidates` are further builds by name, as
 * folders; they are measured like the others.
 */
export async function runCase(shape, upstream, { requests, rounds, warmUp, candidates = {} }) {
  const { config, refused } = await prepare(configuration(shape, upstream.url), shape.files);
  if (refused !== undefined) return { skipped: refused };
  const want = expected(shape);
  const sides = [];
  try {
    for (const [name, source] of Object.entries(peers)) {
      sides.push(await Side.start(name, await startScript(source(shape, upstream.url)), shape));
    }
    sides.push(await Side.start("fjord", await startGateway(config), shape));
    for (const [name, folder] of Object.entries(candidates)) {
      sides.push(await Side.start(name, await startGateway(config, folder), shape));
    }
    for (const side of sides) await side.verify(want);
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

function summary(sides) {
  const named = Object.fromEntries(sides.map((side) => [side.name, side]));
  const ratios = {};
  for (const side of sides.filter(({ name }) => !(name in peers))) {
    ratios[side.name] = Object.fromEntries(Object.keys(peers).map((peer) => [peer, ratio(side, named[peer])]));
    if (side.name !== "fjord") ratios[side.name].fjord = ratio(side, named.fjord);
  }
  return { sides: Object.fromEntries(sides.map((side) => [side.name, side.figures()])), ratios };
}

/** The cases whose names match. */
export const chosen = (pattern) => cases.filter(({ name }) => new RegExp(pattern, "i").test(name));
