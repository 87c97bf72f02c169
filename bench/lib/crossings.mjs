// How often a request goes from the script into the core.
import { configuration } from "./cases.mjs";
import { Client } from "./client.mjs";
import { countingBuild, prepare, startGateway } from "./servers.mjs";

const REQUESTS = 20;

/**
 * Calls of the core's exports per request.
 *
 * @typedef {{ total: number, calls: Record<string, number> }} Crossings
 */

/**
 * Calls of the core's exports per request, by name; nothing for a case that can't be served.
 *
 * @param {import("./cases.mjs").Shape} shape
 * @param {import("./servers.mjs").Upstream} upstream
 * @returns {Promise<Crossings | undefined>}
 */
export async function crossings(shape, upstream) {
  const { config, refused } = await prepare(configuration(shape, upstream.url), shape.files);
  if (refused !== undefined) return undefined;
  const build = countingBuild(shape.service === undefined ? "core" : "full");
  const server = await startGateway(config, build.dir);
  const request = { path: shape.path ?? "/bench", headers: shape.headers?.() };
  const client = await Client.open(server.port, request, 1);
  const counter = await Client.open(server.port, { path: "/__crossings" }, 1);
  try {
    await client.many(REQUESTS, () => {});
    await counter.once();
    await client.many(REQUESTS, () => {});
    const counted = /** @type {Record<string, number>} */ (JSON.parse((await counter.once()).body.toString()));
    const calls = Object.fromEntries(Object.entries(counted).map(([name, count]) => [name, count / REQUESTS]));
    return { total: Object.values(calls).reduce((sum, count) => sum + count, 0), calls };
  } finally {
    client.close();
    counter.close();
    await server.stop();
    build.remove();
  }
}
