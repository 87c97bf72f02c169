// `fjord audit`, `schema`, `explain`, `new` and `build`, as a person in a terminal meets them.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { withMaximum } from "../bin/lib/memory.mjs";
import { command, config, endpoint, folder, root, startGateway } from "./support/gateway.mjs";

const open = config([endpoint("/a", [{ host: ["service://API"], url_pattern: "/" }], { timeout: "61s", input_headers: ["*"] })]);
const { dir, remove } = folder({
  "open.json": JSON.stringify(open, null, 2),
  "bound/open.json": JSON.stringify(open, null, 2),
  "bound/wrangler.toml": '[[services]]\nbinding = "API"\nservice = "api"\n# binding = "OTHER"\n',
  "broken.json": "[",
  ignore: "# not now\n3.3\n2.1, 2.2.2\n",
});
after(remove);
const file = path.join(dir, "open.json");
/** @returns {string[]} */
const ids = (/** @type {{ stdout: string }} */ { stdout }) => JSON.parse(stdout).recommendations.map((/** @type {{ rule: string }} */ { rule }) => rule);

describe("help", () => {
  for (const name of ["audit", "schema", "explain", "new", "build", "purge"]) {
    test(`fjord ${name} --help fits a screen`, async () => {
      const { code, stdout } = await command([name, "--help"]);
      assert.equal(code, 0);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.length <= 24 && lines.every((line) => line.length <= 100), stdout);
    });
  }
});

describe("fjord audit", () => {
  test("prints rules with their places and exits 1", async () => {
    const { code, stdout } = await command(["audit", "-s", "CRITICAL", file]);
    assert.equal(code, 1);
    assert.match(stdout, /^3\.3\.4\t\[CRITICAL\]\ta timeout above a minute\n {2}--> .*open\.json:6:18 \/endpoints\/0\/timeout\n/);
    assert.match(stdout, /\n2 critical\n$/);
  });

  test("leaves out what is to be ignored", async () => {
    const all = ids(await command(["audit", "-f", "json", "-c", file]));
    assert.ok(all.includes("3.3.4") && all.includes("2.2.3") && all.includes("9.2.3"));
    const some = ids(await command(["audit", "-f", "json", "-I", path.join(dir, "ignore"), "-i", "9,1.2.1", "-c", file]));
    assert.deepEqual(some.filter((/** @type {string} */ id) => /^(3\.3|2\.1|9|1\.2\.1|2\.2\.2$)/.test(id)), []);
    assert.ok(some.includes("2.2.3"));
  });

  test("prints by a template of the user's", async () => {
    const lines = "{{ range .Recommendations }}{{ .Rule }} {{ colored .Severity }} {{ .Line }}:{{ .Column }}\n{{ end }}";
    const { code, stdout } = await command(["audit", "-s", "CRITICAL", "-f", lines, file]);
    assert.equal(code, 1);
    assert.match(stdout, /^3\.3\.4 CRITICAL 6:18\n/);
    const all = await command(["audit", "-f", "{{ marshal . }}", file]);
    const json = await command(["audit", "-f", "json", file]);
    assert.deepEqual(JSON.parse(all.stdout), JSON.parse(json.stdout));
    const broken = await command(["audit", "-f", "{{ nope . }}", file]);
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /function "nope" not defined\n --> --format:1:4\n/);
    const inherited = await command(["audit", "-f", "{{ constructor . }}", file]);
    assert.equal(inherited.code, 2);
    assert.match(inherited.stderr, /function "constructor" not defined\n/);
  });

  test("knows the bindings of wrangler.toml", async () => {
    const bound = ids(await command(["audit", "-f", "json", path.join(dir, "bound/open.json")]));
    assert.ok(!bound.includes("9.2.3"));
  });

  test("finds nothing in what is ignored altogether", async () => {
    const { code, stdout } = await command(["audit", "-i", "1,2,3,4,5,6,7,9", file]);
    assert.equal(code, 0);
    assert.equal(stdout, "Nothing found.\n");
  });

  test("says why a file can't be read", async () => {
    const { code, stderr } = await command(["audit", path.join(dir, "broken.json")]);
    assert.equal(code, 1);
    assert.match(stderr, /^error\[/);
  });

  /** @type {[args: string[], message: RegExp][]} */
  const refused = [
    [[], /needs one configuration/],
    [[file, "-f", "xml"], /expected text, json or a Go template/],
    [[file, "-s", "WORST"], /expected CRITICAL/],
    [[file, "-I", "nowhere"], /no such file/],
  ];
  for (const [args, message] of refused) {
    test(`refuses ${args.slice(1).join(" ") || "nothing"}`, async () => {
      const { code, stderr } = await command(["audit", ...args], { cwd: dir });
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});

describe("a configuration of 20,000 endpoints", () => {
  // Each has several findings of the audit, 120,000 in all.
  const endpoints = Array.from({ length: 20_000 }, (_, index) =>
    endpoint(`/things/${index}/{id}`, [{ host: ["http://things.internal:8080"], url_pattern: `/v1/things/${index}/{id}`, encoding: "no-op" }], {
      input_headers: ["*"],
      input_query_strings: ["*"],
      cache_ttl: "3600s",
      timeout: "90s",
    }),
  );
  const { dir: large, remove: removeLarge } = folder({ "large.json": JSON.stringify(config(endpoints)) });
  after(removeLarge);
  const name = path.join(large, "large.json");

  for (const [args, status, last] of /** @type {[string[], number, RegExp][]} */ ([
    [["check"], 0, /^Syntax OK!$/m],
    [["audit"], 1, /^\d+ critical, \d+ high, \d+ medium, \d+ low$/m],
    [["audit", "-f", "json"], 1, /^ {6}"path": "\/endpoints\/19999\/timeout",$/m],
  ])) {
    test(`passes fjord ${args.join(" ")} in seconds`, async () => {
      const start = performance.now();
      const { code, stdout, stderr } = await command([...args, "-c", name]);
      assert.equal(stderr, "");
      assert.equal(code, status);
      assert.match(stdout, last);
      const seconds = (performance.now() - start) / 1000;
      assert.ok(seconds < 20, `it took ${seconds} s`);
    });
  }
});

test("more endpoints than the worker has memory for are refused", async (t) => {
  const endpoints = Array.from({ length: 140_000 }, (_, index) => ({ endpoint: `/${index}`, backend: [{ url_pattern: "/" }] }));
  const { dir: huge, remove: removeHuge } = folder({ "huge.json": JSON.stringify({ version: 3, host: ["https://a.test"], endpoints }) });
  t.after(removeHuge);
  const name = path.join(huge, "huge.json");
  const checked = await command(["check", name]);
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /^error\[no-room\]: the worker has no memory for all these endpoints$/m);
  for (const args of [["build", name, "-o", path.join(huge, "out")], ["run", name, "-p", "0"]]) {
    const { code, stderr } = await command(args);
    assert.equal(code, 1);
    assert.match(stderr, /error\[no-room\]/);
  }
});

describe("the module's maximum of memory", () => {
  const wasm = fs.readFileSync(path.join(root, "build/modules/tools/fjord.wasm"));

  test("is another one in a copy, which is the same otherwise", () => {
    const copy = withMaximum(wasm, 256 << 20);
    assert.ok(!copy.equals(wasm) && withMaximum(copy, 48 << 20).equals(wasm));
    assert.ok(new WebAssembly.Module(copy));
  });

  test("is only changed where there is one", () => {
    const head = [0, 97, 115, 109, 1, 0, 0, 0];
    for (const sections of [[], [5, 3, 1, 0, 1], [5, 7, 2, 1, 1, 1, 1, 1, 1]]) {
      assert.throws(() => withMaximum(Buffer.from([...head, ...sections]), 1 << 20), /no memory with a maximum/);
    }
    // An empty custom section before it, one page at first, then at most 16.
    const [old, raised] = [[0, 2, 1, 120, 5, 4, 1, 1, 1, 2], [0, 2, 1, 120, 5, 4, 1, 1, 1, 16]];
    assert.deepEqual([...withMaximum(Buffer.from([...head, ...old]), 1 << 20)], [...head, ...raised]);
  });
});

describe("fjord schema and explain", () => {
  test("the schema is one of draft-07", async () => {
    const { code, stdout } = await command(["schema"]);
    assert.equal(code, 0);
    const schema = JSON.parse(stdout);
    assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
    assert.deepEqual(schema.required, ["version"]);
  });

  test("explains an option", async () => {
    const { code, stdout } = await command(["explain", "qos/ratelimit/router.max_rate"]);
    assert.equal(code, 0);
    assert.match(stdout, /^qos\/ratelimit\/router\.max_rate {2}in the extra_config of endpoints\n/);
    assert.ok(!stdout.includes("\x1b"));
  });

  test("suggests a name", async () => {
    const { code, stderr } = await command(["explain", "qos/ratelimt/router"]);
    assert.equal(code, 1);
    assert.match(stderr, /did you mean "qos\/ratelimit\/router"\?/);
  });
});

describe("fjord new", () => {
  const made = path.join(dir, "My Gate");

  test("makes a folder that passes the check and runs", async (t) => {
    assert.equal((await command(["new", made])).code, 0);
    const checked = await command(["check", "-tlc", path.join(made, "krakend.json")]);
    assert.equal(checked.stdout, "Syntax OK!\n");
    assert.equal(JSON.parse(fs.readFileSync(path.join(made, "package.json"), "utf8")).name, "my-gate");
    const text = fs.readFileSync(path.join(made, "krakend.json"), "utf8");
    const gateway = await startGateway(text, { assets: path.join(made, "www") });
    t.after(() => gateway.stop());
    const answer = await gateway.get("/hello/world");
    assert.deepEqual(answer.json, { greeting: "Hello, world!", language: "en" });
  });

  test("builds the worker", async () => {
    const out = path.join(made, "build");
    assert.equal((await command(["build", "-c", path.join(made, "krakend.json"), "-o", out])).code, 0);
    for (const name of ["worker.mjs", "fjord.wasm", "krakend.json", "files.json"]) assert.ok(fs.existsSync(path.join(out, name)), name);
  });

  test("builds what can be served, and tells what is closed", async () => {
    const faulty = path.join(dir, "faulty.json");
    const backend = [{ host: ["https://h.example"], url_pattern: "/" }];
    const guarded = { ...endpoint("/g", backend), extra_config: { "auth/validater": {} } };
    fs.writeFileSync(faulty, JSON.stringify(config([endpoint("/a", backend), guarded])));
    const out = path.join(dir, "faulty-build");
    assert.equal((await command(["build", faulty, "-o", out])).code, 1);
    const { code, stderr } = await command(["build", "--lenient", faulty, "-o", out]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^warning\[guard-name\]: unknown namespace `auth\/validater`; the endpoint answers 501$/m);
    const files = JSON.parse(fs.readFileSync(path.join(out, "files.json"), "utf8"));
    assert.deepEqual(files, { "fjord:closed": "GET /g answers 501: auth/validater: unknown namespace `auth/validater`" });
  });

  test("names a binding that the worker lacks", async (t) => {
    const { dir: own, remove: removeOwn } = folder({ "bound.json": JSON.stringify(config([endpoint("/a", [{ host: ["service://USERS"], url_pattern: "/" }])])) });
    t.after(removeOwn);
    const bound = path.join(own, "bound.json");
    assert.equal((await command(["check", bound])).code, 0);
    fs.writeFileSync(path.join(own, "wrangler.toml"), 'compatibility_date = "2026-11-17"\n');
    const { code, stdout } = await command(["check", bound]);
    assert.equal(code, 1);
    assert.match(stdout, /^error\[missing-binding\]: the worker needs the binding USERS, which wrangler\.toml doesn't declare$/m);
  });

  test("overwrites nothing", async () => {
    const { code, stderr } = await command(["new", made]);
    assert.equal(code, 1);
    assert.match(stderr, /is not empty/);
  });
});

test("the types of the module's exports are those of the build", () => {
  const [declared, built] = ["src/edge", "build/modules/tools"].map((name) => fs.readFileSync(path.join(root, name, "fjord.d.mts"), "utf8"));
  assert.equal(declared, built, "copy build/modules/tools/fjord.d.mts to src/edge/");
});
