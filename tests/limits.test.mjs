// Rate limits that isolates share, on workerd: two workers of their own, one namespace of Durable Objects.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { binary, startWorkerd } from "../bin/lib/workerd.mjs";
import { MODULE_FILES, moduleFor } from "../bin/lib/modules.mjs";
import { command, config, endpoint, folder, origin, root, serve } from "./support/gateway.mjs";

/** @typedef {import("./support/gateway.mjs").Context} Context */

const upstream = (/** @type {Context} */ t) => origin(t, { "/": { json: { ok: true } } });

/** An endpoint `/limited` that lets `limit` through. */
const limited = (/** @type {{ url: string }} */ { url }, /** @type {object} */ limit) =>
  config([endpoint("/limited", [{ host: [url], url_pattern: "/" }], { extra_config: { "qos/ratelimit/router": limit } })]);

/** @type {Record<string, string>} */
const KINDS = { ".mjs": "esModule", ".wasm": "wasm", ".json": "text" };

/** A worker that takes the objects of the service `objects`, as workerd's configuration has it. */
const worker = (/** @type {string[]} */ modules, /** @type {string} */ objects) => `(
  modules = [${modules.map((name) => `(name = "${name}", ${KINDS[path.extname(name)]} = embed "${name}")`).join()}],
  compatibilityDate = "2026-11-17",
  bindings = [(name = "LIMITS", durableObjectNamespace = (className = "FjordLimits", serviceName = "${objects}"))],
  durableObjectNamespaces = [(className = "FjordLimits", uniqueKey = "limits")],
  durableObjectStorage = (inMemory = void),
)`;

/**
 * Two isolates with the same gateway; the addresses of both.
 *
 * @param {Context} t
 * @param {object} configuration
 * @returns {Promise<string[]>}
 */
async function twoIsolates(t, configuration) {
  const { dir, remove } = folder({ "krakend.json": JSON.stringify(configuration), "files.json": "{}" });
  t.after(remove);
  const code = fs.readdirSync(path.join(root, "build")).filter((name) => /\.(mjs|wasm)$/.test(name));
  const { url: full } = moduleFor({ module: "full" });
  for (const name of code) fs.copyFileSync(MODULE_FILES.includes(name) ? new URL(name, full) : path.join(root, "build", name), path.join(dir, name));
  const modules = ["worker.mjs", ...code.filter((name) => name !== "worker.mjs"), "krakend.json", "files.json"];
  const names = ["one", "two"];
  const file = path.join(dir, "config.capnp");
  fs.writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "internet", network = (allow = ["private"])), ${names.map((name) => `(name = "${name}", worker = ${worker(modules, "one")})`).join()}],
      sockets = [${names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`).join()}],
    );`,
  );
  const child = spawn(binary(), ["serve", "--control-fd=3", file], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  t.after(() => (child.kill("SIGKILL"), ended));
  let seen = "";
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error("workerd ended")));
    child.stdio[3]?.on("data", (chunk) => {
      const ports = [...(seen += chunk).matchAll(/"event":"listen".*?"port":(\d+)/g)];
      if (ports.length === names.length) resolve(ports.map(([, port]) => `http://127.0.0.1:${port}`));
    });
  });
}

/**
 * The number of answers by status, of `count` requests to each address at the same time.
 *
 * @param {string[]} addresses
 * @param {number} count
 * @param {Record<string, string>} [headers]
 */
async function statuses(addresses, count, headers) {
  const requests = addresses.flatMap((url) => Array.from({ length: count }, () => fetch(`${url}/limited`, { headers })));
  /** @type {Record<number, number>} */
  const answers = {};
  for (const { status } of await Promise.all(requests)) answers[status] = (answers[status] ?? 0) + 1;
  return answers;
}

// An hour: nothing comes back while a test runs.
const slow = { every: "1h", max_rate: 10, capacity: 10 };

describe("a limit counted by a Durable Object", () => {
  test("is exact across isolates", async (t) => {
    const isolates = await twoIsolates(t, limited(await upstream(t), { ...slow, binding: "LIMITS" }));
    assert.deepEqual(await statuses(isolates, 25), { 200: 10, 503: 40 });
  });

  test("is exact for each client", async (t) => {
    const limit = { every: "1h", client_max_rate: 4, client_capacity: 4, strategy: "header", key: "X-Client", binding: "LIMITS" };
    const isolates = await twoIsolates(t, limited(await upstream(t), limit));
    const clients = ["ada", "bob", "öre\u00e5"];
    const answers = await Promise.all(clients.map((client) => statuses(isolates, 10, { "X-Client": client })));
    assert.deepEqual(answers, clients.map(() => ({ 200: 4, 429: 16 })));
  });

  test("comes back with time", async (t) => {
    const isolates = await twoIsolates(t, limited(await upstream(t), { max_rate: 2, binding: "LIMITS" }));
    assert.deepEqual(await statuses(isolates, 1), { 200: 2 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal((await statuses(isolates.slice(1), 1))[200], 1);
  });

  test("is exact by the name of a Redis connection, and by tiers", async (t) => {
    const backend = [{ host: [(await upstream(t)).url], url_pattern: "/" }];
    const shared = { every: "1h", max_rate: 10, capacity: 10, connection_name: "LIMITS" };
    const redis = await twoIsolates(t, config([endpoint("/limited", backend, { extra_config: { "qos/ratelimit/router/redis": shared } })]));
    assert.deepEqual(await statuses(redis, 25), { 200: 10, 503: 40 });
    const tiers = [
      { tier_value: "gold", ratelimit_redis: { ...shared, capacity: 20 } },
      { tier_value_as: "*", ratelimit_redis: { every: "1h", client_max_rate: 5, client_capacity: 5, strategy: "ip", connection_name: "LIMITS" } },
    ];
    const tiered = { "qos/ratelimit/tiered": { tier_key: "X-Tier", tiers } };
    const isolates = await twoIsolates(t, config([endpoint("/limited", backend, { extra_config: tiered })]));
    assert.deepEqual(await statuses(isolates, 25, { "X-Tier": "gold" }), { 200: 20, 503: 30 });
    assert.deepEqual(await statuses(isolates, 25), { 200: 5, 429: 45 });
  });

  test("without it each isolate counts by itself", async (t) => {
    const isolates = await twoIsolates(t, limited(await upstream(t), slow));
    assert.deepEqual(await statuses(isolates, 25), { 200: 20, 503: 30 });
  });
});

describe("a quota", () => {
  /** A gateway whose clients may use `amount` in a year. */
  const metered = (/** @type {{ url: string }} */ { url }, /** @type {number} */ amount, /** @type {object} */ more = {}) => {
    const rules = [{ name: "all", limits: [{ amount, unit: "year" }, { amount: 1e6, unit: "month" }] }];
    const quota = { quota_name: "q", tier_key: "X-Tier", tiers: [{ rule_name: "all", tier_value_as: "*", strategy: "header", key: "X-Client" }], ...more };
    // On a busy machine a thousand counts take their time.
    return config([endpoint("/limited", [{ host: [url], url_pattern: "/" }], { timeout: "20s", extra_config: { "governance/quota": quota } })], {
      extra_config: { "governance/processors": { quotas: [{ name: "q", connection_name: "LIMITS", rules }] } },
    });
  };

  test("is exact for each client, of 1,000 requests at once across isolates", async (t) => {
    const isolates = await twoIsolates(t, metered(await upstream(t), 100));
    const clients = ["ada", "bob"];
    const answers = await Promise.all(clients.map((client) => statuses(isolates, 250, { "X-Client": client })));
    assert.deepEqual(answers, clients.map(() => ({ 200: 100, 429: 400 })));
    const refused = await fetch(`${isolates[0]}/limited`, { headers: { "X-Client": "ada" } });
    assert.deepEqual([refused.headers.get("X-Quota-Limit"), refused.headers.get("X-Quota-Remaining")], ["100", "0"]);
    // The year is over at the end of it, in UTC.
    const left = (Date.UTC(new Date().getUTCFullYear() + 1, 0, 1) - Date.now()) / 1000;
    assert.ok(Math.abs(Number(refused.headers.get("Retry-After")) - left) < 60, `${refused.headers.get("Retry-After")}`);
    assert.equal((await fetch(`${isolates[0]}/limited`)).status, 400);
  });

  test("is used by what answers say they cost", async (t) => {
    const weighing = await origin(t, { "/": { json: { usage: 40 } } });
    const isolates = await twoIsolates(t, metered(weighing, 100, { weight_key: "usage" }));
    const remaining = [];
    for (const url of [...isolates, ...isolates]) {
      const answer = await fetch(`${url}/limited`, { headers: { "X-Client": "ada" } });
      remaining.push([answer.status, answer.headers.get("X-Quota-Remaining")]);
    }
    assert.deepEqual(remaining, [[200, "60"], [200, "20"], [200, "0"], [429, "0"]]);
  });
});

test("fjord run makes the objects", async (t) => {
  const gateway = await serve(t, limited(await upstream(t), { ...slow, binding: "ANY_NAME" }));
  assert.deepEqual(await statuses([gateway.url, gateway.url], 25), { 200: 10, 503: 40 });
  assert.doesNotMatch(gateway.output, /RATELIMIT/);
});

test("a second line of the header makes no new client, and a header that anybody can write no address", async (t) => {
  const echo = await origin(t, { "/b": { echo: true } });
  const guarded = (/** @type {string} */ pattern, /** @type {object} */ limit) => ({
    ...endpoint(pattern, [{ url_pattern: "/b" }]),
    extra_config: { "qos/ratelimit/router": { client_max_rate: 1, every: "1h", ...limit } },
  });
  const gateway = await serve(
    t,
    config([guarded("/header", { strategy: "header", key: "X-Client" }), guarded("/ip", { strategy: "ip" })], { host: [echo.url] }),
  );
  const ask = async (/** @type {string} */ target, /** @type {string[]} */ ...lines) => {
    const answer = await gateway.raw([`GET ${target} HTTP/1.1`, "Host: gateway", "Connection: close", ...lines, "", ""].join("\r\n"));
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  };
  assert.equal(await ask("/header", "X-Client: a"), 200);
  assert.equal(await ask("/header", "X-Client: a", "X-Client: 1"), 429);
  assert.equal(await ask("/header", "X-Client: a", "X-Client: 2"), 429);
  assert.equal(await ask("/header", "X-Client: b"), 200);
  // No platform vouches here: KrakenD's rule, which `check` warns of.
  assert.equal(await ask("/ip", "CF-Connecting-IP: 9.9.9.9"), 200);
  assert.equal(await ask("/ip", "CF-Connecting-IP: 8.8.8.8"), 429);
  assert.equal(await ask("/ip", "CF-Connecting-IP: 9.9.9.9", "X-Forwarded-For: 6.6.6.6"), 200);
  assert.match(gateway.output, /forged-address/);
});

test("without the binding the isolate counts", async (t) => {
  const text = JSON.stringify(limited(await upstream(t), { ...slow, binding: "LIMITS" }));
  const { port, stop } = await startWorkerd({ config: { text, files: {} }, address: "127.0.0.1:0", vars: {} });
  t.after(stop);
  assert.deepEqual(await statuses([`http://127.0.0.1:${port}`], 25), { 200: 10, 503: 15 });
});

describe("fjord check says which limit is in force", () => {
  const text = JSON.stringify(limited({ url: "https://a.example" }, { ...slow, binding: "LIMITS" }), null, 2);
  const rateLimit = 'namespace_id = "7"\nsimple = { limit = 100, period = 60 }';
  /** @type {Record<string, [files: Record<string, string>, message: RegExp]>} */
  const cases = {
    "exactly, by a table": [{ "wrangler.toml": '[[durable_objects.bindings]]\nname = "LIMITS"\nclass_name = "FjordLimits"\n' }, /note.*`LIMITS` counts exactly/],
    "exactly, by a list": [{ "wrangler.toml": '[durable_objects]\nbindings = [{ name = "X", class_name = "X" }, { class_name = "Y", name = "LIMITS" }]\n' }, /note.*`LIMITS` counts exactly/],
    "exactly, as JSON": [{ "wrangler.jsonc": '{ /* one */ "durable_objects": { "bindings": [{ "name": "LIMITS", "class_name": "FjordLimits" }] } }' }, /note.*`LIMITS` counts exactly/],
    "by location": [{ "wrangler.toml": `name = "shop"\n[[ratelimits]]\nname = "LIMITS"\n${rateLimit}\n` }, /note.*`LIMITS` counts by location/],
    "by location, as JSON": [{ "wrangler.json": '{ "ratelimits": [{ "name": "LIMITS", "namespace_id": "7", "simple": { "limit": 9, "period": 10 } }] }' }, /note.*`LIMITS` counts by location/],
    "by each isolate": [{ "wrangler.toml": `name = "LIMITS"\n#[[ratelimits]]\n#name = "LIMITS"\n[[ratelimits]]\nname = "OTHER"\n${rateLimit}\n` }, /warning.*no binding `LIMITS`[^]*class_name = "FjordLimits"[^]*new_sqlite_classes/],
    "without a wrangler file": [{}, /note.*exactly if it is a Durable Object namespace/],
  };
  for (const [name, [files, pattern]] of Object.entries(cases)) {
    test(name, async (t) => {
      const { dir, remove } = folder({ ...files, "krakend.json": text });
      t.after(remove);
      const { code, stdout } = await command(["check", path.join(dir, "krakend.json")]);
      assert.match(stdout, pattern);
      assert.equal(code, 0);
    });
  }
});
