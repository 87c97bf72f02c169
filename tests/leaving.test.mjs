// Clients that reset their connections, and calls that nobody waits for any more: what they held is free again.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import test from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

/**
 * @typedef {import("./support/gateway.mjs").Gateway} Gateway
 * @typedef {import("./support/upstream.mjs").Upstream} Upstream
 */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until something holds.
 *
 * @param {string} what
 * @param {() => boolean | undefined} holds
 */
async function until(what, holds, patience = 5000) {
  const end = Date.now() + patience;
  while (!holds()) {
    assert.ok(Date.now() < end, `${what}: not within ${patience} ms`);
    await sleep(10);
  }
}

/**
 * Sends a request, and resets its connection when `then` resolves.
 *
 * @param {Gateway} gateway
 * @param {string} path
 * @param {() => Promise<void>} then
 */
async function leaver(gateway, path, then) {
  const socket = net.connect(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\n\r\n`, resolve));
  await then();
  socket.resetAndDestroy();
}

const callsOf = (/** @type {Upstream} */ upstream, /** @type {string} */ path) => upstream.requests.filter((request) => request.path === path);

/** The memory of the runtime that a gateway has started, in MB. */
function memory(/** @type {Gateway} */ gateway) {
  const [pid] = fs.readFileSync(`/proc/${gateway.pid}/task/${gateway.pid}/children`, "utf8").trim().split(" ").filter((child) => fs.readFileSync(`/proc/${child}/comm`, "utf8").startsWith("workerd"));
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

test("bodies that had arrived for clients that left are freed", { skip: process.platform !== "linux" }, async (t) => {
  let answered = 0;
  const big = { json: { text: "x".repeat(1 << 20) } };
  const upstream = await origin(t, { "/big": () => (answered++, big), "/hang": { hang: true } });
  const gateway = await serve(t, config([endpoint("/both", [{ url_pattern: "/big" }, { url_pattern: "/hang" }], { timeout: "3s" })], { host: [upstream.url] }));
  const leave = async (/** @type {number} */ count) => {
    for (let i = 0; i < count; i++) {
      const earlier = answered;
      await leaver(gateway, "/both", async () => {
        await until("the first backend answers", () => answered > earlier);
        await sleep(20);
      });
    }
  };
  // The level is reached when V8 has collected buffers for the first time.
  await leave(250);
  const before = memory(gateway);
  await leave(200);
  // It was 200 when bodies stayed.
  const growth = memory(gateway) - before;
  assert.ok(growth < 40, `${growth.toFixed(0)} MB more after 200 resets`);
});

test("a circuit breaker's trial whose client leaves is judged", async (t) => {
  const upstream = await origin(t, { "/a": { status: 500 } });
  const breaker = { "qos/circuit-breaker": { interval: 60, timeout: 1, max_errors: 1 } };
  const gateway = await serve(t, config([endpoint("/a", [{ url_pattern: "/a", extra_config: breaker }], { timeout: "30s" })], { host: [upstream.url] }));
  for (let i = 0; i < 3; i++) await gateway.get("/a");
  assert.equal(callsOf(upstream, "/a").length, 2, "the circuit is open");
  upstream.routes["/a"] = { hang: true };
  await sleep(1100);
  await leaver(gateway, "/a", () => until("the trial is called", () => callsOf(upstream, "/a").length === 3));
  upstream.routes["/a"] = { json: { a: 1 } };
  // It counts as failed: a second later the next call is on trial.
  await sleep(1300);
  assert.deepEqual((await gateway.get("/a")).json, { a: 1 });
});

test("shadow calls go on after the client, the others end with it", async (t) => {
  let finished = false;
  const slow = async () => {
    await sleep(700);
    finished = true;
    return { json: {} };
  };
  const upstream = await origin(t, { "/main": { hang: true }, "/shadow": slow, "/hang": { hang: true }, "/ok": { json: { ok: true } } });
  const shadow = (/** @type {string} */ url_pattern, /** @type {string} */ shadow_timeout) => ({ url_pattern, extra_config: { proxy: { shadow: true, shadow_timeout } } });
  const gateway = await serve(
    t,
    config(
      [
        endpoint("/both", [{ url_pattern: "/main" }, shadow("/shadow", "5s")], { timeout: "20s" }),
        endpoint("/brief", [{ url_pattern: "/ok" }, shadow("/hang", "300ms")], { timeout: "20s" }),
      ],
      { host: [upstream.url] },
    ),
  );
  await leaver(gateway, "/both", () => until("both are called", () => callsOf(upstream, "/main").length === 1 && callsOf(upstream, "/shadow").length === 1));
  await until("the call for the client ends", () => callsOf(upstream, "/main")[0]?.aborted, 600);
  assert.equal(finished, false);
  await until("the shadow call is answered", () => finished);
  await sleep(50);
  assert.equal(callsOf(upstream, "/shadow")[0]?.aborted, false);
  // When the client left, both were called again with the batch before.
  assert.deepEqual([callsOf(upstream, "/main").length, callsOf(upstream, "/shadow").length], [1, 1]);

  // With its own timeout, not the endpoint's.
  const began = Date.now();
  assert.deepEqual((await gateway.get("/brief")).json, { ok: true });
  await until("the shadow call ends", () => callsOf(upstream, "/hang")[0]?.aborted);
  assert.ok(Date.now() - began >= 250, "not before its time");
  assert.deepEqual((await gateway.get("/brief")).json, { ok: true });
});

test("the losers of concurrent calls are aborted while the request goes on", async (t) => {
  let calls = 0;
  const upstream = await origin(t, { "/race": () => (++calls === 1 ? { json: { won: true }, delay: 50 } : { hang: true }), "/slow": { json: { slow: true }, delay: 1500 } });
  const gateway = await serve(
    t,
    config([endpoint("/both", [{ url_pattern: "/race" }, { url_pattern: "/slow" }], { timeout: "10s", concurrent_calls: 3 })], { host: [upstream.url] }),
  );
  const answer = gateway.get("/both");
  await until("the losers end", () => callsOf(upstream, "/race").filter(({ aborted }) => aborted).length === 2, 1200);
  const { json, header } = await answer;
  assert.deepEqual({ json, completed: header("x-krakend-completed") }, { json: { won: true, slow: true }, completed: "true" });
});

test("a client that leaves before the first answer harms nobody", async (t) => {
  const upstream = await origin(t, { "/hang": { hang: true }, "/ok": { json: { ok: true } } });
  const gateway = await serve(
    t,
    config([endpoint("/hang", [{ url_pattern: "/hang" }], { timeout: "500ms" }), endpoint("/ok", [{ url_pattern: "/ok" }, { url_pattern: "/ok", group: "b" }])], {
      host: [upstream.url],
    }),
  );
  for (let i = 0; i < 20; i++) {
    await leaver(gateway, "/hang", () => until("it is called", () => callsOf(upstream, "/hang").length === i + 1));
    await until("the call ends", () => callsOf(upstream, "/hang")[i]?.aborted);
    assert.deepEqual((await gateway.get("/ok")).json, { ok: true, b: { ok: true } });
  }
  assert.doesNotMatch(gateway.output, /failed|error|hung/i);
});
