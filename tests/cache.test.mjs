// Kept answers (`qos/http-cache`): those of the isolate, and those of the edge's cache behind it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

/** Two endpoints with a cache that has room for one answer: what the other one finds again was kept elsewhere. */
const paths = (/** @type {boolean} */ shared, /** @type {import("./support/gateway.mjs").Part} */ rest = {}) =>
  ["/a", "/b"].map((path) =>
    endpoint(path, [{ url_pattern: path, ...rest.backend, extra_config: { "qos/http-cache": { shared, max_items: 1, max_size: 100_000 } } }], rest.endpoint),
  );
const noop = { backend: { encoding: "no-op" }, endpoint: { output_encoding: "no-op", input_headers: ["Range", "Cache-Control"] } };

/** Answers `{"n": …}`, another number each time. */
function counting(headers = { "cache-control": "max-age=60" }) {
  let n = 0;
  return () => ({ json: { n: ++n }, headers: { date: new Date().toUTCString(), ...headers } });
}

/**
 * @param {import("./support/gateway.mjs").Context} t
 * @param {boolean} shared
 * @param {import("./support/gateway.mjs").Part} [rest]
 */
async function gatewayOf(t, shared, rest) {
  const upstream = await origin(t, { "/a": counting(rest?.headers), "/b": counting(rest?.headers) });
  const gateway = await serve(t, config(paths(shared, rest), { host: [upstream.url] }));
  return { gateway, upstream };
}

test("an isolate's cache keeps as many answers as it may", async (t) => {
  const { gateway, upstream } = await gatewayOf(t, false);
  for (const path of ["/a", "/a", "/b", "/a", "/b"]) await gateway.get(path);
  // Each backend has a cache of its own.
  assert.equal(upstream.requests.length, 2);
});

describe("a shared cache", () => {
  test("gives again what only the edge's cache still has", async (t) => {
    const { gateway, upstream } = await gatewayOf(t, true);
    const seen = [];
    for (const path of ["/a", "/b", "/a", "/b", "/a"]) seen.push((await gateway.get(path)).json);
    assert.deepEqual(seen, Array.from({ length: 5 }, () => ({ n: 1 })));
    assert.equal(upstream.requests.length, 2);
    assert.doesNotMatch(gateway.output, /cache/);
  });

  test("keeps no-op answers byte by byte", async (t) => {
    const upstream = await origin(t, {
      "/a": { body: Buffer.from([0, 10, 10, 255, 13, 10]), headers: { date: new Date().toUTCString(), "cache-control": "max-age=60", "content-type": "image/x", "x-mine": "é" } },
      "/b": counting(),
    });
    const gateway = await serve(t, config(paths(true, noop), { host: [upstream.url] }));
    const read = async () => {
      const answer = await gateway.fetch("/a");
      return [answer.headers.get("content-type"), answer.headers.get("x-mine"), [...new Uint8Array(await answer.arrayBuffer())]];
    };
    const first = await read();
    assert.deepEqual(first[2], [0, 10, 10, 255, 13, 10]);
    await gateway.get("/b");
    assert.deepEqual(await read(), first);
    assert.equal(upstream.requests.length, 2);
  });

  test("forgets an answer when a part of it is asked for, as KrakenD does", async (t) => {
    const { gateway, upstream } = await gatewayOf(t, true, noop);
    await gateway.get("/a");
    await gateway.get("/a", { range: "bytes=0-1" });
    await gateway.get("/a");
    assert.equal(upstream.requests.length, 3);
  });

  test("asks the origin where the client wants its answer, or the answer may not be kept", async (t) => {
    const { gateway, upstream } = await gatewayOf(t, true, noop);
    for (const path of ["/a", "/a"]) await gateway.get(path, { "cache-control": "no-cache" });
    assert.equal(upstream.requests.length, 2);
    const unstorable = await gatewayOf(t, true, { headers: { "cache-control": "max-age=60, no-store" } });
    for (const path of ["/a", "/a"]) await unstorable.gateway.get(path);
    assert.equal(unstorable.upstream.requests.length, 2);
  });

  test("keeps what is meant for everybody, in both of its parts", async (t) => {
    const headers = (/** @type {object} */ more) => ({ date: new Date().toUTCString(), "cache-control": "max-age=60", ...more });
    let n = 0;
    const answers = (more = {}) => () => ({ json: { n: ++n }, headers: headers(more) });
    const upstream = await origin(t, {
      "/plain": answers(),
      "/private": answers({ "cache-control": "private, max-age=60" }),
      "/cookie": answers({ "set-cookie": "id=1" }),
      "/public": answers({ "cache-control": "public, max-age=60" }),
    });
    const cached = (/** @type {string} */ path, /** @type {boolean} */ shared) =>
      endpoint(`${shared ? "/shared" : "/own"}${path}`, [{ url_pattern: path, extra_config: { "qos/http-cache": { shared } } }], {
        input_headers: ["Authorization", "Cookie"],
      });
    const kinds = ["/plain", "/private", "/cookie", "/public"];
    const gateway = await serve(t, config([true, false].flatMap((shared) => kinds.map((path) => cached(path, shared))), { host: [upstream.url] }));
    const calls = async (/** @type {string} */ path, /** @type {Record<string, string>[]} */ ...requests) => {
      const before = upstream.requests.length;
      for (const sent of requests) await gateway.get(path, sent);
      return upstream.requests.length - before;
    };
    const [ann, bob] = [{ authorization: "Bearer ann" }, { authorization: "Bearer bob" }];
    assert.equal(await calls("/shared/private", {}, {}), 2);
    assert.equal(await calls("/shared/cookie", {}, {}), 2);
    assert.equal(await calls("/shared/plain", ann, bob, { cookie: "id=1" }), 3);
    assert.equal(await calls("/shared/public", ann, bob, { cookie: "id=1" }), 1);
    assert.equal(await calls("/shared/plain", {}, {}), 1);
    // KrakenD's own cache hands on all of them.
    for (const path of kinds) assert.equal(await calls(`/own${path}`, ann, bob), 1, path);
  });

  test("gives one client's 304 to nobody else", async (t) => {
    const etag = '"e"';
    const upstream = await origin(t, {
      "/a": ({ headers }) => {
        const fresh = { date: new Date().toUTCString(), "cache-control": "max-age=60", etag };
        return headers["if-none-match"] === etag ? { status: 304, headers: fresh } : { json: { n: 1 }, headers: fresh };
      },
    });
    const passed = (/** @type {boolean} */ shared) =>
      endpoint(`/${shared}`, [{ url_pattern: "/a", encoding: "no-op", extra_config: { "qos/http-cache": { shared } } }], {
        output_encoding: "no-op",
        input_headers: ["If-None-Match"],
      });
    const gateway = await serve(t, config([passed(true), passed(false)], { host: [upstream.url] }));
    for (const path of ["/true", "/false"]) {
      assert.equal((await gateway.get(path, { "if-none-match": etag })).status, 304);
      const { status, json } = await gateway.get(path);
      assert.deepEqual([status, json], [200, { n: 1 }], path);
    }
  });

  test("holds under parallel requests", async (t) => {
    const { gateway, upstream } = await gatewayOf(t, true);
    await Promise.all(["/a", "/b"].map((path) => gateway.get(path)));
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => gateway.get(i % 2 ? "/a" : "/b")));
    assert.ok(answers.every(({ status, json }) => status === 200 && json.n === 1));
    assert.equal(upstream.requests.length, 2);
  });
});
