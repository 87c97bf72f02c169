// The project as wrangler serves and packs it: the example answers, a mistake keeps the last good version.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { env } from "../scripts/lib.mjs";
import { realCase } from "./support/cases.mjs";
import { root } from "./support/gateway.mjs";
import { freePort, startUpstream } from "./support/upstream.mjs";

/** A copy of the project that tests may change; what is large is linked. */
const project = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-project-"));
for (const name of ["bin", "build", "console", "crates", "examples", "krakend.json", "limits", "package-lock.json", "package.json", "scripts", "src", "www", "wrangler.toml"]) {
  fs.cpSync(path.join(root, name), path.join(project, name), { recursive: true });
}
for (const name of [".cargo", "Cargo.lock", "Cargo.toml", "node_modules", "rust-toolchain.toml", "tools"]) {
  fs.symlinkSync(path.join(root, name), path.join(project, name));
}
after(() => fs.rmSync(project, { recursive: true, force: true }));

/** Stand for cargo, which only notes what it is to compile, and for bindgen, which gives the modules that were built before. */
const compiled = path.join(project, "compiled");
const stub = (/** @type {string} */ file, /** @type {string} */ script) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
};
stub(path.join(project, "stubs/cargo"), `echo "$*" >> "${compiled}"`);
const source = (/** @type {string} */ name) => `"${path.join(root, "build", name)}"`;
stub(
  path.join(project, "target/tools/fjord-bindgen"),
  `case "$3" in fjord) from=${source("modules/tools")};; *) from=${source("")};; esac; mkdir -p "$2" && cp "$from/$3"* "$2"`,
);
env.PATH = [path.join(project, "stubs"), env.PATH].join(path.delimiter);

/** Bindings that count for rate limits, one of each kind. */
fs.appendFileSync(
  path.join(project, "wrangler.toml"),
  `
[[durable_objects.bindings]]
name = "LIMITS"
class_name = "FjordLimits"

[[migrations]]
tag = "limits"
new_sqlite_classes = ["FjordLimits"]

[[ratelimits]]
name = "NEARBY"
namespace_id = "1001"
simple = { limit = 3, period = 60 }
`,
);

const at = (/** @type {string[]} */ ...parts) => path.join(project, ...parts);
const read = (/** @type {string} */ name) => fs.readFileSync(at(name), "utf8");
/** @type {import("./support/gateway.mjs").Part} */
const example = JSON.parse(read("krakend.json"));
const write = (/** @type {string | object} */ configuration) =>
  fs.writeFileSync(at("krakend.json"), typeof configuration === "string" ? configuration : JSON.stringify(configuration, null, 2));

const node = (/** @type {string[]} */ ...args) => {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, env, encoding: "utf8" });
  return { status, output: stdout + stderr, seconds: (performance.now() - started) / 1000 };
};
const build = () => node(at("scripts/build.mjs"));
const wrangler = (/** @type {string[]} */ ...args) => node(at("node_modules/wrangler/bin/wrangler.js"), ...args);

describe("npm run build", () => {
  test("has nothing to do the second time", () => {
    assert.equal(build().status, 0);
    const { status, output, seconds } = build();
    assert.deepEqual({ status, output }, { status: 0, output: "" });
    assert.ok(seconds < 1, `${seconds} s`);
  });

  test("takes a changed configuration over without building the core", (t) => {
    t.after(() => write(example));
    const built = fs.statSync(at("build/fjord.wasm")).mtimeMs;
    write({ ...example, name: "another name" });
    assert.equal(build().status, 0);
    assert.match(read("build/krakend.json"), /another name/);
    assert.equal(fs.statSync(at("build/fjord.wasm")).mtimeMs, built);
  });

  test("fails on a configuration with a mistake, and keeps the last good one", (t) => {
    t.after(() => write(example));
    assert.equal(build().status, 0);
    const good = read("build/krakend.json");
    write('{ "version": 3, ]');
    const { status, output } = build();
    assert.equal(status, 1);
    assert.match(output, /krakend\.json:1:17/);
    assert.equal(read("build/krakend.json"), good);
  });
});

describe("wrangler deploy", () => {
  test("packs the module and the configuration", () => {
    const { status, output } = wrangler("deploy", "--dry-run", "--outdir", "dist");
    assert.equal(status, 0, output);
    const kinds = fs.readdirSync(at("dist")).map((name) => name.replace(/^[0-9a-f]{40}-/, ""));
    for (const name of ["worker.js", "fjord.wasm", "limits.wasm", "krakend.json", "files.json"]) assert.ok(kinds.includes(name), name);
  });

  test("refuses a configuration with a mistake", (t) => {
    t.after(() => write(example));
    write('{ "version": 3, ]');
    const { status, output } = wrangler("deploy", "--dry-run", "--outdir", "dist");
    assert.notEqual(status, 0);
    assert.match(output, /krakend\.json:1:17/);
  });

  test("has the same compatibility date as fjord run", () => {
    const [, date] = /^compatibility_date = "(.+)"/m.exec(read("wrangler.toml")) ?? [];
    assert.ok(date);
    assert.match(read("bin/lib/workerd.mjs"), new RegExp(`COMPATIBILITY_DATE = "${date}"`));
  });
});

describe("wrangler dev", () => {
  /** @type {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} */
  let server;
  /** @type {string} */
  let url;
  let output = "";

  const get = async (/** @type {string} */ target) => {
    const response = await fetch(url + target);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  /**
   * @param {() => boolean | Promise<boolean>} condition
   * @param {string} what
   */
  const until = async (condition, what) => {
    const end = Date.now() + 20_000;
    while (!(await condition())) {
      assert.ok(Date.now() < end, `${what}\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const args = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--show-interactive-dev-session=false"];
    server = spawn(process.execPath, [at("node_modules/wrangler/bin/wrangler.js"), ...args], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
    server.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    server.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    await until(() => get("/__health").then(() => true, () => false), "no answer");
  });
  after(async () => {
    const ended = new Promise((resolve) => server.on("close", resolve));
    server.kill("SIGINT");
    await ended;
  });

  test("merges the example's products and offers", async () => {
    const { status, headers, text } = await get("/v1/products");
    assert.equal(status, 200);
    assert.equal(headers.get("x-krakend-completed"), "true");
    const { products, today } = JSON.parse(text);
    assert.equal(products.length, 3);
    assert.equal(today.offers[0].product_id, 2);
  });

  test("serves the console, with all that its page names, beside the endpoints", async () => {
    const page = await get("/");
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(page.headers.get("x-frame-options"), "DENY");
    const named = [...page.text.matchAll(/ (?:href|src)="(\/[^"]*)"/g)].map(([, href = ""]) => href);
    assert.ok(named.includes("/console/app.js"));
    for (const href of named) assert.equal((await get(href)).status, 200, href);
    assert.equal((await get("/console/fjord.wasm")).headers.get("content-type"), "application/wasm");
  });

  test("answers the example's other endpoints as their comments say", async () => {
    const json = async (/** @type {string} */ target) => JSON.parse((await get(target)).text);
    assert.equal((await json("/v1/products/1")).name, "Fjord rowing boat");
    assert.deepEqual(await json("/v1/products/2/supplier"), {
      product: "Oar, spruce, 2.4 m",
      supplier_id: 2,
      supplier: { id: 2, name: "Hardanger Timber", town: "Norheimsund" },
    });
    assert.deepEqual(await json("/v1/price/2"), { title: "Oar, spruce, 2.4 m", price: { amount: 640.5, currency: "NOK" } });
    assert.ok((await json("/v1/reviews")).every((/** @type {{ stars: number }} */ review) => review.stars > 0 && !("email" in review)));
    const partial = await get("/v1/partial");
    assert.equal(partial.headers.get("x-krakend-completed"), "false");
    assert.ok(JSON.parse(partial.text).offers);
    assert.match((await get("/v1/logo")).headers.get("content-type") ?? "", /^image\/svg\+xml/);
    assert.equal((await get("/nothing/here")).status, 404);
  });

  describe("answers the cases of the core", () => {
    const sample = /** @type {const} */ ([
      ["data/doc_a", "A01 deny"],
      ["data/doc_a", "A11 target"],
      ["data/doc_a", "A15 target, allow, mapping, group"],
      ["data/doc_a", "A18 is_collection with mapping"],
      ["data/doc_b", "B05 a collection is reshaped"],
      ["data/doc_b", "B06 a flatmap of the endpoint works on what was merged"],
      ["answers/doc_c", "C12 JSON with several members to XML"],
      ["answers/doc_c", "C16 backends of three encodings"],
      ["merge/doc_d", "D02 one of two fails"],
      ["merge/doc_d", "D14 a 204 is a 500"],
      ["merge/doc_d", "D17 a 302 is followed"],
      ["backends/doc_e", "E01 return_error_details"],
      ["backends/doc_e", "E04 return_error_code"],
      ["answers/doc_f", "F01 no-op: the answer as it is"],
      ["answers/doc_f", "F02 its status too"],
      ["backends/doc_g", "G02 input_query_strings"],
      ["backends/doc_g", "G15 a body goes on untouched"],
      ["origins/backends", "a GraphQL query takes its variables from the URL"],
      ["checks/cel", "a rejected backend makes a partial answer"],
      ["checks/json_schema", "a body that fits goes on as it is"],
      ["scripts/lua", "a script of the endpoint changes the data"],
      ["scripts/martian", "a no-op answer keeps its stream while its headers change"],
      ["merge/sequence", "a later failure leaves a partial answer"],
    ]);
    /** @type {Awaited<ReturnType<typeof realCase>>[]} */
    const cases = [];
    before(async () => {
      for (const [index, [file, name]] of sample.entries()) cases.push(await realCase(file, name, `/case/${index}`));
      const ready = { endpoint: "/case/ready", backend: [{ host: ["service://ASSETS"], url_pattern: "/data/products.json", is_collection: true }] };
      write({ version: 3, name: "cases", endpoints: [ready, ...cases.map(({ endpoint }) => endpoint)] });
      await until(async () => (await get("/case/ready")).status !== 404, "the cases aren't served");
    });
    after(async () => {
      write(example);
      await Promise.all(cases.map((one) => one.stop()));
      await until(async () => (await get("/v1/products")).status === 200, "the example doesn't come back");
    });
    for (const [index, [file, name]] of sample.entries()) test(`${file}: ${name}`, () => cases[index]?.check(url));
  });

  test("explains a mistake, keeps serving, and takes the next good version over", async (t) => {
    t.after(() => write(example));
    output = "";
    write('{ "version": 3, ]');
    await until(() => /The last good version keeps serving/.test(output), "no message");
    assert.match(output, /krakend\.json:1:17/);
    assert.equal((await get("/v1/products")).status, 200);
    write({ ...example, endpoints: [{ ...example.endpoints[0], endpoint: "/v2/products" }] });
    await until(async () => (await get("/v2/products")).status === 200, "the new version doesn't answer");
  });

  test("compiles again when a source has changed, and keeps serving", async () => {
    const runs = () => (fs.existsSync(compiled) ? read("compiled") : "").split("\n").filter((line) => line.includes("--package fjord ")).length;
    for (const file of ["crates/calendar/src/lib.rs", "crates/json/Cargo.toml", "limits/src/lib.rs", "src/lib.rs"]) {
      const earlier = { runs: runs(), stamp: read("build/.fingerprint") };
      fs.appendFileSync(at(file), "\n");
      await until(() => read("build/.fingerprint") !== earlier.stamp, `${file}: nothing was built`);
      // The module, and the Durable Object's, which is compiled with it by then.
      assert.equal(runs(), earlier.runs + 2, file);
    }
    await until(async () => (await get("/v1/products")).status === 200, "no answer");
  });

  test("counts for rate limits in Durable Objects, and by location", async (t) => {
    t.after(() => write(example));
    const limited = (/** @type {string} */ endpoint, /** @type {string} */ binding) => ({
      ...example.endpoints[0],
      endpoint,
      extra_config: { "qos/ratelimit/router": { every: "1h", max_rate: 5, capacity: 5, binding } },
    });
    write({ ...example, endpoints: [limited("/exact", "LIMITS"), limited("/nearby", "NEARBY")] });
    await until(async () => (await get("/exact")).status !== 404, "the new version doesn't answer");
    const passed = async (/** @type {string} */ target) => {
      const answers = await Promise.all(Array.from({ length: 9 }, () => get(target)));
      return answers.filter(({ status }) => status === 200).length;
    };
    assert.equal(await passed("/exact"), 4);
    assert.equal(await passed("/nearby"), 3);
  });

  test("takes the platform's word for the client's address, not the client's", async (t) => {
    t.after(() => write(example));
    const extra_config = { "qos/ratelimit/router": { client_max_rate: 1, every: "1h", strategy: "ip" } };
    write({ ...example, endpoints: [...example.endpoints, { ...example.endpoints[0], endpoint: "/limited", extra_config }] });
    const ask = async (/** @type {string} */ forged) => (await fetch(`${url}/limited`, { headers: { "x-forwarded-for": forged } })).status;
    await until(async () => (await ask("6.6.6.6")) === 200, "the new version doesn't answer");
    assert.equal(await ask("7.7.7.7"), 429);
  });

  test("finds in the edge's cache what an isolate before it has kept", async (t) => {
    let n = 0;
    const upstream = await startUpstream({
      "/kept": () => ({ json: { n: ++n }, headers: { date: new Date().toUTCString(), "cache-control": "max-age=600", "x-mine": "a=1" } }),
    });
    t.after(() => upstream.stop());
    t.after(() => write(example));
    const cached = (/** @type {string} */ endpoint) => ({
      endpoint,
      output_encoding: "no-op",
      backend: [{ host: [upstream.url], url_pattern: "/kept", encoding: "no-op", extra_config: { "qos/http-cache": { shared: true } } }],
    });
    for (const version of ["/one", "/two"]) {
      write({ ...example, endpoints: [...example.endpoints, cached(version)] });
      await until(async () => (await get(version)).status === 200, "the new version doesn't answer");
      const { text, headers } = await get(version);
      assert.deepEqual([text, headers.get("x-mine")], ['{"n":1}', "a=1"]);
    }
    assert.equal(upstream.requests.length, 1);
  });
});
