// Whether memory stays where it is over many requests.
import { cases, configuration } from "./cases.mjs";
import { Client } from "./client.mjs";
import { memory } from "./process.mjs";
import { prepare, startGateway } from "./servers.mjs";

const STEPS = 20;
const ENDPOINTS = ["merge of 3 × 4 KB", "merge of 3 × 70 KB", "flatmap of 4 KB", "no-op, 70 KB"];

/**
 * Resident MB of a gateway that serves several kinds of work in turns, at each twentieth of `requests`.
 *
 * @param {import("./servers.mjs").Upstream} upstream
 * @param {number} requests
 */
export async function steady(upstream, requests) {
  const shapes = ENDPOINTS.map((name) => {
    const found = cases.find((shape) => shape.name === name);
    if (found === undefined) throw new Error(`no case is called ${name}`);
    return found;
  });
  const all = shapes.map((shape, index) => ({ ...configuration(shape, upstream.url).endpoints[0], endpoint: `/bench${index}` }));
  const { config } = await prepare({ version: 3, timeout: "3s", host: [upstream.url], endpoints: all });
  const server = await startGateway(config);
  const clients = await Promise.all(all.map(({ endpoint }) => Client.open(server.port, { path: endpoint }, 2)));
  try {
    /** @type {number[]} */
    const samples = [];
    for (let step = 0; step < STEPS; step++) {
      for (const client of clients) {
        await client.many(Math.ceil(requests / STEPS / clients.length), ({ status }) => {
          if (status !== 200) throw new Error(`status ${status} under load`);
        });
      }
      samples.push(memory(server.pid));
    }
    const half = STEPS / 2;
    const most = (/** @type {number} */ from, /** @type {number} */ to) => Math.max(...samples.slice(from, to));
    return { requests, samples, growth: most(half, STEPS) / most(2, half) - 1 };
  } finally {
    for (const client of clients) client.close();
    await server.stop();
  }
}
