// From the start of the process to the first answer, over a worker that does nothing.
import { endpoints } from "./cases.mjs";
import { Client } from "./client.mjs";
import { spread } from "./numbers.mjs";
import { cpu, spent } from "./process.mjs";
import { prepare, startGateway, startScript } from "./servers.mjs";

const EMPTY = `export default { fetch() { return new Response("{}"); } };`;

async function once(start) {
  const began = performance.now();
  const server = await start();
  try {
    const listening = spent(new Map(), cpu(server.pid));
    const client = await Client.open(server.port, { path: "/__health" }, 1);
    await client.once();
    const figures = { cpu: spent(new Map(), cpu(server.pid)) / 1000, wall: performance.now() - began };
    figures.first = figures.cpu - listening / 1000;
    client.close();
    return figures;
  } finally {
    await server.stop();
  }
}

/**
 * Milliseconds over the empty worker, for 10 and 1,000 endpoints: `cpu` and `wall` of all, `first` the CPU of the first request
 * alone, in which the plan is made.
 */
export async function startUp(rounds) {
  const starts = { empty: () => startScript(EMPTY) };
  for (const count of [10, 1000]) {
    const { config, refused } = await prepare({ version: 3, host: ["http://origin.example"], endpoints: endpoints(count) });
    if (refused !== undefined) throw new Error(refused);
    starts[count] = () => startGateway(config);
  }
  const seen = Object.fromEntries(Object.keys(starts).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(starts)) seen[name].push(await once(start));
  }
  const over = (name, figure) => spread(seen[name].map((one, round) => one[figure] - seen.empty[round][figure]));
  const figures = (name) => ({ cpu: over(name, "cpu"), first: over(name, "first"), wall: over(name, "wall") });
  return { 10: figures("10"), 1000: figures("1000") };
}
