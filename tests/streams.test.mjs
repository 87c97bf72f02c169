// Bodies on their way: they pass as they come, end at the deadline, and stop when the client leaves.
import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { codeOf } from "../bin/lib/errors.mjs";
import { config, endpoint, startGateway } from "./support/gateway.mjs";
import { listening, startUpstream } from "./support/upstream.mjs";

/** @type {import("./support/upstream.mjs").Upstream} */
let origin;
/** @type {import("./support/gateway.mjs").Gateway} */
let gateway;

/**
 * A promise and the function that resolves it.
 *
 * @template [T=void]
 * @returns {{ given: Promise<T>, give: (value: T) => void }}
 */
const signal = () => {
  let give = (/** @type {T} */ _value) => {};
  /** @type {Promise<T>} */
  const given = new Promise((resolve) => (give = resolve));
  return { given, give: (value) => give(value) };
};

/**
 * What a promise gives, if it does in time.
 *
 * @template T
 * @param {number} ms
 * @param {Promise<T>} promise
 * @param {string} what
 * @returns {Promise<T>}
 */
const within = (ms, promise, what) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms).unref())]);

before(async () => {
  origin = await startUpstream();
  const noop = (/** @type {string} */ pattern, /** @type {string} */ path, /** @type {import("./support/gateway.mjs").Part} */ rest = {}) =>
    endpoint(pattern, [{ url_pattern: path, encoding: "no-op" }], { output_encoding: "no-op", method: rest.method ?? "GET", ...rest });
  gateway = await startGateway(
    config(
      [
        noop("/events", "/events", { timeout: "5s" }),
        noop("/cut", "/endless", { timeout: "300ms" }),
        noop("/endless", "/endless", { timeout: "10s" }),
        noop("/hang", "/hang", { timeout: "10s" }),
        noop("/upload", "/upload", { method: "POST", timeout: "5s" }),
        noop("/untyped", "/untyped", { timeout: "5s" }),
        noop("/silent", "/silent", { timeout: "300ms" }),
        endpoint("/drip", [{ url_pattern: "/drip" }], { timeout: "300ms" }),
        endpoint("/partial", [{ url_pattern: "/quick" }, { url_pattern: "/drip", group: "slow" }], { timeout: "400ms" }),
        endpoint("/both", [{ url_pattern: "/hang" }, { url_pattern: "/hang2" }], { timeout: "10s" }),
        endpoint("/quick", [{ url_pattern: "/quick" }]),
        endpoint("/checked", [{ url_pattern: "/quick" }], { method: "POST", timeout: "20s", extra_config: { "validation/json-schema": { type: "string" } } }),
        endpoint("/scripted", [{ url_pattern: "/quick" }], {
          method: "POST",
          timeout: "20s",
          extra_config: { "modifier/lua-endpoint": { pre: "if #ctx.load():body() ~= #ctx.load():body() then custom_error('cut') end" } },
        }),
      ],
      { host: [origin.url] },
    ),
  );
});
after(async () => {
  await gateway?.stop();
  await origin?.stop();
});

/**
 * The next request that the origin gets for a path; its answer is decided here.
 *
 * @param {string} path
 * @param {import("./support/upstream.mjs").Reply} reply
 */
const asked = (path, reply) => {
  /** @type {ReturnType<typeof signal<import("./support/upstream.mjs").Recorded>>} */
  const { given, give } = signal();
  origin.routes[path] = (request) => {
    give(request);
    return reply;
  };
  return given;
};

/** The parts of a body as text. */
const partsOf = (/** @type {Response} */ response) => {
  assert.ok(response.body);
  return response.body.pipeThrough(new TextDecoderStream()).getReader();
};

test("server-sent events arrive one by one: the next leaves the origin only when the client has the last", async () => {
  const seen = [signal(), signal(), signal()];
  origin.routes["/events"] = {
    headers: { "content-type": "text/event-stream" },
    chunks: (async function* () {
      for (const [index, { given }] of seen.entries()) {
        yield `data: ${index}\n\n`;
        await given;
      }
    })(),
  };
  const response = await within(1000, gateway.fetch("/events"), "the head");
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const reader = partsOf(response);
  for (const [index, { give }] of seen.entries()) {
    const { value } = await within(1000, reader.read(), `event ${index}`);
    assert.equal(value, `data: ${index}\n\n`);
    give();
  }
  assert.equal((await within(1000, reader.read(), "the end")).done, true);
});

test("a stream without a content type is sniffed by its first part, and still not held back", async () => {
  const first = signal();
  origin.routes["/untyped"] = {
    chunks: (async function* () {
      yield "<html><body>1";
      await first.given;
      yield "2</body></html>";
    })(),
    headers: { "content-type": [] },
  };
  const response = await within(1000, gateway.fetch("/untyped"), "the head");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  const reader = partsOf(response);
  assert.equal((await within(1000, reader.read(), "the first part")).value, "<html><body>1");
  first.give();
  assert.equal((await within(1000, reader.read(), "the second part")).value, "2</body></html>");
});

test("a body that must be taken into memory is taken up to 8 MB, announced or not", async () => {
  origin.routes["/quick"] = { json: { a: 1 } };
  const send = (/** @type {RequestInit["body"]} */ body) => fetch(`${gateway.url}/checked`, { method: "POST", body, duplex: "half" });
  const stream = (/** @type {number} */ parts) => {
    const part = new TextEncoder().encode("x".repeat(1 << 20));
    let left = parts;
    return new ReadableStream({ pull: (to) => (left-- > 0 ? to.enqueue(part) : to.close()) });
  };
  // The answer comes before the body has been sent: a client that is still sending may find the connection closed instead.
  const refused = async (/** @type {RequestInit["body"]} */ body) => {
    const outcome = await send(body).then(({ status }) => String(status), (/** @type {unknown} */ error) => codeOf(error instanceof Error && error.cause));
    assert.ok(["413", "EPIPE", "ECONNRESET", "UND_ERR_SOCKET"].includes(outcome ?? ""), outcome);
  };
  assert.equal((await send(`"${"x".repeat((1 << 23) - 2)}"`)).status, 200);
  await refused(`"${"x".repeat(1 << 23)}"`);
  assert.equal((await send(stream(3))).status, 400);
  await refused(stream(40));
  assert.equal((await send(`"x"`)).status, 200);
});

test("a script reads the longest body that is taken", async () => {
  origin.routes["/quick"] = { json: { a: 1 } };
  const send = (/** @type {number} */ length) => fetch(`${gateway.url}/scripted`, { method: "POST", body: "x".repeat(length) });
  for (const length of [10, 7_500_000, 8 << 20]) assert.equal((await send(length)).status, 200, `${length} bytes`);
});

test("an upload passes as it comes", async () => {
  /** @type {ReturnType<typeof signal<string>>} */
  const arrived = signal();
  // The origin answers before the body is complete, which the support server can't: a server of its own.
  const server = http.createServer((incoming, response) => {
    incoming.once("data", (chunk) => arrived.give(String(chunk)));
    incoming.on("end", () => response.end("done"));
  });
  const port = await listening(server);
  const own = await startGateway(
    config([
      endpoint("/upload", [{ host: [`http://127.0.0.1:${port}`], url_pattern: "/", method: "POST", encoding: "no-op" }], {
        method: "POST",
        output_encoding: "no-op",
      }),
    ]),
  );
  try {
    /** @type {ReturnType<typeof signal<number | undefined>>} */
    const answered = signal();
    const request = http.request(`${own.url}/upload`, { method: "POST" }, (response) => {
      response.resume();
      response.on("end", () => answered.give(response.statusCode));
    });
    request.write("part one");
    assert.equal(await within(1500, arrived.given, "the first part"), "part one");
    request.end("part two");
    assert.equal(await within(1500, answered.given, "the answer"), 200);
  } finally {
    await own.stop();
    server.closeAllConnections();
    server.close();
  }
});

describe("at the endpoint's timeout", () => {
  // The first answer shows that the body is long; the calls after it are aborted.
  for (const [name, headers] of /** @type {const} */ ([
    ["in chunks", {}],
    ["in chunks, again", {}],
    ["of a known length", { "content-length": 1_000_000 }],
    ["of a known length, again", { "content-length": 1_000_000 }],
  ])) {
    test(`a streamed body ${name} is cut, and the origin's connection ends`, async () => {
      const request = asked("/endless", { headers, chunks: ["x".repeat(10)], every: 50, endless: true });
      const started = performance.now();
      const response = await gateway.fetch("/cut");
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-length"), "content-length" in headers ? "1000000" : null);
      assert.ok(performance.now() - started < 250, "the head waits");
      let length = 0;
      await assert.rejects(async () => {
        for await (const chunk of response.body ?? []) length += chunk.length;
      });
      const elapsed = performance.now() - started;
      assert.ok(elapsed > 250 && elapsed < 900, `${elapsed} ms`);
      assert.ok(length >= 20 && length < 200, `${length} bytes`);
      await within(1000, (await request).abort, "the end at the origin");
    });
  }

  test("a short body after long ones is taken whole", async () => {
    for (let i = 0; i < 3; i++) {
      origin.routes["/endless"] = { json: { i } };
      assert.deepEqual((await gateway.get("/cut")).json, { i });
    }
  });

  test("a body without a content type whose first part stays out is a 500", async () => {
    origin.routes["/silent"] = { headers: { "content-type": [] }, chunks: ["", "late"], every: 2000, endless: true };
    const started = performance.now();
    const { status } = await gateway.get("/silent");
    const elapsed = performance.now() - started;
    assert.equal(status, 500);
    assert.ok(elapsed > 250 && elapsed < 900, `${elapsed} ms`);
  });

  test("a body that drips behind a quick head fails the backend", async () => {
    const request = asked("/drip", { chunks: ['{"a":1', " "], every: 40, endless: true });
    const started = performance.now();
    const { status, text, header } = await gateway.get("/drip");
    const elapsed = performance.now() - started;
    assert.deepEqual({ status, text, completed: header("x-krakend-completed") }, { status: 500, text: "", completed: "false" });
    assert.ok(elapsed > 250 && elapsed < 900, `${elapsed} ms`);
    await within(1000, (await request).abort, "the end at the origin");
  });

  test("what came in time is answered", async () => {
    origin.routes["/quick"] = { json: { a: 1 } };
    void asked("/drip", { chunks: ['{"b":1', " "], every: 40, endless: true });
    const started = performance.now();
    const { status, json, header } = await gateway.get("/partial");
    const elapsed = performance.now() - started;
    assert.deepEqual({ status, json, completed: header("x-krakend-completed") }, { status: 200, json: { a: 1 }, completed: "false" });
    // 85 % of 400 ms.
    assert.ok(elapsed > 300 && elapsed < 395, `${elapsed} ms`);
  });
});

describe("a client that leaves", () => {
  // A reset: that a client only stops sending is no reason for HTTP/1.1 to drop its answer, and workerd doesn't.
  const leave = async (/** @type {string} */ path, /** @type {Promise<import("./support/upstream.mjs").Recorded>[]} */ requests) => {
    const socket = net.connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\n\r\n`);
    const calls = await within(1000, Promise.all(requests), "the calls");
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(calls.map(({ aborted }) => aborted), calls.map(() => false));
    socket.resetAndDestroy();
    await within(1000, Promise.all(calls.map((call) => call.abort)), "the end at the origin");
  };

  test("stops every call that waits", () => leave("/both", [asked("/hang", { hang: true }), asked("/hang2", { hang: true })]));
  test("stops a no-op call that waits", () => leave("/hang", [asked("/hang", { hang: true })]));
  for (const name of ["stops a stream", "stops a stream that the runtime hands on"]) {
    test(name, () => leave("/endless", [asked("/endless", { chunks: ["x"], every: 20, endless: true })]));
  }

  test("harms nobody else", async () => {
    origin.routes["/quick"] = { json: { a: 1 } };
    assert.deepEqual((await gateway.get("/quick")).json, { a: 1 });
  });
});
