// Secrets of a Secrets Store: bindings that give their values when they're asked.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { command, config, endpoint, folder, origin, root } from "./support/gateway.mjs";

const build = path.join(root, "build");

/** A configuration whose backend gets a token for a secret of the store. @param {string} url */
const guarded = (url) => {
  const credentials = { client_id: "c", client_secret: "$CLIENT_SECRET", token_url: `${url}/token` };
  return JSON.stringify(config([endpoint("/a", [{ host: [url], url_pattern: "/a", extra_config: { "auth/client-credentials": credentials } }])]));
};

/** The modules of the build, with an entry that binds what a test says. @param {string} binding */
function worker(binding) {
  const modules = Object.fromEntries(fs.readdirSync(build).filter((name) => /\.(mjs|wasm)$/.test(name)).map((name) => [name, fs.readFileSync(path.join(build, name))]));
  const entry = `
import config from "./krakend.json";
import files from "./files.json";
import { createGateway } from "./gateway.mjs";
const gateway = createGateway(config, files);
let asked = 0;
export default {
  fetch: (request, env, ctx) => new URL(request.url).pathname === "/asked" ? Response.json(asked) : gateway.fetch(request, { ...env, CLIENT_SECRET: ${binding} }, ctx),
};`;
  return folder({ ...modules, "worker.mjs": entry });
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string} url
 * @param {string} binding
 */
async function gatewayWith(t, url, binding) {
  const { dir, remove } = worker(binding);
  t.after(remove);
  const { port, stop } = await startWorkerd({ config: { text: guarded(url), files: { "fjord:secrets": "CLIENT_SECRET" } }, address: "127.0.0.1:0", vars: {}, codeDir: dir });
  t.after(() => stop());
  return (/** @type {string} */ target) => fetch(`http://127.0.0.1:${port}${target}`);
}

const tokens = { "/token": { json: { access_token: "t", token_type: "bearer", expires_in: 3600 } }, "/a": { json: { a: 1 } } };

test("a secret's value is there at the first request, and is asked for once", async (t) => {
  const upstream = await origin(t, tokens);
  const ask = await gatewayWith(t, upstream.url, "{ get: async () => (asked++, 's3cret') }");
  for (const _ of [1, 2, 3]) assert.equal((await ask("/a")).status, 200);
  assert.equal(upstream.requests.find(({ url }) => url === "/token")?.headers.authorization, `Basic ${btoa("c:s3cret")}`);
  assert.equal(await (await ask("/asked")).json(), 1);
});

test("a store that fails refuses requests until it answers", async (t) => {
  const upstream = await origin(t, tokens);
  const ask = await gatewayWith(t, upstream.url, "{ get: async () => { if (++asked < 3) throw new Error('away'); return 's3cret'; } }");
  assert.deepEqual([(await ask("/a")).status, (await ask("/a")).status, (await ask("/a")).status], [503, 503, 200]);
});

test("a binding that isn't there refuses requests", async (t) => {
  const upstream = await origin(t, tokens);
  const ask = await gatewayWith(t, upstream.url, "undefined");
  assert.equal((await ask("/a")).status, 503);
  assert.equal(upstream.requests.length, 0);
});

test("fjord build tells the worker which bindings they are, and fjord check counts them as secrets", async (t) => {
  const wrangler = { main: "build/worker.mjs", compatibility_date: "2026-11-17", secrets_store_secrets: [{ binding: "CLIENT_SECRET", store_id: "1", secret_name: "s" }] };
  const { dir, remove } = folder({ "krakend.json": guarded("https://api.example.com"), "wrangler.jsonc": JSON.stringify(wrangler) });
  t.after(remove);
  assert.equal((await command(["build"], { cwd: dir })).code, 0);
  assert.deepEqual(JSON.parse(fs.readFileSync(path.join(dir, "build/files.json"), "utf8")), { "fjord:secrets": "CLIENT_SECRET" });
  assert.doesNotMatch((await command(["check"], { cwd: dir })).stdout, /needs the secret/);
});
