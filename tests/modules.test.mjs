// The modules of the one core: which of them serves a configuration, that it answers as the others do, and what it says of a
// configuration that needs more.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { pathToFileURL } from "node:url";
import { describe, test } from "node:test";
import { moduleFor, moduleUrl } from "../bin/lib/modules.mjs";
import { named } from "../scripts/symbols.mjs";
import { command, config, endpoint, folder, root } from "./support/gateway.mjs";

/** What `core` may weigh: what a configuration needs belongs into the first module, what few need doesn't. */
const CORE_BYTES = 1_420_000;

const names = /** @type {const} */ (["core", "full", "tools"]);
/** @typedef {typeof names[number]} Name */
/** @typedef {typeof import("../src/edge/fjord.mjs")} Glue */
/** @typedef {{ answer: (request: Request, env: object, ctx: { waitUntil: () => void }) => Response | Promise<Response> }} Gateway */

const url = (/** @type {Name} */ name) => {
  const found = moduleUrl(name);
  assert.ok(found, `build/modules/${name} is missing: npm run build -- --modules`);
  return found;
};
const bytes = (/** @type {Name} */ name) => fs.readFileSync(new URL("fjord.wasm", url(name)));

/** The modules, compiled once. */
const modules = Object.fromEntries(
  await Promise.all(
    names.map(async (name) => {
      const { instantiate } = /** @type {Glue} */ (await import(new URL("fjord.mjs", url(name)).href));
      const module = new WebAssembly.Module(bytes(name));
      return /** @type {const} */ ([name, () => instantiate(module)]);
    }),
  ),
);
/** @type {{ Driver: new (instantiate: () => object, config: string, files: string) => Gateway }} */
const { Driver } = await import(pathToFileURL(path.join(root, "build/driver.mjs")).href);
const tools = /** @type {() => import("../src/edge/fjord.mjs").Core} */ (modules.tools)();

// Workers have it.
Object.assign(globalThis, { IdentityTransformStream: TransformStream });

/** @typedef {{ config: object, files?: Record<string, string> }} Case */

/** What the tools say that a configuration needs. @param {Case} one */
function needs({ config: value, files = {} }) {
  const options = JSON.stringify({ files, module: true, view: "lenient" });
  const report = /** @type {{ module: Name, capabilities: string[] }} */ (JSON.parse(new tools.Config(Buffer.from(JSON.stringify(value))).check(options)));
  return { module: report.module, capabilities: report.capabilities };
}

/**
 * What a module answers to a request of each endpoint, and what it logs.
 *
 * @param {Name} name
 * @param {Case} one
 * @param {typeof fetch} origin
 */
async function answers(name, { config: value, files = {} }, origin) {
  const make = modules[name];
  assert.ok(make);
  /** @type {string[]} */
  const log = [];
  const [before, platform] = [{ ...console }, globalThis.fetch];
  const note = (/** @type {unknown[]} */ ...words) => void log.push(words.join(" "));
  Object.assign(console, { debug: note, info: note, log: note, error: note, warn: note });
  globalThis.fetch = origin;
  try {
    const driver = new Driver(make, JSON.stringify(value), JSON.stringify(files));
    const statuses = [];
    const { endpoints = [] } = /** @type {{ endpoints?: { endpoint: string, method?: string }[] }} */ (value);
    for (const { endpoint: pattern, method = "GET" } of endpoints) {
      const target = `http://gateway.test${pattern.replace(/\{[^}]*\}|\*$/g, "x")}`;
      const answer = await driver.answer(new Request(target, { method }), {}, { waitUntil() {} });
      statuses.push(answer.status);
      await answer.body?.cancel();
    }
    return { statuses, log };
  } finally {
    globalThis.fetch = platform;
    Object.assign(console, before);
  }
}

const empty = () => Promise.resolve(new Response("{}", { headers: { "Content-Type": "application/json" } }));

/** An endpoint with a namespace. @param {string} namespace @param {unknown} value */
const guarded = (namespace, value) => config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/" }], { extra_config: { [namespace]: value } })]);
/** A backend with something. @param {object} options */
const called = (options) => config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/", ...options }])]);

/** For each capability a configuration that needs it, and why. @type {[capability: string, config: object, place: string][]} */
const NEEDY = [
  ["async agents", { ...called({}), async_agent: [{ name: "a", consumer: { topic: "q" }, backend: [{ host: ["http://h.test"], url_pattern: "/", method: "POST" }], extra_config: { "async/queue": {} } }] }, "async_agent: "],
  ["API keys", { ...guarded("auth/api-keys", { roles: ["r"] }), extra_config: { "auth/api-keys": { keys: [{ key: "k", roles: ["r"] }] } } }, "auth/api-keys: "],
  ["basic authentication", guarded("auth/basic", { users: { ann: "$2y$05$c4WoMPo3SXsafkva.HHa6u7b1XOWKqA7XZANDrnv4IVny/8ABNR66" } }), "auth/basic: "],
  ["brokers", called({ host: ["amqp://h.test"], disable_host_sanitize: true, extra_config: { "backend/amqp/consumer": { name: "n", exchange: "e", routing_key: ["#"] } } }), "backend 0: backend/amqp/consumer: "],
  ["CEL", guarded("validation/cel", [{ check_expr: "req_method == 'GET'" }]), "validation/cel: "],
  ["cloud authentication", called({ extra_config: { "auth/aws-sigv4": { region: "eu-west-1", service: "execute-api" } } }), "backend 0: auth/aws-sigv4: "],
  ["conditional backends", called({ extra_config: { "backend/conditional": { strategy: "fallback" } } }), "backend 0: backend/conditional: "],
  ["cache of answers", config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/" }], { cache_ttl: "1m", "@fjord": { cache: {} } })]), ""],
  ["fallbacks and retries", called({ "@fjord": { retries: 1 } }), "backend 0: "],
  ["RSS", called({ encoding: "rss" }), "backend 0: "],
  ["GraphQL", called({ extra_config: { "backend/graphql": { type: "query", query: "{ a }" } } }), "backend 0: backend/graphql: "],
  ["JSON schema", guarded("validation/json-schema", { type: "object" }), "validation/json-schema: "],
  ["JMESPath", guarded("modifier/jmespath", { expr: "a" }), "modifier/jmespath: "],
  ["Lambda", called({ extra_config: { "backend/lambda": { function_name: "f", region: "eu-west-1" } } }), "backend 0: backend/lambda: "],
  ["Lua", guarded("modifier/lua-proxy", { pre: "local a = 1" }), "modifier/lua-proxy: "],
  ["Martian", called({ extra_config: { "modifier/martian": { "header.Modifier": { scope: ["request"], name: "A", value: "b" } } } }), "backend 0: modifier/martian: "],
  ["MCP", { ...config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/" }], { method: "POST", extra_config: { "ai/mcp": { server_name: "s" } } })]), extra_config: { "ai/mcp": { servers: [{ name: "s", title: "S", version: "1.0.0", tools: [{ name: "t", title: "T", description: "A tool.", input_schema: { type: "object" }, workflow: { endpoint: "/__mcp/t", backend: [{ host: ["http://h.test"], url_pattern: "/" }] } }] }] } } }, "ai/mcp: "],
  ["quotas", { ...guarded("governance/quota", { quota_name: "q", tier_key: "X", tiers: [{ rule_name: "r", tier_value_as: "*", strategy: "ip" }] }), extra_config: { "governance/processors": { quotas: [{ name: "q", connection_name: "L", rules: [{ name: "r", limits: [{ amount: 3, unit: "hour" }] }] }] } } }, "governance/processors: "],
  ["token revocation", { ...guarded("auth/validator", { alg: "HS256", jwk_url: "https://k.test/jwk.json" }), extra_config: { "auth/revoker": { N: 10, P: 0.1, TTL: 60, hash_name: "optimal", port: 1234, token_keys: ["jti"], revoke_server_api_key: "a secret", binding: "L" } } }, "auth/revoker: "],
  ["tiers of rate limits", guarded("qos/ratelimit/tiered", { tier_key: "X", tiers: [{ tier_value: "gold", ratelimit: { max_rate: 5 } }] }), "qos/ratelimit/tiered: "],
  ["OpenTelemetry", { ...called({}), extra_config: { "telemetry/opentelemetry": { exporters: { otlp: [{ name: "a", host: "otlp.test", port: 4318, use_http: true }] } } } }, "telemetry/opentelemetry: "],
  ["patterns of log lines", { ...called({}), extra_config: { "telemetry/logging": { level: "INFO", backend: { prefix: "[CALL]" } } } }, "telemetry/logging: "],
  ["plugins", { ...called({ extra_config: { "plugin/http-client": { name: "p" } } }), "@fjord": { plugins: { p: "P" } } }, "backend 0: plugin/http-client: "],
  ["regular expressions", guarded("security/bot-detector", { patterns: ["bot"] }), "security/bot-detector: "],
  ["limits of Redis", { ...guarded("qos/ratelimit/router/redis", { connection_name: "L", max_rate: 5 }), extra_config: { redis: { connection_pools: [{ name: "L", address: "r:6379" }] } } }, "qos/ratelimit/router/redis: "],
  ["response header modifiers", { ...called({}), extra_config: { "modifier/response-headers": { delete: ["X-A"] } } }, "modifier/response-headers: "],
  ["virtual hosts", { ...called({}), extra_config: { "server/virtualhost": { hosts: ["a.test"] } } }, "server/virtualhost: "],
  ["workflows", called({ extra_config: { workflow: { endpoint: "/w", backend: [{ host: ["http://h.test"], url_pattern: "/" }] } } }), "backend 0: workflow: "],
  ["response body modifiers", guarded("modifier/response-body", { modifiers: [{ lower: { field: "a" } }] }), "modifier/response-body: "],
  ["templates", guarded("modifier/response-body-generator", { template: "e30=" }), "modifier/response-body-generator: "],
  ["static files", called({ extra_config: { "backend/static-filesystem": { path: "www" } } }), "backend 0: backend/static-filesystem: "],
  ["token signing", guarded("auth/signer", { alg: "RS256", kid: "k", keys_to_sign: ["a"], jwk_url: "https://k.test/jwk.json" }), "auth/signer: "],
  ["XML", called({ encoding: "xml" }), "backend 0: "],
  ["YAML", called({ encoding: "yaml" }), "backend 0: "],
  ["XML", config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/" }], { output_encoding: "xml" })]), ""],
];

/** What comes with a capability. @type {Partial<Record<string, string[]>>} */
const ALSO = { MCP: ["workflows"] };

describe("a module that lacks what a plan needs", () => {
  for (const [capability, value, place] of NEEDY) {
    test(`refuses it by name: ${capability} at ${place || "the output"}`, async () => {
      assert.deepEqual(needs({ config: value }), { module: "full", capabilities: [capability, ...(ALSO[capability] ?? [])] });
      const refused = await answers("core", { config: value }, empty);
      assert.deepEqual(refused.statuses, [501]);
      const reason = `${place}this build of the worker has no ${capability}: build it again for this configuration`;
      assert.ok(refused.log.some((line) => line.includes(reason)), refused.log.join("\n"));
      for (const name of /** @type {const} */ (["full", "tools"])) {
        assert.notDeepEqual((await answers(name, { config: value }, empty)).statuses, [501], name);
      }
    });
  }

  test("knows every capability", () => {
    const source = fs.readFileSync(path.join(root, "src/options/capability.rs"), "utf8");
    const known = new Set([...source.matchAll(/Capability::\w+ => "(.+)"/g)].map(([, name]) => name));
    assert.ok(known.size > 10);
    assert.deepEqual(new Set(NEEDY.map(([name]) => name)), known);
  });

  test("says so of a service that all endpoints need", async () => {
    const value = { ...config([endpoint("/a", [{ host: ["http://h.test"], url_pattern: "/" }])]), extra_config: { "modifier/lua-endpoint": { pre: "local a = 1" } } };
    assert.equal(needs({ config: value }).module, "full");
    assert.deepEqual((await answers("core", { config: value }, empty)).statuses, [501]);
  });
});

/** The configurations of the native tests. */
function* recorded(dir = path.join(root, "tests/gateway/cases")) {
  for (const name of fs.readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"))) {
    const cases = /** @type {unknown} */ (JSON.parse(fs.readFileSync(path.join(dir, name), "utf8")));
    if (!Array.isArray(cases)) continue;
    for (const one of /** @type {Partial<Case & { name: string }>[]} */ (cases)) {
      if (one.config !== undefined) yield { name: `${name}: ${one.name}`, config: one.config, files: one.files };
    }
  }
}

test("no plan that the tools give to core needs more, over all recorded configurations", async (t) => {
  let seen = 0;
  for (const one of recorded()) {
    if (needs(one).module !== "core") continue;
    seen++;
    const [core, full] = [await answers("core", one, empty), await answers("full", one, empty)];
    assert.deepEqual(core.statuses, full.statuses, one.name);
    assert.ok(!core.log.some((line) => line.includes("this build of the worker")), one.name);
  }
  t.diagnostic(`${seen} configurations`);
  assert.ok(seen > 100, `${seen}`);
});

test("the smallest module that is there is taken, and never a smaller one than the plan needs", (t) => {
  const build = folder({ "modules/tools/fjord.wasm": "", "modules/core/fjord.wasm": "", ".module": "full", "fjord.wasm": "" });
  t.after(build.remove);
  const at = pathToFileURL(`${build.dir}/`);
  const taken = (/** @type {Name} */ module) => moduleFor({ module }, at);
  assert.deepEqual(names.map((name) => taken(name).name), ["core", "full", "tools"]);
  // The package has this one beside the scripts.
  assert.equal(taken("full").url.href, at.href);
  fs.rmSync(path.join(build.dir, ".module"));
  assert.deepEqual(names.map((name) => taken(name).name), ["core", "tools", "tools"]);
  process.env.FJORD_MODULE = "full";
  t.after(() => delete process.env.FJORD_MODULE);
  assert.equal(taken("core").name, "tools");
  fs.rmSync(path.join(build.dir, "modules"), { recursive: true });
  assert.throws(() => taken("core"), /build\/modules\/tools\/fjord\.wasm is missing/);
});

test("fjord build takes the module that the configuration needs", async (t) => {
  const plain = called({});
  const lua = guarded("modifier/lua-proxy", { pre: "local a = 1" });
  const { dir, remove } = folder({ "plain.json": JSON.stringify(plain), "lua.json": JSON.stringify(lua) });
  t.after(remove);
  for (const [file, name] of /** @type {const} */ ([["plain.json", "core"], ["lua.json", "full"], ["plain.json", "core"]])) {
    const { code, stderr } = await command(["build", file, "-o", "out"], { cwd: dir });
    assert.equal(code, 0, stderr);
    assert.ok(fs.readFileSync(path.join(dir, "out/fjord.wasm")).equals(bytes(name)), `${file}: ${name}`);
    assert.ok(!fs.existsSync(path.join(dir, "out/modules")));
  }
});

test("fjord build says which module it took, why, how large it is, and which compatibility flags it needs", async (t) => {
  const backend = { host: ["http://h.test"], url_pattern: "/" };
  const lua = { "modifier/lua-proxy": { pre: "local a = 1" } };
  const needy = config([endpoint("/a", [backend], { extra_config: lua }), endpoint("/b", [backend, { ...backend, encoding: "xml" }], { extra_config: lua })]);
  const files = { "plain.json": JSON.stringify(called({})), "needy.json": JSON.stringify(needy) };
  const { dir, remove } = folder(files);
  t.after(remove);
  const says = async (/** @type {string} */ file) => {
    const { code, stdout, stderr } = await command(["build", file, "-o", "out"], { cwd: dir });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const flags = "compatibility flags, each on by itself from its compatibility_date:\n  enable_request_signal (2026-11-17): a request ends when its client has left\n";
  /** @param {Name} name */
  const size = (name) => {
    const wasm = bytes(name);
    return `module ${name}: ${(wasm.length / 1e6).toFixed(2)} MB, ${(zlib.gzipSync(wasm).length / 1e6).toFixed(2)} MB compressed`;
  };
  assert.equal(await says("plain.json"), `${size("core")}\n${flags}`);
  const told = await says("needy.json");
  assert.ok(told.startsWith(`${size("full")}, for what core lacks:\n`), told);
  assert.ok(told.includes("\n  Lua: modifier/lua-proxy of GET /a, and 1 more\n"), told);
  assert.ok(told.includes("\n  XML: encoding xml of backend 1 of GET /b\n"), told);
  assert.ok(told.endsWith(flags), told);
});

describe("the modules", () => {
  test("core stays small, and none has what only tools show", (t) => {
    const sizes = names.map((name) => bytes(name).length);
    t.diagnostic(names.map((name, index) => `${name} ${sizes[index]}`).join(", "));
    assert.ok((sizes[0] ?? NaN) <= CORE_BYTES, `core has ${sizes[0]} bytes: does a new namespace belong to full? (Namespace::requires)`);
    assert.deepEqual([...sizes].sort((a, b) => a - b), sizes);
    // A sentence of the documentation, and one of the audit.
    for (const words of ["How many seconds failures are forgotten", "Turns the call into a GraphQL query or mutation."]) {
      const has = names.filter((name) => bytes(name).includes(words));
      assert.ok(!has.includes("core") && !has.includes("full"), `${words}: ${has.join(", ")}`);
    }
  });

  test("have no names of functions, which are beside them for traces", () => {
    // The types of Node's have no such function.
    const { customSections } = /** @type {{ customSections: (module: WebAssembly.Module, name: string) => ArrayBuffer[] }} */ (/** @type {unknown} */ (WebAssembly.Module));
    for (const name of names) {
      const module = new WebAssembly.Module(bytes(name));
      assert.equal(customSections(module, "name").length, 0, name);
      assert.equal(customSections(module, "target_features").length, 1, name);
      const symbols = /** @type {Record<string, string>} */ (JSON.parse(fs.readFileSync(new URL("fjord.symbols.json", url(name)), "utf8")));
      const [index] = Object.entries(symbols).find(([, symbol]) => /fjord::gateway::answer/.test(symbol)) ?? [];
      assert.ok(index, name);
      assert.match(named(`at wasm://wasm/0001:wasm-function[${index}]:0x1`, symbols), /fjord::gateway::answer/);
    }
    assert.equal(named("wasm-function[7] wasm-function[8]", { 7: "a" }), "a wasm-function[8]");
  });
});
