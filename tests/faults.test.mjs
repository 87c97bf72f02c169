// Origins that misbehave, and what the client is told: a documented status, and the next request works.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { config, endpoint, startGateway } from "./support/gateway.mjs";
import { freePort, startUpstream } from "./support/upstream.mjs";

const nested = (/** @type {string} */ open, /** @type {string} */ close, /** @type {number} */ depth) => `{"a":${open.repeat(depth)}${close.repeat(depth)}}`;
const json = (/** @type {string | Uint8Array} */ body, rest = {}) => ({ body, headers: { "content-type": "application/json", ...rest } });
const head = (/** @type {string[]} */ ...lines) => ["HTTP/1.1 200 OK", "Content-Type: application/json", ...lines, "", ""].join("\r\n");
const text = "0123456789".repeat(700_000);
const long = "0123456789".repeat(900_000);

/**
 * What the origin does, the answer of an endpoint that decodes it, and that of one that passes it on.
 *
 * @type {Record<string, { reply: import("./support/upstream.mjs").Reply, cut?: boolean, timeout?: string, decoded: 500 | object, passed: number | "cut" }>}
 */
const cases = {
  reset: { reply: { reset: true }, decoded: 500, passed: 500 },
  "ends before the head is complete": { reply: { raw: "HTTP/1.1 200 OK\r\nContent-" }, decoded: 500, passed: 500 },
  "is no HTTP": { reply: { raw: "SSH-2.0-OpenSSH_9.6\r\n" }, decoded: 500, passed: 500 },
  "announces more than it sends": { reply: json('{"a":1}', { "content-length": 20 }), cut: true, decoded: 500, passed: 500 },
  "cuts a chunked body": { reply: { raw: `${head("Transfer-Encoding: chunked")}7\r\n{"a":1}\r\n` }, decoded: 500, passed: "cut" },
  "ends before the first byte of a body": { reply: { raw: head("Content-Length: 20") }, decoded: 500, passed: 500 },
  "ends before the first byte of an untyped body": { reply: { raw: "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" }, decoded: 500, passed: 500 },
  "says its length twice": { reply: { raw: `${head("Content-Length: 7, 7", "Connection: close")}{"a":1}` }, decoded: { a: 1 }, passed: 200 },
  "announces a length below zero": { reply: { raw: `${head("Content-Length: -7")}{"a":1}` }, decoded: 500, passed: 500 },
  "breaks a chunk's size": { reply: { raw: `${head("Transfer-Encoding: chunked")}zz\r\n{"a":1}\r\n` }, decoded: 500, passed: "cut" },
  "ends a body without a length by closing": { reply: { raw: `${head("Connection: close")}{"a":1}` }, decoded: { a: 1 }, passed: 200 },
  "announces gzip and sends none": { reply: json('{"a":1}', { "content-encoding": "gzip" }), decoded: 500, passed: "cut" },
  "cuts gzip": { reply: json(gzipSync('{"a":1}').subarray(0, 15), { "content-encoding": "gzip" }), decoded: 500, passed: "cut" },
  "answers gzip": { reply: json(gzipSync('{"a":1}'), { "content-encoding": "gzip" }), decoded: { a: 1 }, passed: 200 },
  "sends no UTF-8": { reply: json(Buffer.from('{"a":"\xff\xc3"}', "latin1")), decoded: { a: "\ufffd\ufffd" }, passed: 200 },
  "nests arrays 100,000 levels deep": { reply: json(nested("[", "]", 100_000)), decoded: 500, passed: 200 },
  "nests objects 100,000 levels deep": { reply: json(nested('{"a":', "}", 100_000).replace(":}", ":1}")), decoded: 500, passed: 200 },
  "sends 7 MB": { reply: { json: { text } }, decoded: { text }, passed: 200 },
  "sends 7 MB without a length": { reply: { chunks: [`{"text":"${text}"}`] }, decoded: { text }, passed: 200 },
  "sends 9 MB": { reply: { json: { text: long } }, decoded: 500, passed: 200 },
  "sends 9 MB without a length": { reply: { chunks: [`{"text":"${long}"}`] }, decoded: 500, passed: 200 },
  "sends 9 MB that are compressed": { reply: json(gzipSync(`{"text":"${long}"}`), { "content-encoding": "gzip" }), decoded: 500, passed: 200 },
  "sends malformed JSON": { reply: json('{"a":'), decoded: 500, passed: 200 },
  "sends something else": { reply: { body: "<html>", headers: { "content-type": "text/html" } }, decoded: 500, passed: 200 },
  "sends nothing": { reply: json(""), decoded: 500, passed: 200 },
  "sends an array": { reply: json("[1]"), decoded: 500, passed: 200 },
  "sends zero bytes": { reply: json("\0\0\0"), decoded: 500, passed: 200 },
  hangs: { timeout: "300ms", reply: { hang: true }, decoded: 500, passed: 500 },
  drips: { timeout: "300ms", reply: { chunks: ["{", " "], every: 50, endless: true }, decoded: 500, passed: "cut" },
  "answers 202": { reply: { status: 202, json: { a: 1 } }, decoded: 500, passed: 202 },
  "answers 204": { reply: { status: 204 }, decoded: 500, passed: 204 },
  "answers 205": { reply: { status: 205 }, decoded: 500, passed: 205 },
  "answers 299": { reply: { status: 299, json: { a: 1 } }, decoded: 500, passed: 299 },
  "answers 304": { reply: { status: 304 }, decoded: 500, passed: 304 },
  "answers 418": { reply: { status: 418, json: { a: 1 } }, decoded: 500, passed: 418 },
  "answers 503": { reply: { status: 503, body: "busy" }, decoded: 500, passed: 503 },
  "answers 599": { reply: { status: 599, json: { a: 1 } }, decoded: 500, passed: 599 },
  "answers 600": { reply: { status: 600, json: { a: 1 } }, decoded: 500, passed: 502 },
  "answers 999": { reply: { status: 999, json: { a: 1 } }, decoded: 500, passed: 502 },
  "switches protocols unasked": { reply: { raw: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" }, decoded: 500, passed: 502 },
  "sends 1,000 header lines": {
    reply: json('{"a":1}', Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x-line-${i}`, "v"]))),
    decoded: { a: 1 },
    passed: 200,
  },
};

describe("an origin", () => {
  /** @type {import("./support/upstream.mjs").Upstream} */
  let origin;
  /** @type {import("./support/gateway.mjs").Gateway} */
  let gateway;
  before(async () => {
    origin = await startUpstream({ "/ok": { json: { ok: true } } });
    for (const [index, { reply, cut }] of Object.values(cases).entries()) {
      origin.routes[`/${index}`] = cut ? { raw: `${head("Content-Length: 20")}{"a":1}` } : reply;
    }
    const endpoints = Object.values(cases).flatMap(({ timeout = "10s" }, index) => [
      endpoint(`/decoded/${index}`, [{ url_pattern: `/${index}` }], { timeout }),
      endpoint(`/passed/${index}`, [{ url_pattern: `/${index}`, encoding: "no-op" }], { timeout, output_encoding: "no-op" }),
      endpoint(`/merged/${index}`, [{ url_pattern: "/ok" }, { url_pattern: `/${index}`, group: "other" }], { timeout }),
    ]);
    endpoints.push(endpoint("/ok", [{ url_pattern: "/ok" }]));
    gateway = await startGateway(config(endpoints, { host: [origin.url] }));
  });
  after(async () => {
    await gateway?.stop();
    await origin?.stop();
  });

  const works = async () => assert.deepEqual((await gateway.get("/ok")).json, { ok: true });

  for (const [index, [name, { decoded, passed }]] of Object.entries(cases).entries()) {
    describe(`that ${name}`, { concurrency: true }, () => {
      test("is decoded", async () => {
        const answer = await gateway.get(`/decoded/${index}`);
        const completed = answer.header("x-krakend-completed");
        if (decoded === 500) assert.deepEqual({ status: answer.status, text: answer.text, completed }, { status: 500, text: "", completed: "false" });
        else {
          assert.deepEqual({ status: answer.status, completed }, { status: 200, completed: "true" });
          assert.deepEqual(answer.json, decoded);
        }
        await works();
      });

      test("is one of two", async () => {
        const answer = await gateway.get(`/merged/${index}`);
        const failed = decoded === 500;
        assert.deepEqual({ status: answer.status, completed: answer.header("x-krakend-completed") }, { status: 200, completed: String(!failed) });
        assert.deepEqual(answer.json, failed ? { ok: true } : { ok: true, other: decoded });
      });

      test("is passed on", async () => {
        if (passed === "cut") {
          await assert.rejects(gateway.get(`/passed/${index}`), (error) => !(error instanceof assert.AssertionError));
        } else {
          const { status } = await gateway.get(`/passed/${index}`);
          assert.equal(status, passed);
        }
        await works();
      });
    });
  }
});

test("an origin that refuses connections is an error of its backend alone", async (t) => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const origin = await startUpstream({ "/ok": { json: { ok: true } } });
  t.after(() => origin.stop());
  const gateway = await startGateway(
    config(
      [
        endpoint("/none", [{ host: [nobody], url_pattern: "/" }]),
        endpoint("/noop", [{ host: [nobody], url_pattern: "/", encoding: "no-op" }], { output_encoding: "no-op" }),
        endpoint("/one", [{ url_pattern: "/ok" }, { host: [nobody], url_pattern: "/" }]),
      ],
      { host: [origin.url], extra_config: { router: { return_error_msg: true } } },
    ),
  );
  t.after(() => gateway.stop());
  for (const path of ["/none", "/noop"]) assert.equal((await gateway.get(path)).status, 500);
  const { status, json: merged, header } = await gateway.get("/one");
  assert.deepEqual({ status, merged, completed: header("x-krakend-completed") }, { status: 200, merged: { ok: true }, completed: "false" });
});

describe("a binding that the worker lacks", () => {
  /** @type {import("./support/upstream.mjs").Upstream} */
  let origin;
  /** @type {import("./support/gateway.mjs").Gateway} */
  let gateway;
  before(async () => {
    origin = await startUpstream({ "/ok": { json: { ok: true } } });
    const ok = { url_pattern: "/ok" };
    const nope = { host: ["service://NOPE"], url_pattern: "/" };
    // A variable isn't a service, and what every object inherits isn't a binding.
    const bound = (/** @type {string} */ name) => ({ host: [`service://${name}`], url_pattern: "/" });
    const sequential = { extra_config: { proxy: { sequential: true } } };
    gateway = await startGateway(
      config(
        [
          endpoint("/single", [nope]),
          endpoint("/text", [bound("TEXT")]),
          endpoint("/inherited", [bound("toString")]),
          endpoint("/passed", [{ ...nope, encoding: "no-op" }], { output_encoding: "no-op" }),
          endpoint("/parallel", [nope, ok]),
          endpoint("/first", [nope, ok], sequential),
          endpoint("/second", [ok, { ...nope, url_pattern: "/{resp0_ok}" }], sequential),
          endpoint("/ok", [ok]),
        ],
        { host: [origin.url] },
      ),
      { env: { TEXT: "x" } },
    );
  });
  after(async () => {
    await gateway?.stop();
    await origin?.stop();
  });

  const partial = { status: 200, text: '{"ok":true}', completed: "false" };
  const none = { status: 500, text: "", completed: "false" };
  const answers = { single: none, text: none, inherited: none, passed: none, parallel: partial, first: none, second: partial };
  for (const [name, expected] of Object.entries(answers)) {
    test(`fails its backend: ${name}`, async () => {
      const { status, text: body, header } = await gateway.get(`/${name}`);
      assert.deepEqual({ status, text: body, completed: header("x-krakend-completed") }, expected);
      assert.deepEqual((await gateway.get("/ok")).json, { ok: true });
    });
  }

  test("is named in the log", async () => {
    await gateway.logged(/ENDPOINT: \/single\].* the worker has no binding NOPE/);
    await gateway.logged(/ENDPOINT: \/inherited\].* the worker has no binding toString/);
    await gateway.logged(/ENDPOINT: \/text\].* the binding TEXT is not a service/);
    assert.doesNotMatch(gateway.output, /hung|request failed/);
  });
});
