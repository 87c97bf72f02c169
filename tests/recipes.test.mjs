// Recipes over the real core, with a platform made of functions: the same calls and answers as without, and one entry in the plain case.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { moduleFor } from "../bin/lib/modules.mjs";

/**
 * The scripts of the build. They are typed as workerd's; here is what this test uses of them, as Node has it.
 *
 * @typedef {import("../src/edge/fjord.mjs").Core} Core
 * @typedef {{ answer: (request: Request, env: object, ctx: { waitUntil: () => void }) => Response | Promise<Response> }} Gateway
 */
const load = (/** @type {string} */ name) => import(new URL(`../build/${name}`, import.meta.url).href);
/** @type {{ Driver: new (instantiate: () => object, config: string, files: string) => Gateway }} */
const { Driver } = await load("driver.mjs");
/** @type {{ isPlain: (address: string) => boolean }} */
const { isPlain } = await load("asked.mjs");
// One endpoint negotiates XML.
const full = moduleFor({ module: "full" }).url;
/** @type {typeof import("../src/edge/fjord.mjs")} */
const { instantiate } = await import(new URL("fjord.mjs", full).href);

const module = new WebAssembly.Module(fs.readFileSync(new URL("fjord.wasm", full)));

// Workers have it.
Object.assign(globalThis, { IdentityTransformStream: TransformStream });

const config = JSON.stringify({
  version: 3,
  host: ["http://origin.test"],
  endpoints: [
    { endpoint: "/one", input_headers: ["X-Tag"], backend: [{ url_pattern: "/a" }] },
    { endpoint: "/one", method: "POST", backend: [{ url_pattern: "/a", method: "POST" }] },
    { endpoint: "/item/{id}", backend: [{ url_pattern: "/a?id={id}" }] },
    { endpoint: "/three", timeout: "100ms", backend: [{ url_pattern: "/a" }, { url_pattern: "/b" }, { url_pattern: "/c" }] },
    { endpoint: "/hasty", timeout: "50ms", backend: [{ url_pattern: "/a" }] },
    { endpoint: "/hosts", backend: [{ url_pattern: "/a", host: ["http://origin.test", "http://other.test"] }] },
    {
      endpoint: "/mine",
      input_headers: ["Authorization", "X-Tag", "User-Agent"],
      output_encoding: "negotiate",
      backend: [{ url_pattern: "/a" }, { url_pattern: "/b", input_headers: ["X-Tag", "User-Agent"] }],
    },
    { endpoint: "/tagged/{id}", input_headers: ["X-Tag"], backend: [{ url_pattern: "/a?id={id}" }] },
    { endpoint: "/list", input_query_strings: ["page", "size"], backend: [{ url_pattern: "/a" }] },
    { endpoint: "/user/{id}", backend: [{ url_pattern: "/a?id={id}" }] },
    { endpoint: "/user/me", backend: [{ url_pattern: "/b" }] },
    { endpoint: "/by-line", input_headers: ["X-Tag"], backend: [{ url_pattern: "/{input_headers.X-Tag}" }] },
    { endpoint: "/limited", backend: [{ url_pattern: "/a" }], extra_config: { "qos/ratelimit/router": { max_rate: 1000 } } },
  ],
});

/** The entries that carry a request on. */
const ENTRIES = /** @type {const} */ (["open", "start", "resume", "fetched", "fetch_failed", "elapsed", "leave", "part"]);

/** A gateway whose entries are listed. `replace` may take the place of one. */
function counting(/** @type {Partial<Core["raw"]>} */ replace = {}) {
  /** @type {string[]} */
  const entries = [];
  const make = () => {
    const core = instantiate(module);
    /** @type {Record<string, unknown>} */
    const raw = { ...core.raw };
    for (const name of ENTRIES) {
      const entry = /** @type {(...args: number[]) => unknown} */ (replace[name] ?? core.raw[name]);
      raw[name] = (/** @type {number[]} */ ...args) => {
        entries.push(name);
        return entry(...args);
      };
    }
    return { ...core, raw };
  };
  return { gateway: new Driver(make, config, "{}"), taken: () => entries.splice(0) };
}

/**
 * An origin's answer, which announces its length.
 *
 * @param {unknown} value
 */
function json(value, status = 200) {
  const body = JSON.stringify(value);
  return new Response(body, { status, headers: { "content-type": "application/json", "content-length": String(body.length) } });
}

/**
 * Origins: what they answer by path. Returns the calls that were made, with the client's address as they tell it.
 *
 * @param {import("node:test").TestContext} t
 * @param {Record<string, () => Response | Promise<Response>>} answers
 */
function origins(t, answers) {
  /** @type {string[]} */
  const calls = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string | Request} */ call, /** @type {RequestInit | undefined} */ init) => {
    const request = new Request(call, init);
    const url = new URL(request.url);
    calls.push(`${request.method} ${url.pathname}${url.search} ${request.headers.get("x-forwarded-for")} ${request.headers.get("x-tag")}`);
    const answer = answers[url.pathname];
    assert.ok(answer);
    return answer();
  });
  return { taken: () => calls.splice(0) };
}

/**
 * Origins that answer with the header lines they were asked with.
 *
 * @param {import("node:test").TestContext} t
 */
function mirrors(t) {
  /** @type {Record<string, string>[]} */
  const seen = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string | Request} */ call, /** @type {RequestInit | undefined} */ init) => {
    const { url, headers } = new Request(call, init);
    seen.push({ url, ...Object.fromEntries(headers) });
    return json({ [new URL(url).pathname]: Object.fromEntries(headers) });
  });
  return { taken: () => seen.splice(0) };
}

/**
 * A request as Cloudflare's edge hands it over.
 *
 * @param {string} path
 * @param {string} address
 * @param {Record<string, string>} [headers]
 */
function atEdge(path, address, headers = {}) {
  const request = new Request(`http://gateway.test${path}`, { headers: { "cf-connecting-ip": address, ...headers } });
  return Object.assign(request, { cf: { colo: "TXL" } });
}

/**
 * Status, what says whether all is there, and the body.
 *
 * @param {Gateway} gateway
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function get(gateway, path, init, env = {}) {
  const answer = await gateway.answer(new Request(`http://gateway.test${path}`, init), env, { waitUntil() {} });
  return { status: answer.status, completed: answer.headers.get("x-krakend-completed"), body: await answer.text() };
}

const plain = { "/a": () => json({ a: 1 }), "/b": () => json({ b: 2 }), "/c": () => json({ c: 3 }) };

test("the same request makes the same calls, and enters the core once", async (t) => {
  const { gateway, taken } = counting();
  const calls = origins(t, plain);
  for (const path of ["/one", "/item/7", "/three"]) {
    const first = await get(gateway, path);
    assert.equal(first.status, 200);
    assert.equal(first.completed, "true");
    const made = calls.taken();
    assert.ok(!taken().includes("resume"));
    assert.deepEqual(await get(gateway, path), first);
    assert.deepEqual(calls.taken(), made);
    assert.deepEqual(taken(), ["resume"], path);
  }
});

test("a request with other lines, another method or a body asks the core, and so does what chooses or acts before its calls", async (t) => {
  const { gateway, taken } = counting();
  const calls = origins(t, plain);
  const warm = async (/** @type {string} */ path) => {
    for (let i = 0; i < 3; i++) await get(gateway, path);
    calls.taken();
    return taken().splice(-2);
  };
  await warm("/one");
  const lines = { "x-tag": "other" };
  await get(gateway, "/one", { headers: lines });
  assert.deepEqual(taken(), ["open", "fetched"]);
  assert.deepEqual(calls.taken(), ["GET /a 127.0.0.1 other"]);
  await get(gateway, "/one", { headers: lines });
  assert.deepEqual(taken(), ["resume"]);
  assert.deepEqual(calls.taken(), ["GET /a 127.0.0.1 other"]);
  const posted = { method: "POST", body: "{}", headers: { "content-length": "2" } };
  for (let i = 0; i < 3; i++) await get(gateway, "/one", posted);
  assert.ok(!taken().includes("resume"));
  for (const path of ["/hosts", "/limited"]) assert.ok(!(await warm(path)).includes("resume"), path);
});

test("requests that differ in what calls only repeat have one recipe, and each call has the lines of its own request", async (t) => {
  const ways = [counting(), counting()];
  const mirror = mirrors(t);
  const [by, asked] = ways;
  assert.ok(by && asked);
  const ask = async (/** @type {Gateway} */ gateway, /** @type {Request} */ request, env = {}) => {
    const answer = await gateway.answer(request, env, { waitUntil() {} });
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.text(), calls: mirror.taken() };
  };
  await ask(by.gateway, atEdge("/mine", "192.0.2.1", { authorization: "Bearer first", "x-tag": "1", "user-agent": "one" }));
  by.taken();
  /** @type {[address: string, headers: Record<string, string>, entries: string[]][]} */
  const cases = [
    ["192.0.2.2", { authorization: "Bearer second", "x-tag": "2", "user-agent": "two" }, ["resume"]],
    ["2001:db8::7", { authorization: "Bearer third", "x-tag": "\u00fc", "user-agent": "three" }, ["resume"]],
    // Not as the core writes it.
    ["2001:DB8::7", { authorization: "Bearer fourth", "x-tag": "4", "user-agent": "four" }, ["open", "fetched", "fetched"]],
    ["192.0.2.5", { authorization: "Bearer fifth", "x-tag": "5", "user-agent": "five" }, ["open", "fetched", "fetched"]],
    ["192.0.2.5", { authorization: "Bearer sixth", "x-tag": "6", "user-agent": "six" }, ["resume"]],
    ["192.0.2.6", { authorization: "Bearer seventh", "x-tag": "7" }, ["open", "fetched", "fetched"]],
    ["192.0.2.6", { authorization: "Bearer eighth", "x-tag": "8" }, ["resume"]],
    ["192.0.2.6", { authorization: "", "x-tag": "9" }, ["open", "fetched", "fetched"]],
    ["192.0.2.7", { "x-tag": "10" }, ["open", "fetched", "fetched"]],
    ["192.0.2.8", { "x-tag": "11" }, ["resume"]],
    // It came through a gateway.
    ["192.0.2.8", { "x-tag": "12", "x-forwarded-host": "gateway.test" }, ["open", "fetched", "fetched"]],
  ];
  for (const [address, headers, entries] of cases) {
    const request = () => atEdge("/mine", address, headers);
    const want = await ask(asked.gateway, request(), { FJORD_RECIPES: "off" });
    assert.deepEqual(await ask(by.gateway, request()), want, JSON.stringify(headers));
    assert.deepEqual(by.taken(), entries, JSON.stringify([address, headers]));
    for (const call of want.calls) assert.ok(call.url?.endsWith("/b") || call["x-forwarded-for"] === address.toLowerCase(), address);
  }
});

test("requests with other values in their URLs have one recipe, with their own values", async (t) => {
  const [by, asked] = [counting(), counting()];
  const calls = origins(t, plain);
  /** @type {[path: string, entries: string[]][]} */
  const cases = [
    ["/item/7", ["open", "fetched"]],
    ["/item/8", ["resume"]],
    ["/item/8", ["resume"]],
    ["/item/a-b_c~2.0", ["resume"]],
    // These may mean something.
    ["/item/a%20b", ["open", "fetched"]],
    ["/item/.8", ["open", "fetched"]],
    ["/item/8$1", ["open", "fetched"]],
    // Another shape.
    ["/item/9?page=2", ["open", "fetched"]],
    ["/item/10?page=3", ["resume"]],
    ["/item/10?page=3&page=4", ["open", "fetched"]],
    ["/list?page=2&size=10&junk=1", ["open", "fetched"]],
    ["/list?page=7&size=20&junk=x", ["resume"]],
    ["/list?page=7&size=&junk=x", ["open", "fetched"]],
    // A path of its own, which other values mustn't lead past.
    ["/user/7", ["open", "fetched"]],
    ["/user/me", ["open", "fetched"]],
    ["/user/8", ["open", "fetched"]],
    ["/item/8/", ["open", "start"]],
  ];
  for (const [path, entries] of cases) {
    const want = await get(asked.gateway, path, {}, { FJORD_RECIPES: "off" });
    const made = calls.taken();
    assert.deepEqual(await get(by.gateway, path), want, path);
    assert.deepEqual(calls.taken(), made, path);
    assert.deepEqual(by.taken(), entries, path);
  }
});

test("a request with other values and other lines has them both, and one of another method asks the core", async (t) => {
  const { gateway, taken } = counting();
  const calls = origins(t, plain);
  const ask = (/** @type {Request} */ request) => gateway.answer(request, {}, { waitUntil() {} });
  for (const id of [1, 2]) await ask(atEdge(`/tagged/${id}`, `192.0.2.${id}`, { "x-tag": `tag ${id}` }));
  assert.deepEqual(calls.taken(), ["GET /a?id=1 192.0.2.1 tag 1", "GET /a?id=2 192.0.2.2 tag 2"]);
  assert.deepEqual(taken(), ["open", "fetched", "resume"]);
  await ask(new Request(atEdge("/tagged/3", "192.0.2.3"), { method: "DELETE" }));
  assert.deepEqual(taken(), ["open", "start"]);
  assert.deepEqual(calls.taken(), []);
});

test("what the router itself answers is asked for once, whoever asks, and a request that looks otherwise asks", async (t) => {
  const { gateway, taken } = counting();
  const calls = origins(t, plain);
  const asked = counting();
  const ask = async (/** @type {Gateway} */ by, /** @type {Request} */ request, env = {}) => {
    const answer = await by.answer(request, env, { waitUntil() {} });
    return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
  };
  await ask(gateway, atEdge("/nothing", "192.0.2.1"));
  taken();
  /** @type {[method: string, path: string, address: string, headers: Record<string, string>, status: number, entries: number][]} */
  const cases = [
    ["GET", "/nothing", "192.0.2.1", {}, 404, 0],
    ["GET", "/nothing", "192.0.2.2", {}, 404, 0],
    ["GET", "/nothing", "::1", {}, 404, 1],
    ["HEAD", "/nothing", "192.0.2.1", {}, 404, 1],
    ["HEAD", "/nothing", "192.0.2.3", {}, 404, 0],
    ["DELETE", "/three", "192.0.2.3", {}, 405, 1],
    ["DELETE", "/three", "192.0.2.4", {}, 405, 0],
    ["GET", "/nothing", "192.0.2.4", {}, 404, 1],
    ["GET", "/three/", "192.0.2.3", {}, 301, 1],
    ["GET", "/three/", "192.0.2.4", {}, 301, 0],
    ["GET", "/three/", "192.0.2.4", { "x-forwarded-prefix": "/before" }, 301, 1],
    ["GET", "/three/", "192.0.2.4", { "x-forwarded-prefix": "/behind" }, 301, 1],
    ["GET", "/nothing", "192.0.2.4", { "x-fjord-hops": "9" }, 508, 1],
  ];
  for (const [method, path, address, headers, status, entries] of cases) {
    const request = () => Object.assign(new Request(`http://gateway.test${path}`, { method, headers: { "cf-connecting-ip": address, ...headers } }), { cf: {} });
    const log = t.mock.method(console, "error", () => {});
    const want = await ask(asked.gateway, request(), { FJORD_RECIPES: "off" });
    assert.deepEqual(await ask(gateway, request()), want, path);
    log.mock.restore();
    assert.equal(want.status, status, path);
    assert.equal(taken().length, entries, `${method} ${path} ${address}`);
  }
  assert.ok(asked.taken().length >= cases.length);
  assert.deepEqual(calls.taken(), []);
});

test("what a request wants of its answer is its own, whoever asked before", async (t) => {
  const { gateway, taken } = counting();
  origins(t, plain);
  const type = async (/** @type {string} */ accept) => {
    const answer = await gateway.answer(atEdge("/mine", "192.0.2.1", { accept }), {}, { waitUntil() {} });
    return answer.headers.get("content-type");
  };
  assert.equal(await type("application/json"), "application/json; charset=utf-8");
  taken();
  assert.equal(await type("application/xml"), "application/xml");
  assert.deepEqual(taken(), ["resume"]);
});

test("a line whose value is a part of the URL is no line that calls only repeat", async (t) => {
  const { gateway } = counting();
  const calls = origins(t, plain);
  for (const tag of ["a", "b", "c", "b"]) {
    await gateway.answer(atEdge("/by-line", "192.0.2.1", { "x-tag": tag }), {}, { waitUntil() {} });
    assert.deepEqual(calls.taken(), [`GET /${tag} 192.0.2.1 ${tag}`]);
  }
});

test("an address is repeated as it is if it's written as the core writes it", () => {
  for (const address of ["0.0.0.0", "9.9.9.9", "255.255.255.255", "2001:db8::1", "2001:db8::", "1:2:3:4:5:6:7:8", "fe80::1:2:3:4"]) assert.ok(isPlain(address), address);
  for (const address of ["", "1.2.3", "01.2.3.4", "1.2.3.256", "1.2.3.4.", "1.2.3.4.5", "::1", "::ffff:1.2.3.4", "1::2:3:4:5:6:7:8", "1:2:3:4::6:7:8", "1:0:0:2::3", "A::1", "1:2", "1:2:3:4:5:6:7:8:9", "a, b"]) {
    assert.ok(!isPlain(address), address);
  }
});

test("what isn't the plain case goes on in the core, and no call is made twice", async (t) => {
  const late = () => new Promise((/** @type {(answer: Response) => void} */ resolve) => setTimeout(resolve, 300, json({ c: 3 })));
  const long = () => json({ b: "x".repeat(20_000) });
  /** @type {[string, Record<string, () => Response | Promise<Response>>, string[]][]} */
  const cases = [
    ["a bad status", { "/b": () => json({}, 500) }, ["resume", "fetched"]],
    ["a failed call", { "/b": () => Promise.reject(new Error("no such place")) }, ["resume", "fetch_failed"]],
    ["no JSON", { "/b": () => new Response("b", { headers: { "content-length": "1" } }) }, ["resume"]],
    ["a long body", { "/b": long }, ["resume", "part", "fetched"]],
    ["a late call", { "/c": late }, ["resume"]],
  ];
  for (const [name, changes, entries] of cases) {
    const { gateway, taken } = counting();
    const calls = origins(t, plain);
    for (let i = 0; i < 3; i++) await get(gateway, "/three");
    assert.deepEqual(taken().splice(-1), ["resume"]);
    calls.taken();
    t.mock.restoreAll();
    const changed = origins(t, { ...plain, ...changes });
    const log = t.mock.method(console, "error", () => {});
    const asked = counting();
    const want = await get(asked.gateway, "/three", {}, { FJORD_RECIPES: "off" });
    const [made, said] = [changed.taken(), log.mock.callCount()];
    assert.deepEqual(await get(gateway, "/three"), want, name);
    assert.deepEqual(changed.taken(), made, name);
    assert.equal(log.mock.callCount(), 2 * said, name);
    const used = taken();
    assert.equal(used[0], "resume", name);
    for (const entry of entries) assert.ok(used.includes(entry), `${name}: ${used.join()}`);
    t.mock.restoreAll();
  }
});

test("without room in the core a request is refused, and the next asks first", async (t) => {
  t.mock.method(console, "error", () => {});
  const calls = origins(t, plain);
  const { gateway, taken } = counting({ resume: () => 0 });
  assert.equal((await get(gateway, "/one")).status, 200);
  taken();
  assert.equal((await get(gateway, "/one")).status, 503);
  assert.deepEqual(taken(), ["resume"]);
  assert.equal((await get(gateway, "/one")).status, 200);
  assert.deepEqual(taken(), ["open", "fetched"]);
  assert.equal(calls.taken().length, 3);
});

test("only so many requests wait for the calls of recipes", async (t) => {
  t.mock.method(console, "error", () => {});
  const { gateway, taken } = counting();
  origins(t, plain);
  for (let i = 0; i < 3; i++) await get(gateway, "/hasty");
  t.mock.restoreAll();
  t.mock.method(console, "error", () => {});
  const calls = origins(t, { "/a": () => new Promise(() => {}) });
  taken();
  const answers = Array.from({ length: 1100 }, () => get(gateway, "/hasty"));
  assert.equal(calls.taken().length, 1100);
  assert.deepEqual(taken(), Array.from({ length: 1100 - 1024 }, () => "open"));
  for (const { status } of await Promise.all(answers)) assert.equal(status, 500);
  taken();
  await get(gateway, "/hasty");
  assert.equal(taken()[0], "resume", "they have ended");
});

test("a variable says whether recipes are followed: never, or from the first request on", async (t) => {
  const calls = origins(t, plain);
  for (const [way, entries] of /** @type {const} */ ([
    ["off", ["open", "fetched"]],
    ["always", ["open", "resume"]],
  ])) {
    const { gateway, taken } = counting();
    for (let i = 0; i < 3; i++) assert.equal((await get(gateway, "/one", {}, { FJORD_RECIPES: way })).body, '{"a":1}');
    const used = taken();
    assert.deepEqual(used.slice(0, 2), entries, way);
    assert.equal(used.includes("resume"), way === "always");
    assert.equal(calls.taken().length, 3);
  }
});
