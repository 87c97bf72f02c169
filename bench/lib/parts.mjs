// Where the CPU of a small request goes: each thing that a gateway must ask of the platform, by itself over the floor, on one
// backend of 0.4 KB. What `all of these` costs is what a gateway would cost whose own code were free.
import { configuration } from "./cases.mjs";
import { SIZES } from "./documents.mjs";
import { Side } from "./load.mjs";
import { spread } from "./numbers.mjs";
import { prepare, startGateway, startScript } from "./servers.mjs";

const one = { bytes: SIZES["0.4 KB"], seed: 0 };
/** @type {import("./cases.mjs").Shape} */
const shape = { name: "parts", documents: [one] };

const SETUP = `const lines = { method: "GET", redirect: "manual", headers: new Headers([["Accept-Encoding", "gzip"], ["User-Agent", "KrakenD Version 2.11.2"], ["X-Forwarded-For", "127.0.0.1"], ["X-Forwarded-Host", "127.0.0.1:8080"]]) };
const head = { status: 200, headers: new Headers([["Content-Type", "application/json; charset=utf-8"], ["X-Krakend", "Version 2.11.2"], ["X-Krakend-Completed", "true"]]) };
const late = () => {};
let seen;`;

const KEPT = "const kept = new Request(origin, lines);";
const TARGET = "seen = request.method + request.url;";
const LOOK_UP = `const { headers } = request;
    for (const name of ["content-type", "cf-connecting-ip", "x-forwarded-for", "x-real-ip"]) seen = headers.get(name);
    seen = request.body;`;
const TIMER = "setTimeout(late, 3000);";

/**
 * Code before the call, the call's arguments, the answer's.
 *
 * @typedef {{ setup?: string, before?: string, call?: string, body?: string, head?: string }} Part
 */

/**
 * The parts by what they are called.
 *
 * @type {Record<string, Part>}
 */
const PARTS = {
  floor: {},
  "method and URL read": { before: TARGET },
  "header lines looked up": { before: LOOK_UP },
  "KrakenD's lines to the origin": { call: "origin, lines" },
  "the same, kept from call to call": { setup: KEPT, call: "kept" },
  "KrakenD's lines in the answer": { head: ", head" },
  "a timer for the deadline": { before: TIMER },
  "all of these": { setup: KEPT, before: `${TARGET}\n    ${LOOK_UP}\n    ${TIMER}`, call: "kept", head: ", head" },
  "js: parsed and printed": { head: `, { headers: { "content-type": "application/json" } }`, body: "JSON.stringify(await answer.json())" },
};

/**
 * @param {Part} part
 * @param {string} origin
 */
const script = ({ setup = "", before = "", call = "origin", body = "await answer.arrayBuffer()", head = "" }, origin) => `
const origin = "${origin}";
${SETUP}
${setup}
export default {
  async fetch(request) {
    ${before}
    const answer = await fetch(${call});
    return new Response(${body}${head});
  },
};`;

/**
 * µs over the floor by part, with quartiles; the floor's own are absolute.
 *
 * @param {import("./servers.mjs").Upstream} upstream
 * @param {import("./load.mjs").Plan} plan
 * @returns {Promise<Record<string, import("./numbers.mjs").Spread>>}
 */
export async function parts(upstream, { requests, rounds, warmUp }) {
  const { config } = await prepare(configuration(shape, upstream.url));
  /** @type {Side[]} */
  const sides = [];
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      sides.push(await Side.start(name, await startScript(script(part, `${upstream.url}/${one.bytes}/${one.seed}`)), shape));
    }
    sides.push(await Side.start("Fjord", await startGateway(config), shape));
    for (const side of sides) await side.warm(warmUp);
    for (let round = 0; round < rounds; round++) {
      const from = round % sides.length;
      for (const side of [...sides.slice(from), ...sides.slice(0, from)]) await side.measure(requests);
    }
  } finally {
    for (const side of sides) await side.stop();
  }
  const base = sides.find(({ name }) => name === "floor")?.cpu ?? [];
  /** @type {Record<string, import("./numbers.mjs").Spread>} */
  const over = {};
  for (const { name, cpu } of sides) over[name] = spread(name === "floor" ? cpu : cpu.map((value, round) => value - (base[round] ?? NaN)));
  return over;
}
