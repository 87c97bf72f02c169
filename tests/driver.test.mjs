// The driver over the real core, with a platform made of functions: what a trap does to the requests around it.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

/**
 * The scripts of the build. They are typed as workerd's; here is what tests use of them, as Node has it.
 *
 * @typedef {import("../src/edge/fjord.mjs").Core} Core
 * @typedef {{ answer: (request: Request, env: object, ctx: { waitUntil: () => void }) => Response | Promise<Response> }} Gateway
 * @typedef {{ raw: Core["raw"], trapped: boolean, enter: (call: () => number | void, perform: (batch: object) => void) => void }} Instance
 */

const load = (/** @type {string} */ name) => import(new URL(`../build/${name}`, import.meta.url).href);
/** @type {{ Driver: new (instantiate: () => object, config: string, files: string) => Gateway }} */
const { Driver } = await load("driver.mjs");
/** @type {{ readBatch: (memory: Instance, address: number) => object }} */
const { readBatch } = await load("batch.mjs");
/** @type {typeof import("../src/edge/fjord.mjs")} */
const { instantiate } = await load("modules/tools/fjord.mjs");
/** @type {{ Instance: new (core: object) => Instance }} */
const { Instance } = await load("instance.mjs");
/** @type {{ limit: (args: Uint8Array[], env: object) => Promise<Uint8Array> }} */
const { limit } = await load("ratelimit.mjs");

const module = new WebAssembly.Module(fs.readFileSync(new URL("../build/modules/tools/fjord.wasm", import.meta.url)));
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
function driver(/** @type {() => boolean} */ trap) {
  /** @type {Core[]} */
  const started = [];
  const make = () => {
    const core = instantiate(module);
    const first = started.push(core) === 1;
    /** @type {Core["raw"]["fetched"]} */
    const fetched = (...args) => {
      if (first && trap()) throw new WebAssembly.RuntimeError("unreachable");
      return core.raw.fetched(...args);
    };
    return { ...core, raw: { ...core.raw, fetched } };
  };
  return { driver: new Driver(make, config, "{}"), started };
}

// Workers have it.
Object.assign(globalThis, { IdentityTransformStream: TransformStream });

/**
 * An origin's answer, which announces its length.
 *
 * @param {unknown} value
 */
function json(value) {
  const body = JSON.stringify(value);
  return new Response(body, { headers: { "content-type": "application/json", "content-length": String(body.length) } });
}

/** The path of a call, which repeated ones name by a request. */
const pathOf = (/** @type {string | Request} */ call) => new URL(typeof call === "string" ? call : call.url).pathname;

const get = (/** @type {Gateway} */ gateway, /** @type {string} */ path) => gateway.answer(new Request(`http://gateway.test${path}`), {}, { waitUntil() {} });

test("a trap harms one request: those in flight go on, the next has a fresh core", async (t) => {
  /** @type {Record<string, (answer: Response) => void>} */
  const waiting = {};
  t.mock.method(globalThis, "fetch", (/** @type {string} */ call) => new Promise((resolve) => (waiting[pathOf(call)] = resolve)));
  t.mock.method(console, "error", () => {});
  let trapping = false;
  const { driver: gateway, started } = driver(() => trapping);
  const [a, b] = [get(gateway, "/a"), get(gateway, "/b")];
  trapping = true;
  waiting["/a"]?.(json({ from: "a" }));
  assert.equal((await a).status, 500);
  trapping = false;
  waiting["/b"]?.(json({ from: "b" }));
  assert.deepEqual(await (await b).json(), { from: "b" });
  assert.equal(started.length, 1);
  const next = get(gateway, "/a");
  waiting["/a"]?.(json({ from: "a" }));
  assert.deepEqual(await (await next).json(), { from: "a" });
  assert.equal(started.length, 2);
});

test("traps inside the core, however many, leave the stack to the requests in flight", async (t) => {
  /** @type {{ path: string, resolve: (answer: Response) => void }[]} */
  const waiting = [];
  t.mock.method(globalThis, "fetch", (/** @type {string} */ call) => new Promise((resolve) => waiting.push({ path: pathOf(call), resolve })));
  t.mock.method(console, "error", () => {});
  /** @type {Core[]} */
  const cores = [];
  const make = () => {
    const core = instantiate(module);
    cores.push(core);
    // A buffer longer than any can be: the core panics in the middle of an entry.
    /** @type {Core["raw"]["fetched"]} */
    const fetched = (...args) => (trapping ? core.raw.input(0xffff_ff00) : core.raw.fetched(...args));
    /** @type {Core["raw"]["resume"]} */
    const resume = (...args) => (trapping ? core.raw.input(0xffff_ff00) : core.raw.resume(...args));
    return { ...core, raw: { ...core.raw, fetched, resume } };
  };
  let trapping = false;
  const gateway = new Driver(make, config, "{}");
  const b = get(gateway, "/b");
  const [first] = cores;
  assert.ok(first);
  const stack = first.raw.__stack_pointer.value;
  const doomed = Array.from({ length: 200 }, () => get(gateway, "/a"));
  trapping = true;
  for (const { path, resolve } of waiting) if (path === "/a") resolve(json({ from: "a" }));
  for (const answer of doomed) assert.equal((await answer).status, 500);
  trapping = false;
  assert.equal(cores.length, 1, "all were in flight at one instance");
  assert.equal(first.raw.__stack_pointer.value, stack);
  waiting[0]?.resolve(json({ from: "b" }));
  assert.deepEqual(await (await b).json(), { from: "b" });
});

test("a configuration that can't be read is read once; each request is answered with 501, and told the reason", async (t) => {
  const lines = t.mock.method(console, "error", () => {});
  let read = 0;
  const gateway = new Driver(() => (read++, instantiate(module)), "{", "{}");
  for (let request = 1; request <= 3; request++) {
    assert.equal((await get(gateway, "/a")).status, 501);
    assert.equal(lines.mock.callCount(), request);
    assert.match(lines.mock.calls[request - 1]?.arguments[0], /can't be read/);
  }
  assert.equal(read, 1);
});

test("calls that are refused at once fail as others do: after the batch, one by one", async (t) => {
  t.mock.method(console, "error", () => {});
  t.mock.method(globalThis, "fetch", (/** @type {string} */ call) => {
    if (pathOf(call) !== "/ok") throw new TypeError("no such place");
    return Promise.resolve(json({ ok: true }));
  });
  const [a, b, ok] = ["/a", "/b", "/ok"].map((url_pattern) => ({ url_pattern }));
  const endpoints = [
    { endpoint: "/one", backend: [a] },
    { endpoint: "/two", backend: [a, ok, b] },
    { endpoint: "/both", backend: [a, b] },
  ];
  const gateway = new Driver(() => instantiate(module), JSON.stringify({ version: 3, host: ["http://origin.test"], endpoints }), "{}");
  assert.equal((await get(gateway, "/one")).status, 500);
  assert.deepEqual(await (await get(gateway, "/two")).json(), { ok: true });
  assert.equal((await get(gateway, "/both")).status, 500);
});

/** An instance over a core of which only the memory is there. */
const hollow = () => new Instance({ raw: { memory: new WebAssembly.Memory({ initial: 1 }), __stack_pointer: new WebAssembly.Global({ value: "i32", mutable: true }) } });

test("the core isn't entered in the middle of a batch", () => {
  const instance = hollow();
  const inside = () => instance.enter(() => 0, () => {});
  assert.throws(() => instance.enter(inside, () => {}), /in the middle of a batch/);
  const again = hollow();
  // The batch at 16: nothing finished, no words, no text.
  assert.throws(() => again.enter(() => 16, () => again.enter(() => 0, () => {})), /in the middle of a batch/);
  assert.equal(again.trapped, false);
  again.enter(() => 0, () => {});
});

test("a record that the script doesn't know is an error, and its instance serves no other request", () => {
  const instance = hollow();
  const words = new Uint32Array(instance.raw.memory.buffer);
  words.set([0, 64, 1, 0, 0], 4);
  words[16] = 99;
  assert.throws(() => readBatch(instance, 16), /record 99/);
  assert.throws(() => instance.enter(() => 16, () => assert.fail("it is performed")), /record 99/);
  assert.equal(instance.trapped, true);
});

test("header lines that come again are made once, and long ones leave them alone", async () => {
  // A copy of its own: the cache is full to the last place.
  /** @type {{ linesOf: (block: string) => { headers: Headers } }} */
  const { linesOf } = await load("lines.mjs?full");
  const short = linesOf("X-One\n1\n");
  for (let i = 0; i < 255; i++) linesOf(`X-Many\n${i}\n`);
  for (let i = 0; i < 1000; i++) assert.equal(linesOf(`Authorization\n${"t".repeat(300)}${i}\n`).headers.get("authorization")?.length, 300 + String(i).length);
  assert.equal(linesOf("X-One\n1\n"), short);
});

test("what comes after the deadline reaches no other request", async (t) => {
  /** @type {{ path: string, resolve: (answer: Response) => void }[]} */
  const waiting = [];
  t.mock.method(globalThis, "fetch", (/** @type {string} */ call) => new Promise((resolve) => waiting.push({ path: pathOf(call), resolve })));
  const { driver: gateway } = driver(() => false);
  const late = await get(gateway, "/hasty");
  assert.equal(late.status, 500);
  // The next request has the same place, and its first call the same number.
  const next = get(gateway, "/b");
  const [hasty, b] = waiting;
  assert.ok(hasty && b);
  assert.deepEqual([hasty.path, b.path], ["/a", "/b"]);
  hasty.resolve(json({ from: "a" }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  b.resolve(json({ from: "b" }));
  assert.deepEqual(await (await next).json(), { from: "b" });
});

test("an answer that the runtime refuses is a 500, and its place is free again", async (t) => {
  t.mock.method(console, "error", () => {});
  t.mock.method(globalThis, "fetch", async () => json({ from: "a" }));
  const { driver: gateway } = driver(() => false);
  const { Response: Real } = globalThis;
  t.mock.method(globalThis, "Response", function (/** @type {string | null} */ body, /** @type {ResponseInit} */ init) {
    if (body !== null) throw new RangeError("no such status");
    return new Real(body, init);
  });
  assert.equal((await get(gateway, "/a")).status, 500);
  t.mock.restoreAll();
});

test("the client's address is the platform's word, where there is one", async (t) => {
  /** @type {(string | null)[]} */
  const told = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string | Request} */ call, /** @type {RequestInit} */ init) => {
    told.push(new Headers(typeof call === "string" ? init.headers : call.headers).get("x-forwarded-for"));
    return json({});
  });
  const { driver: gateway } = driver(() => false);
  const client = { "cf-connecting-ip": "9.9.9.9", "x-client": "1" };
  const forged = { ...client, "x-forwarded-for": "6.6.6.6" };
  /** @type {[cf: object | undefined | null, headers: Record<string, string>, want: string][]} */
  const cases = [
    // A workerd of one's own tells the peer, in whose place KrakenD believes what it forwards.
    [{ clientIp: "10.0.0.9:4711" }, forged, "6.6.6.6"],
    [{ clientIp: "10.0.0.9:4711" }, client, "10.0.0.9"],
    [{ clientIp: "[2001:db8::1]:80" }, client, "2001:db8::1"],
    // Where there is a `cf` for other reasons, and where there is none.
    [undefined, forged, "6.6.6.6"],
    [null, client, "127.0.0.1"],
    [{ colo: "TXL" }, forged, "9.9.9.9"],
    // At the edge everything has come in there, also by another worker that has copied the lines.
    [undefined, forged, "9.9.9.9"],
    [undefined, { "x-client": "1" }, "127.0.0.1"],
  ];
  for (const [cf, headers] of cases) {
    const request = Object.assign(new Request("http://gateway.test/a", { headers }), { cf });
    await gateway.answer(request, {}, { waitUntil() {} });
  }
  assert.deepEqual(told, cases.map(([, , want]) => want));
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
  /** @type {string[]} */
  const asked = [];
  const object = (/** @type {number} */ status) => ({
    idFromName: (/** @type {string} */ name) => name,
    get: (/** @type {string} */ id) => ({ fetch: async (/** @type {string} */ url) => (asked.push(`${id} ${url}`), { status }) }),
  });
  const nearby = (/** @type {boolean} */ success) => ({ limit: async (/** @type {{ key: string }} */ { key }) => (asked.push(key), { success }) });
  const env = { FREE: object(204), FULL: object(429), BROKEN: object(500), NEAR: nearby(true), DENIED: nearby(false), KV: {}, TEXT: "x" };
  const encoder = new TextEncoder();
  const ask = (/** @type {string} */ binding) => limit([binding, "GET /a", "500/2"].map((text) => encoder.encode(text)), env);
  for (const [binding, taken] of Object.entries({ FREE: 1, FULL: 0, NEAR: 1, DENIED: 0 })) assert.deepEqual([...(await ask(binding))], [taken], binding);
  assert.deepEqual(asked, ["GET /a http://limits/500/2", "GET /a http://limits/500/2", "GET /a", "GET /a"]);
  const reasons = { BROKEN: /answered 500/, KV: /counts nothing/, TEXT: /counts nothing/, NONE: /no such binding/ };
  for (const [binding, reason] of Object.entries(reasons)) await assert.rejects(ask(binding), reason, binding);
});

test("only so many requests are held open for their bodies, and none for longer than the platform lets it", async () => {
  /** @type {{ cutByAbort: (ctx: { waitUntil: (held: Promise<void>) => void }, controller: AbortController, until: number) => boolean }} */
  const { cutByAbort } = await import(new URL("../build/bodies.mjs", import.meta.url).href);
  /** @type {Promise<void>[]} */
  const held = [];
  const ctx = { waitUntil: (/** @type {Promise<void>} */ promise) => void held.push(promise) };
  const hold = (/** @type {number} */ ms, controller = new AbortController()) => cutByAbort(ctx, controller, Date.now() + ms);
  assert.equal(hold(40_000), false);
  const controllers = Array.from({ length: 2048 }, () => new AbortController());
  for (const controller of controllers) assert.equal(hold(200, controller), true);
  assert.equal(hold(200), false);
  assert.equal(held.length, 2048);
  await Promise.all(held);
  assert.ok(controllers.every(({ signal }) => signal.aborted));
  assert.equal(hold(1), true);
  await Promise.all(held);
});
