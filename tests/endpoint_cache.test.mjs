// Whole answers cached at the edge (`@fjord.cache`), in the Cache API.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

const ON = { env: { FJORD_CACHE: "api" } };

/**
 * A gateway whose endpoints are all to be cached; `/n` counts how often it's asked.
 *
 * @param {import("./support/gateway.mjs").Context} t
 * @param {import("./support/gateway.mjs").Part[]} endpoints
 * @param {import("./support/gateway.mjs").Options} [options]
 * @param {import("./support/gateway.mjs").Part} [rest]
 */
async function caching(t, endpoints, options = ON, rest = {}) {
  let n = 0;
  const upstream = await origin(t, { "/n": () => ({ json: { n: ++n }, delay: 50 }), "/b": { json: { b: 1 } }, "/bad": { status: 500, body: "" } });
  return { upstream, gateway: await serve(t, config(endpoints, { host: [upstream.url], cache_ttl: "60s", ...rest }), options) };
}

/**
 * @param {string} path
 * @param {object} [cache]
 * @param {import("./support/gateway.mjs").Part} [rest]
 * @param {import("./support/gateway.mjs").Part[]} [backends]
 */
const cached = (path, cache = {}, rest = {}, backends = [{ url_pattern: "/n" }]) => endpoint(path, backends, { "@fjord": { cache }, ...rest });

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("an endpoint's answers", () => {
  test("are cached by path, listed parameters and listed header lines, and by nothing else", async (t) => {
    const rest = { input_query_strings: ["q"], input_headers: ["Accept-Language"] };
    const { upstream, gateway } = await caching(t, [cached("/a/{id}", {}, rest)]);
    const n = async (/** @type {string} */ target, /** @type {Record<string, string>} */ headers = {}) => (await gateway.get(target, headers)).json.n;
    assert.equal(await n("/a/1?q=1"), 1);
    assert.equal(await n("/a/1?q=1&other=2", { "x-other": "1" }), 1);
    assert.equal(await n("/a/2?q=1"), 2);
    assert.equal(await n("/a/1?q=2"), 3);
    assert.equal(await n("/a/1?q=1", { "accept-language": "de" }), 4);
    assert.equal(await n("/a/1?q=1"), 1);
    assert.equal(upstream.requests.length, 4);
    const hit = await gateway.get("/a/1?q=1");
    assert.deepEqual([hit.header("cache-control"), hit.header("vary"), hit.header("x-krakend-completed")], ["public, max-age=60", "Accept-Language", "true"]);
    assert.match(hit.header("age") ?? "", /^\d+$/);
  });

  test("are fetched once for a burst", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a", {}, {}, [{ url_pattern: "/n" }, { url_pattern: "/b" }])]);
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.get("/a")));
    assert.ok(answers.every((answer) => answer.status === 200 && answer.json.n === 1));
    assert.equal(upstream.requests.length, 2);
  });

  test("are fetched once in each isolate for a burst of cold requests", async (t) => {
    const isolates = 3;
    const upstream = await origin(t, { "/n": () => ({ json: { n: 1 }, delay: 500 }), "/b": { json: { b: 1 } } });
    const backends = [{ url_pattern: "/n" }, { url_pattern: "/b" }];
    const configuration = config([cached("/a", {}, {}, backends)], { host: [upstream.url], cache_ttl: "60s", timeout: "20s" });
    const gateways = await Promise.all(Array.from({ length: isolates }, () => serve(t, configuration, ON)));
    const answers = await Promise.all(gateways.flatMap((gateway) => Array.from({ length: 340 }, () => gateway.get("/a"))));
    assert.ok(answers.every((answer) => answer.status === 200 && answer.json.n === 1 && answer.json.b === 1));
    assert.equal(upstream.requests.length, isolates * backends.length);
  });

  test("go to those who wait even if the client that began the fetch leaves", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a")], ON, { timeout: "5s" });
    upstream.routes["/n"] = () => ({ json: { n: 1 }, delay: 600 });
    const leaving = new AbortController();
    const first = assert.rejects(gateway.request("/a", { signal: leaving.signal }), { name: "AbortError" });
    await wait(150);
    const others = Array.from({ length: 20 }, () => gateway.get("/a"));
    await wait(100);
    leaving.abort();
    await first;
    const began = Date.now();
    const answers = await Promise.all(others);
    assert.ok(answers.every(({ status, json }) => status === 200 && json.n === 1));
    assert.ok(Date.now() - began < 4000, "the others waited for the deadline");
    assert.ok(upstream.requests.length <= 2, `${upstream.requests.length} calls`);
  });

  test("tell those who wait if the fetch fails, and the next request fetches again", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a")]);
    upstream.routes["/n"] = () => ({ status: 500, body: "", delay: 200 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.get("/a")));
    assert.ok(answers.every(({ status }) => status === 500));
    assert.equal(upstream.requests.length, 1);
    upstream.routes["/n"] = { json: { n: 7 } };
    assert.deepEqual([(await gateway.get("/a")).json.n, upstream.requests.length], [7, 2]);
  });

  test("are the asker's own where it says who it is", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a")]);
    await gateway.get("/a");
    const answer = await gateway.get("/a", { authorization: "Bearer x" });
    assert.deepEqual([answer.json.n, answer.header("cache-control")], [2, "private, max-age=60"]);
    assert.equal(upstream.requests.length, 2);
  });

  test("that are incomplete aren't cached, nor called public", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a", {}, {}, [{ url_pattern: "/n" }, { url_pattern: "/bad" }])]);
    for (let round = 0; round < 2; round++) {
      const answer = await gateway.get("/a");
      assert.deepEqual([answer.header("x-krakend-completed"), answer.header("cache-control")], ["false", "private, no-store"]);
    }
    assert.equal(upstream.requests.length, 4);
  });

  test("that are stale are used while they're fetched anew, or if backends fail", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/while", { stale_while_revalidate: "1m" }, { cache_ttl: "1s" }), cached("/if", { stale_if_error: "1m" }, { cache_ttl: "1s" })]);
    assert.equal((await gateway.get("/while")).json.n, 1);
    assert.equal((await gateway.get("/if")).json.n, 2);
    await wait(1100);
    assert.equal((await gateway.get("/while")).json.n, 1);
    await wait(200);
    assert.equal((await gateway.get("/while")).json.n, 3);
    upstream.routes["/n"] = { status: 500, body: "" };
    const answer = await gateway.get("/if");
    assert.deepEqual([answer.status, answer.json.n], [200, 2]);
  });

  test("are purged by tag with the secret alone", async (t) => {
    const { gateway } = await caching(t, [cached("/a", { tags: ["users"] }), cached("/c")], { env: { FJORD_CACHE: "api", FJORD_PURGE_SECRET: "s3cret" } });
    const n = async (/** @type {string} */ path) => (await gateway.get(path)).json.n;
    assert.deepEqual([await n("/a"), await n("/c"), await n("/a")], [1, 2, 1]);
    const purge = (/** @type {string} */ target, /** @type {string} */ secret) => gateway.request(target, { method: "POST", headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await purge("/__fjord/purge", "wrong")).status, 401);
    assert.equal(await n("/a"), 1);
    assert.equal((await purge("/__fjord/purge?tag=users", "s3cret")).status, 204);
    assert.deepEqual([await n("/a"), await n("/c")], [3, 2]);
    assert.equal((await purge("/__fjord/purge", "s3cret")).status, 204);
    assert.deepEqual([await n("/a"), await n("/c")], [4, 5]);
  });
});

describe("answers that aren't cached", () => {
  const guarded = [
    ["no-op", { output_encoding: "no-op" }],
    ["an API key", { extra_config: { "auth/api-keys": { roles: ["user"] } } }],
    ["a limit for each client", { extra_config: { "qos/ratelimit/router": { client_max_rate: 1000, strategy: "ip" } } }],
    ["an expression on the request", { extra_config: { "validation/cel": [{ check_expr: "req_method == 'GET'" }] } }],
  ];
  for (const [name, rest] of /** @type {[string, object][]} */ (guarded)) {
    test(`${name}: go out as private`, async (t) => {
      const keys = { extra_config: { "auth/api-keys": { keys: [{ key: "k", roles: ["user"], "@comment": "" }] } } };
      const { upstream, gateway } = await caching(t, [cached("/a", {}, rest)], ON, name === "an API key" ? keys : {});
      for (let round = 0; round < 2; round++) {
        const answer = await gateway.get("/a", name === "an API key" ? { authorization: "Bearer k" } : {});
        assert.equal(answer.status, 200, answer.text);
        assert.match(answer.header("cache-control") ?? "", /^private, /);
        assert.ok(!/public/.test(answer.header("cache-control") ?? ""));
      }
      assert.equal(upstream.requests.length, 2);
    });
  }

  test("an endpoint that doesn't ask for it, and a path that isn't there", async (t) => {
    const { upstream, gateway } = await caching(t, [endpoint("/a", [{ url_pattern: "/n" }])]);
    assert.equal((await gateway.get("/a")).header("cache-control"), "private, max-age=60");
    assert.equal((await gateway.get("/nowhere")).header("cache-control"), "private, no-store");
    await gateway.get("/a");
    assert.equal(upstream.requests.length, 2);
  });

  test("without the variable all is as in KrakenD", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a")], {});
    for (let round = 0; round < 2; round++) assert.equal((await gateway.get("/a")).header("cache-control"), "public, max-age=60");
    assert.equal(upstream.requests.length, 2);
    assert.equal((await gateway.request("/__fjord/purge", { method: "POST" })).status, 404);
  });

  test("a tier that nobody knows serves nothing", async (t) => {
    const { gateway } = await caching(t, [cached("/a")], { env: { FJORD_CACHE: "worker" } });
    assert.equal((await gateway.get("/a")).status, 501);
    await gateway.logged(/FJORD_CACHE: expected api, workers or off, found worker/);
  });

  test("the platform's own cache is told by header lines", async (t) => {
    const { upstream, gateway } = await caching(t, [cached("/a", { tags: ["users"], stale_while_revalidate: "5s", stale_if_error: "9s" })], { env: { FJORD_CACHE: "workers" } });
    const answer = await gateway.get("/a");
    assert.deepEqual([answer.header("cache-control"), answer.header("cache-tag")], ["public, max-age=60, stale-while-revalidate=5, stale-if-error=9", "users,/a"]);
    await gateway.get("/a");
    assert.equal(upstream.requests.length, 2);
  });
});
