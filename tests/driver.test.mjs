// The driver over the real core, with a platform made of functions: what a trap does to the requests around it.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { Driver } from "../build/driver.mjs";
import { instantiate } from "../build/fjord.mjs";
import { limit } from "../build/ratelimit.mjs";

const module = new WebAssembly.Module(fs.readFileSync(new URL("../build/fjord.wasm", import.meta.url)));
const config = JSON.stringify({
  version: 3,
  host: ["http://origin.test"],
  endpoints: [
    { endpoint: "/a", backend: [{ url_pattern: "/a" }] },
    { endpoint: "/b", backend: [{ url_pattern: "/b" }] },
    { endpoint: "/hasty", timeout: "20ms", backend: [{ url_pattern: "/a" }] },
  ],
});

/** A driver whose core traps when `trap` says so: at the entry `fetched` of the first instance. */
function driver(trap) {
  const started = [];
  const make = () => {
    const core = instantiate(module);
    const first = started.push(core) === 1;
    const raw = { ...core.raw };
    raw.fetched = (...args) => {
      if (first && trap()) throw new WebAssembly.RuntimeError("unreachable");
      return core.raw.fetched(...args);
    };
    return { ...core, raw };
  };
  return { driver: new Driver(make, config, "{}"), started };
}

// Workers have it.
globalThis.IdentityTransformStream ??= TransformStream;

/** The path of a call, which repeated ones name by a request. */
const pathOf = (call) => new URL(call.url ?? call).pathname;

const get = (gateway, path) => gateway.answer(new Request(`http://gateway.test${path}`), {}, { waitUntil() {} });

test("a trap harms one request: those in flight go on, the next has a fresh core", async (t) => {
  const waiting = {};
  t.mock.method(globalThis, "fetch", (call) => new Promise((resolve) => (waiting[pathOf(call)] = resolve)));
  t.mock.method(console, "error", () => {});
  let trapping = false;
  const { driver: gateway, started } = driver(() => trapping);
  const [a, b] = [get(gateway, "/a"), get(gateway, "/b")];
  trapping = true;
  waiting["/a"](Response.json({ from: "a" }));
  assert.equal((await a).status, 500);
  trapping = false;
  waiting["/b"](Response.json({ from: "b" }));
  assert.deepEqual(await (await b).json(), { from: "b" });
  assert.equal(started.length, 1);
  const next = get(gateway, "/a");
  waiting["/a"](Response.json({ from: "a" }));
  assert.deepEqual(await (await next).json(), { from: "a" });
  assert.equal(started.length, 2);
});

test("a configuration that can't be read is told once for each request, and answered with 501", async (t) => {
  const lines = t.mock.method(console, "error", () => {});
  const gateway = new Driver(() => instantiate(module), "{", "{}");
  assert.equal((await get(gateway, "/a")).status, 501);
  assert.match(lines.mock.calls[0].arguments[0], /can't be read/);
});

test("what comes after the deadline reaches no other request", async (t) => {
  const waiting = [];
  t.mock.method(globalThis, "fetch", (call) => new Promise((resolve) => waiting.push({ path: pathOf(call), resolve })));
  const { driver: gateway } = driver(() => false);
  const late = await get(gateway, "/hasty");
  assert.equal(late.status, 500);
  // The next request has the same place, and its first call the same number.
  const next = get(gateway, "/b");
  const [hasty, b] = waiting;
  assert.deepEqual([hasty.path, b.path], ["/a", "/b"]);
  hasty.resolve(Response.json({ from: "a" }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  b.resolve(Response.json({ from: "b" }));
  assert.deepEqual(await (await next).json(), { from: "b" });
});

test("an answer that the runtime refuses is a 500, and its place is free again", async (t) => {
  t.mock.method(console, "error", () => {});
  t.mock.method(globalThis, "fetch", async () => Response.json({ from: "a" }));
  const { driver: gateway } = driver(() => false);
  const { Response: Real } = globalThis;
  t.mock.method(globalThis, "Response", function (body, init) {
    if (body !== null) throw new RangeError("no such status");
    return new Real(body, init);
  });
  assert.equal((await get(gateway, "/a")).status, 500);
  t.mock.restoreAll();
});

test("an origin's CORS lines that stay with the host are not doubled", async (t) => {
  t.mock.method(globalThis, "fetch", async () => new Response("b", { headers: { "access-control-allow-origin": "http://up.test", "x-up": "1" } }));
  const gateway = new Driver(
    () => instantiate(module),
    JSON.stringify({
      version: 3,
      extra_config: { "security/cors": { allow_origins: ["http://a.test"] } },
      endpoints: [{ endpoint: "/n", output_encoding: "no-op", backend: [{ host: ["http://origin.test"], url_pattern: "/" }] }],
    }),
    "{}",
  );
  const request = new Request("http://gateway.test/n");
  request.headers.set("Origin", "http://a.test");
  const answer = await gateway.answer(request, {}, { waitUntil() {} });
  assert.equal(answer.headers.get("access-control-allow-origin"), "http://a.test");
  assert.equal(answer.headers.get("x-up"), "1");
});

test("what a binding is decides who counts, and a binding that can't count is no count", async () => {
  const asked = [];
  const object = (status) => ({
    idFromName: (name) => name,
    get: (id) => ({ fetch: async (url) => (asked.push(`${id} ${url}`), { status }) }),
  });
  const nearby = (success) => ({ limit: async ({ key }) => (asked.push(key), { success }) });
  const env = { FREE: object(204), FULL: object(429), BROKEN: object(500), NEAR: nearby(true), DENIED: nearby(false), KV: {}, TEXT: "x" };
  const encoder = new TextEncoder();
  const ask = (binding) => limit([binding, "GET /a", "500/2"].map((text) => encoder.encode(text)), env);
  for (const [binding, taken] of Object.entries({ FREE: 1, FULL: 0, NEAR: 1, DENIED: 0 })) assert.deepEqual([...(await ask(binding))], [taken], binding);
  assert.deepEqual(asked, ["GET /a http://limits/500/2", "GET /a http://limits/500/2", "GET /a", "GET /a"]);
  const reasons = { BROKEN: /answered 500/, KV: /counts nothing/, TEXT: /counts nothing/, NONE: /no such binding/ };
  for (const [binding, reason] of Object.entries(reasons)) await assert.rejects(ask(binding), reason, binding);
});
