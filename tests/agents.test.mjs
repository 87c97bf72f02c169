// Async agents: messages of queues of the platform run through pipes of backends, under `fjord run` and under `wrangler dev`.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { dev } from "./support/dev.mjs";
import { command, config, endpoint, folder, origin, serve } from "./support/gateway.mjs";

/** @import { Part } from "./support/gateway.mjs" */
/** @import { Recorded } from "./support/upstream.mjs" */

/** An endpoint that sends its body to a queue. @param {string} binding */
const publisher = (binding) =>
  endpoint(`/${binding.toLowerCase()}`, [{ host: ["queue://"], disable_host_sanitize: true, url_pattern: "/", extra_config: { "backend/pubsub/publisher": { topic_url: binding } } }], { method: "POST", timeout: "5s" });

/**
 * An agent with one backend.
 *
 * @param {string} topic
 * @param {string} url
 * @param {Part} [more] `consumer`, `connection`, `driver`, `backend`, `extra`.
 * @returns {Part}
 */
const agent = (topic, url, { consumer, connection, driver = {}, backend, extra = {} } = {}) => ({
  name: `agent-${topic}`,
  consumer: { topic, timeout: "2s", ...consumer },
  ...(connection && { connection }),
  backend: backend ?? [{ host: [url], url_pattern: `/${topic}`, method: "POST" }],
  extra_config: { "async/queue": driver, ...extra },
});

/**
 * Waits until there are so many.
 *
 * @template T
 * @param {T[]} list
 * @param {number} count
 */
async function until(list, count, patience = 10_000) {
  const end = Date.now() + patience;
  while (list.length < count) {
    if (Date.now() > end) assert.fail(`${list.length} of ${count}: ${JSON.stringify(list)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("fjord run", () => {
  test("each message is the body of a call, once, at the agent of its queue", async (t) => {
    const upstream = await origin(t, { "/orders": { json: {} }, "/stock": { json: {} } });
    const gateway = await serve(t, config([publisher("ORDERS"), publisher("STOCK")], { async_agent: [agent("orders", upstream.url), agent("stock", upstream.url)] }));
    for (const [target, body, type] of [["/orders", '{"item": "boat"}', "application/json"], ["/orders", "plain", "text/plain"], ["/stock", Uint8Array.of(0, 255, 254), "image/png"]]) {
      const answer = await gateway.post(String(target), body, { "content-type": String(type) });
      assert.deepEqual([answer.status, answer.text], [200, "null"], gateway.output);
    }
    await until(upstream.requests, 3);
    await pause(300);
    const seen = upstream.requests.map(({ method, path: target, bytes }) => `${method} ${target} ${bytes.toString("latin1")}`).sort();
    assert.deepEqual(seen, ["POST /orders plain", 'POST /orders {"item":"boat"}', "POST /stock \0\xff\xfe"]);
    // No header line of the request that published them, and none of the gateway's about a client.
    assert.deepEqual(Object.keys(upstream.requests[0]?.headers ?? {}).filter((name) => name.startsWith("x-") || name === "content-type"), []);
    assert.doesNotMatch(gateway.output, /ASYNC/);
  });

  test("a message whose pipe fails comes again, later each time, and the others don't", async (t) => {
    /** @type {number[]} */
    const times = [];
    const upstream = await origin(t, {
      "/orders": ({ body }) => {
        if (body !== "bad") return { json: {} };
        times.push(Date.now());
        return times.length < 3 ? { status: 500 } : { json: {} };
      },
    });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { connection: { backoff_strategy: "linear" } })] }));
    for (const body of ["good", "bad", "fine"]) await gateway.post("/orders", body);
    await until(times, 3);
    await pause(300);
    const [first = 0, second = 0, third = 0] = times;
    assert.ok(second - first >= 950 && third - second >= 1950, `${second - first}, ${third - second}`);
    assert.deepEqual(upstream.requests.map(({ body }) => body), ["good", "bad", "fine", "bad", "bad"]);
    assert.match(gateway.output, /\[ASYNC: agent-orders\] invalid status code 500 .*; the message comes again in 1 s/);
    assert.match(gateway.output, /; the message comes again in 2 s/);
  });

  test("nack_discard drops it instead", async (t) => {
    const upstream = await origin(t, { "/orders": { status: 500 } });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { driver: { nack_discard: true } })] }));
    await gateway.post("/orders", "bad");
    await gateway.logged(/\[ASYNC: agent-orders\] invalid status code 500 .*; the message is dropped/);
    await pause(1500);
    assert.equal(upstream.requests.length, 1);
  });

  test("so many at once as there are workers", async (t) => {
    let running = 0;
    let most = 0;
    const upstream = await origin(t, {
      "/orders": async () => {
        most = Math.max(most, ++running);
        await pause(60);
        running--;
        return { json: {} };
      },
    });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { consumer: { workers: 2 } })] }));
    await Promise.all(Array.from({ length: 10 }, (_, index) => gateway.post("/orders", String(index))));
    await until(upstream.requests, 10);
    assert.equal(most, 2);
    assert.deepEqual(upstream.requests.map(({ body }) => Number(body)).sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("max_rate spaces the messages of a batch", async (t) => {
    /** @type {number[]} */
    const times = [];
    const upstream = await origin(t, { "/orders": () => (times.push(Date.now()), { json: {} }) });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { consumer: { workers: 5, max_rate: 5 } })] }));
    await Promise.all([1, 2, 3, 4].map((body) => gateway.post("/orders", String(body))));
    await until(times, 4);
    assert.ok(Number(times.at(-1)) - Number(times[0]) >= 550, String(times));
  });

  test("the pipe is an endpoint's: a sequence, components, and the message in the body of the next call", async (t) => {
    const upstream = await origin(t, { "/price": { json: { price: 7 } }, "/pay/7": { json: {} } });
    const backend = [
      { host: [upstream.url], url_pattern: "/price", method: "POST" },
      { host: [upstream.url], url_pattern: "/pay/{resp0_price}", method: "POST" },
    ];
    const extra = { proxy: { sequential: true }, "validation/json-schema": { type: "object", required: ["item"] } };
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { backend, extra, driver: { nack_discard: true } })] }));
    await gateway.post("/orders", '{"other": 1}', { "content-type": "application/json" });
    await gateway.logged(/\[ASYNC: agent-orders\] .*item.*; the message is dropped/);
    assert.equal(upstream.requests.length, 0);
    await gateway.post("/orders", '{"item": "boat"}', { "content-type": "application/json" });
    await until(upstream.requests, 2);
    assert.deepEqual(upstream.requests.map(({ path: target, body }) => [target, body]), [["/price", '{"item":"boat"}'], ["/pay/7", '{"item":"boat"}']]);
  });

  test("a pipe that takes longer than consumer.timeout has failed", async (t) => {
    const upstream = await origin(t, { "/orders": { hang: true } });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { consumer: { timeout: "200ms" }, driver: { nack_discard: true } })] }));
    await gateway.post("/orders", "slow");
    await gateway.logged(/\[ASYNC: agent-orders\] context deadline exceeded; the message is dropped/);
  });

  test("an undecoded answer is read to its end, whatever its status", async (t) => {
    const upstream = await origin(t, { "/orders": { status: 418, body: "x".repeat(1 << 20) } });
    const backend = [{ host: [upstream.url], url_pattern: "/orders", method: "POST", encoding: "no-op" }];
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [{ ...agent("orders", upstream.url, { backend }), encoding: "no-op" }] }));
    await gateway.post("/orders", "one");
    await gateway.post("/orders", "two");
    await until(upstream.requests, 2);
    await pause(300);
    assert.equal(upstream.requests.length, 2);
    assert.ok(upstream.requests.every(({ aborted }) => !aborted));
  });

  test("the Wrangler file says how a queue is consumed, and where lost messages go", async (t) => {
    const upstream = await origin(t, { "/orders": { status: 500 }, "/lost": { json: {} } });
    const queues = {
      producers: [{ binding: "SALES", queue: "orders" }],
      consumers: [{ queue: "orders", max_retries: 1, dead_letter_queue: "lost" }, { queue: "lost" }],
    };
    const wrangler = JSON.stringify({ name: "agents", main: "build/worker.mjs", compatibility_date: "2026-11-17", queues });
    const gateway = await serve(t, config([publisher("SALES")], { async_agent: [agent("orders", upstream.url), agent("lost", upstream.url)] }), { files: { "wrangler.json": wrangler } });
    await gateway.post("/sales", "boat");
    await until(upstream.requests, 3);
    assert.deepEqual(upstream.requests.map(({ path: target, body }) => [target, body]), [["/orders", "boat"], ["/orders", "boat"], ["/lost", "boat"]]);
  });

  test("-d logs batches and their calls", async (t) => {
    const upstream = await origin(t, { "/orders": { json: {} } });
    const gateway = await serve(t, config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url)] }), { debug: true });
    await gateway.post("/orders", "boat");
    await gateway.logged(/#\d+ {3}-> POST http\S+\/orders 200 .*\n#\d+ queue orders: 1 messages/);
  });
});

describe("fjord check", () => {
  /**
   * The findings for agents beside a Wrangler file.
   *
   * @param {Part[]} agents
   * @param {object} [queues]
   */
  async function findings(agents, queues) {
    const { dir, remove } = folder({
      "krakend.json": JSON.stringify(config([publisher("ORDERS")], { async_agent: agents })),
      ...(queues && { "wrangler.json": JSON.stringify({ name: "agents", main: "build/worker.mjs", compatibility_date: "2026-11-17", queues }) }),
    });
    try {
      const { code, stdout, stderr } = await command(["check", "-l", "-c", path.join(dir, "krakend.json")]);
      return { code, text: stdout + stderr };
    } finally {
      remove();
    }
  }
  const consumers = [{ queue: "orders" }];
  const producers = [{ binding: "ORDERS", queue: "orders" }];
  const own = "http://shop.example.com";

  test("names the lines of the Wrangler file", async () => {
    const { code, text } = await findings([agent("orders", own)]);
    assert.equal(code, 0, text);
    assert.match(text, /the worker must consume the queue orders\n[^]*\[\[queues\.consumers\]\]\n\s+queue = "orders"/);
  });

  test("a Wrangler file without the consumer is an error", async () => {
    const lacking = await findings([agent("orders", own)], { producers });
    assert.equal(lacking.code, 1, lacking.text);
    assert.match(lacking.text, /error\[missing-binding\]: the worker must consume the queue orders, which wrangler\.json doesn't declare/);
    assert.match(lacking.text, /"queues": \{ "consumers": \[\{ "queue": "orders" \}\] \}/);
    const whole = await findings([agent("orders", own)], { producers, consumers });
    assert.equal(whole.code, 0, whole.text);
    assert.doesNotMatch(whole.text, /must consume/);
  });

  test("two agents of one queue, a call without the message, and settings of the queue", async () => {
    const twice = await findings([agent("orders", own), agent("orders", own)]);
    assert.match(twice.text, /error\[no-answer\]: another agent takes the messages of the queue orders already/);
    const get = await findings([agent("orders", own, { backend: [{ host: [own], url_pattern: "/a" }], connection: { max_retries: 3, health_interval: "2s" } })]);
    assert.equal(get.code, 0, get.text);
    assert.match(get.text, /warning\[no-body\]: the message doesn't reach this backend/);
    assert.match(get.text, /the queue's own max_retries says/);
    assert.match(get.text, /nothing is connected/);
  });

  test("an agent without a driver that works isn't served, and is named", async () => {
    const amqp = { "async/amqp": { host: "amqp://mq", name: "q", exchange: "x" } };
    const refused = await findings([{ ...agent("orders", own), extra_config: amqp }]);
    assert.match(refused.text, /error\[not-supported\]: `async\/amqp` is not served[^]*by async\/queue/);
    const none = await findings([{ ...agent("orders", own), extra_config: {} }]);
    assert.match(none.text, /nothing feeds the agent/);
    const shadow = await findings([agent("orders", own, { backend: [{ host: [own], url_pattern: "/a", method: "POST", extra_config: { proxy: { shadow: true } } }] })]);
    assert.match(shadow.text, /an agent has no shadow backends/);
  });
});

test("wrangler dev delivers to the worker of a build", async (t) => {
  let failed = false;
  const upstream = await origin(t, {
    "/orders": ({ body }) => {
      if (body !== '{"n":3}' || failed) return { json: {} };
      failed = true;
      return { status: 500 };
    },
  });
  const { dir, remove } = folder({
    "krakend.json": JSON.stringify(config([publisher("ORDERS")], { async_agent: [agent("orders", upstream.url, { consumer: { workers: 2 } })] })),
    "wrangler.jsonc": JSON.stringify({
      name: "agents",
      main: "build/worker.mjs",
      compatibility_date: "2026-11-17",
      send_metrics: false,
      rules: [{ type: "Text", globs: ["**/krakend.json", "**/files.json"], fallthrough: true }],
      queues: { producers: [{ binding: "ORDERS", queue: "orders" }], consumers: [{ queue: "orders", max_batch_timeout: 1 }] },
      durable_objects: { bindings: [] },
    }),
  });
  t.after(remove);
  const { code, stderr } = await command(["build"], { cwd: dir });
  assert.equal(code, 0, stderr);
  const { ask, said } = await dev(t, dir);
  for (const n of [1, 2, 3]) {
    const answer = await ask("/orders", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ n }) });
    assert.equal(answer.status, 200, said());
  }
  await until(upstream.requests, 4, 20_000);
  const bodies = upstream.requests.map((/** @type {Recorded} */ { body }) => body).sort();
  assert.deepEqual(bodies, ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":3}'], said());
});
