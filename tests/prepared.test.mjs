// The instance that is made while a worker starts: the first request takes it, unless it comes with other variables.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { moduleFor } from "../bin/lib/modules.mjs";
import { config, endpoint, folder, origin, root } from "./support/gateway.mjs";

const build = path.join(root, "build");

/** In place of the glue: counts the instances. */
const COUNTING = `
import { instantiate as make } from "./plain-fjord.mjs";
export const started = [];
export function instantiate(module) {
  started.push(module);
  return make(module);
}`;

/** An entry that tells how many there are, and hands requests on with the variables that a header line names. */
const ENTRY = `
import config from "./krakend.json";
import files from "./files.json";
import { createGateway } from "./gateway.mjs";
import { started } from "./fjord.mjs";
const gateway = createGateway(config, files);
const other = createGateway(config, files);
export default {
  fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/started") return Response.json(started.length);
    const more = request.headers.get("x-variables");
    return (pathname === "/other" ? other : gateway).fetch(request, more === null ? env : { ...env, ...JSON.parse(more) }, ctx);
  },
};`;

/**
 * @param {import("node:test").TestContext} t
 * @param {string} text The configuration.
 */
async function worker(t, text) {
  const { url } = moduleFor({ module: "core" });
  const scripts = Object.fromEntries(fs.readdirSync(build).filter((name) => /\.(mjs|wasm)$/.test(name)).map((name) => [name, fs.readFileSync(path.join(build, name))]));
  const core = { "fjord.wasm": fs.readFileSync(new URL("fjord.wasm", url)), "plain-fjord.mjs": fs.readFileSync(new URL("fjord.mjs", url)) };
  const { dir, remove } = folder({ ...scripts, ...core, "fjord.mjs": COUNTING, "worker.mjs": ENTRY });
  t.after(remove);
  const { port, stop } = await startWorkerd({ config: { text, files: {} }, address: "127.0.0.1:0", vars: { OF_THE_WORKER: "1" }, codeDir: dir });
  t.after(() => stop());
  const get = (/** @type {string} */ target, /** @type {Record<string, string>} */ headers = {}) => fetch(`http://127.0.0.1:${port}${target}`, { headers });
  return { get, started: async () => /** @type {number} */ (await (await get("/started")).json()) };
}

/** @param {string} url */
const served = (url) => JSON.stringify(config([endpoint("/a", [{ host: [url], url_pattern: "/b" }])], { cache_ttl: "5s" }));

test("the first request takes the instance that was made before it", async (t) => {
  const { url } = await origin(t, { "/b": { json: { b: 1 } } });
  const { get, started } = await worker(t, served(url));
  assert.equal(await started(), 1);
  assert.deepEqual(await (await get("/a")).json(), { b: 1 });
  assert.equal(await started(), 1);
  // A second gateway of the worker waits for its first request.
  assert.equal((await get("/other")).status, 404);
  assert.equal(await started(), 2);
});

test("a first request with other variables has the configuration read with those", async (t) => {
  const { url } = await origin(t, { "/b": { json: { b: 1 } } });
  const { get, started } = await worker(t, served(url));
  const answer = await get("/a", { "x-variables": JSON.stringify({ KRAKEND_CACHE_TTL: "60s" }) });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cache-control"), "public, max-age=60");
  assert.equal(await started(), 2);
});

test("a configuration that can't be served stops no start, and the first request says so", async (t) => {
  const { get, started } = await worker(t, '{"version": 2}');
  assert.equal(await started(), 1);
  assert.deepEqual([(await get("/a")).status, (await get("/a")).status], [501, 501]);
  assert.equal(await started(), 2);
});

test("a configuration that takes long to read is read at the first request", async (t) => {
  const { url } = await origin(t, { "/b": { json: { b: 1 } } });
  const { get, started } = await worker(t, `${served(url)}${" ".repeat(1 << 20)}`);
  assert.equal(await started(), 0);
  assert.equal((await get("/a")).status, 200);
  assert.equal(await started(), 1);
});
