// YAML, TOML and templates through the command: the same findings at the places of the files themselves.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { workerBeside } from "../bin/lib/bindings.mjs";
import { SourceError } from "../bin/lib/faults.mjs";
import { fromToml } from "../bin/lib/formats/toml.mjs";
import { fromYaml } from "../bin/lib/formats/yaml.mjs";
import { byteOffsets, compose, locate } from "../bin/lib/pieces.mjs";
import { fjord, folder, root, runGateway } from "./support/gateway.mjs";

const YAML = `# Straße
version: 3
timeout: 3x
_defaults: &shop
  host: ["https://api.example.com"]
endpoints:
  - endpoint: /v1/{id}
    methd: GET
    backend:
      - <<: *shop
        url_pattern: /products/{idd}
`;
const TOML = `version = 3
timeout = "3x"

[[endpoints]]
endpoint = "/v1/{id}"
methd = "GET"

[[endpoints.backend]]
host = ["https://api.example.com"]
url_pattern = '/products/{idd}'

[extra_config."security/cors"]
allow_origins = ["https://a.example.com/"]
`;
const { dir, remove } = folder({
  "krakend.yaml": YAML,
  "krakend.toml": TOML,
  "broken.yaml": "version: 3\nendpoints: [\n  a: b: c\n",
  "broken.toml": 'version = 3\nname = "x\n',
  "good.yml": "version: 3\nendpoints:\n- endpoint: /a\n  backend:\n  - {url_pattern: /, host: [http://h.example]}\n",
  "krakend.tmpl": '{\n  "version": 3,\n  "endpoints": [{{ range $i, $e := .api.list }}\n    {{ template "one.tmpl" $e }}{{ end }}\n  ]\n}\n',
  "yaml.tmpl": 'version: 3\nendpoints:\n{{- range .api.list }}\n- endpoint: {{ .path }}\n  backend:\n  - url_pattern: {{ .to }}\n    host: ["https://h.example"]\n{{- end }}\n',
  "unknown.tmpl": '{ "version": {{ three 3 }} }\n',
  "partial.tmpl": '{\n  "version": 3,\n  "endpoints": [\n    {{ include "a.json" }}\n  ]\n}\n',
  "partials/a.json": '{ "endpoint": "/a",\n  "backend": [{ "url_pattern": "/{x}", "host": ["https://h.example"] }] }',
  "bad.tmpl": '{\n  "version": 3,\n  "port": {{ .api.port | upper }}\n}\n',
  "templates/one.tmpl": '{ "endpoint": "{{ .path }}",\n      "backend": [{ "url_pattern": "{{ .to }}", "host": ["https://h.example"] }] }',
  "settings/api.json": '{ "port": 8080, "list": [{ "path": "/a/{id}", "to": "/b/{idd}" }] }',
});
after(remove);

/** What the command says in that folder, with paths as they are there. */
function run(/** @type {string[]} */ args, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fjord, ...args], { cwd: dir, encoding: "utf8", env: { ...process.env, ...env } });
  return { status, stdout, stderr, all: `$ fjord ${args.join(" ")}\n${stdout}${stderr}` };
}

const FC = { FC_ENABLE: "1", FC_SETTINGS: "settings", FC_TEMPLATES: "templates" };

describe("what a user sees", () => {
  test("of mistakes in each format", () => {
    const seen = [
      run(["check", "krakend.yaml"]),
      run(["check", "krakend.toml"]),
      run(["check", "broken.yaml"]),
      run(["check", "broken.toml"]),
      run(["check", "krakend.tmpl"], FC),
      run(["check", "yaml.tmpl"], { ...FC, FC_OUT: "out.yaml" }),
      run(["check", "unknown.tmpl"], FC),
      run(["check", "bad.tmpl"], FC),
      run(["check", "bad.tmpl"], { ...FC, FC_SETTINGS: "nowhere" }),
      run(["check", "partial.tmpl"], { ...FC, FC_PARTIALS: "partials" }),
    ];
    assert.deepEqual(seen.map(({ status }) => status), seen.map(() => 1));
    const shown = seen.map(({ all }) => all.trimEnd()).join("\n\n\n");
    const file = path.join(root, "tests/snapshots/formats.txt");
    if (process.env.UPDATE_SNAPSHOTS) fs.writeFileSync(file, `${shown}\n`);
    assert.equal(`${shown}\n`, fs.readFileSync(file, "utf8"));
    assert.match(fs.readFileSync(path.join(dir, "out.yaml"), "utf8"), /^version: 3\nendpoints:\n- endpoint: \/a\/\{id\}\n/);
  });

  test("in reports for programs", () => {
    const report = JSON.parse(run(["check", "--format", "json", "bad.tmpl"], FC).stdout);
    const [{ file, line, column, code }] = report.diagnostics;
    assert.deepEqual({ file, line, column, code }, { file: "bad.tmpl", line: 3, column: 26, code: "template" });
    assert.match(run(["check", "--format", "github", "broken.toml"]).stdout, /^::error file=broken\.toml,line=2,col=/);
    const audit = JSON.parse(run(["audit", "-f", "json", "good.yml"]).stdout);
    assert.ok(audit.recommendations.every((/** @type {{ file: string }} */ found) => found.file === "good.yml"));
  });
});

test("a good one is accepted, shown as a tree, and built as JSON", () => {
  const { status, stdout } = run(["check", "-dtl", "-c", "good.yml"]);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /1 API endpoint\(s\):\n\t- GET \/a\n[^]*Syntax OK!\n$/);
  assert.equal(run(["build", "good.yml", "-o", "out"]).status, 0);
  const built = JSON.parse(fs.readFileSync(path.join(dir, "out/krakend.json"), "utf8"));
  assert.deepEqual(built, { version: 3, endpoints: [{ endpoint: "/a", backend: [{ url_pattern: "/", host: ["http://h.example"] }] }] });
});

test("a template is served", async (t) => {
  const at = (/** @type {string} */ name) => path.join(root, "tests/data/flexible", name);
  const env = { ...process.env, FC_ENABLE: "1", FC_SETTINGS: at("settings"), FC_TEMPLATES: at("templates"), FC_PARTIALS: at("partials") };
  const gateway = await runGateway(["-c", at("krakend.tmpl"), "-p", "0"], { env });
  t.after(() => gateway.stop());
  assert.match((await gateway.get("/__health")).text, /"status":"ok"/);
});

test("what a worker declares is read from its own file", async () => {
  const toml = `name = "shop"
compatibility_date = "2026-11-17"
[vars]
STAGE = "test"
[[services]]
binding = "USERS"
service = "users"
[assets]
directory = "www"
binding = "ASSETS"
[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"
[[ratelimits]]
name = "LIMIT"
namespace_id = "1"
simple = { limit = 10, period = 60 }
[env.live.secrets]
required = ["KEYS"]
`;
  const jsonc = `{
  // "binding": "NOT"
  "services": [{ "binding": "USERS", "service": "u" },], /* more */
  "vars": { "URL": "https://a.example//x" },
}`;
  /** @type {[files: Record<string, string>, found: import("../bin/lib/bindings.mjs").Worker | undefined][]} */
  const wanted = [
    [{ "wrangler.toml": toml, ".dev.vars": "LOCAL=1\n" }, { file: "wrangler.toml", names: ["LOCAL", "STAGE", "USERS", "ASSETS", "COUNTER", "LIMIT"], counters: { COUNTER: "exactly", LIMIT: "locally" }, assets: [], overrides: {} }],
    [{ "wrangler.jsonc": jsonc }, { file: "wrangler.jsonc", names: ["URL", "USERS"], counters: {}, assets: [], overrides: {} }],
    [
      { "wrangler.toml": '[vars]\nKRAKEND_PORT = 9\n[assets]\ndirectory = "www"\nrun_worker_first = ["/api/*", "!/api/x.txt"]\n', "www/index.html": "", "www/a/b.html": "", "www/api/x.txt": "", "www/api/y.txt": "" },
      { file: "wrangler.toml", names: ["KRAKEND_PORT"], counters: {}, assets: ["/", "/a/b", "/a/b.html", "/api/x.txt", "/index.html"], overrides: { KRAKEND_PORT: "9" } },
    ],
    [{ "wrangler.toml": '[assets]\ndirectory = "www"\nrun_worker_first = true\n', "www/a": "" }, { file: "wrangler.toml", names: [], counters: {}, assets: [], overrides: {} }],
    // Wrangler says that these have other types; the check continues.
    [{ "wrangler.toml": 'vars = "ab"\nassets = 1\n[secrets]\nrequired = 5\n' }, { file: "wrangler.toml", names: [], counters: {}, assets: [], overrides: {} }],
    [{ "wrangler.toml": "broken" }, undefined],
    [{}, undefined],
  ];
  for (const [files, expected] of wanted) {
    const beside = folder(files);
    const found = await workerBeside(path.join(beside.dir, "krakend.json"));
    beside.remove();
    found?.names.sort();
    expected?.names.sort();
    const flags = { deaf: undefined, nodeless: undefined };
    assert.deepEqual(found && { ...found, ...flags }, expected && { ...expected, ...flags });
  }
});

test("Wrangler's order of files, and its environments", async () => {
  const declared = '{ "services": [{ "binding": "A", "service": "a" }], "env": { "live": { "services": [{ "binding": "B", "service": "b" }], "vars": { "C": "1" } } } }';
  const beside = folder({ "wrangler.json": declared, "wrangler.toml": "", "krakend.json": '{"version": 3, "endpoints": []}' });
  const file = path.join(beside.dir, "krakend.json");
  assert.deepEqual((await workerBeside(file))?.names, ["A"]);
  assert.deepEqual((await workerBeside(file, "live"))?.names.sort(), ["B", "C"]);
  const check = (/** @type {string[]} */ ...args) => spawnSync(process.execPath, [fjord, "check", ...args], { cwd: beside.dir, encoding: "utf8" });
  const { status, stdout } = check();
  assert.match(stdout, /^warning\[wrangler-files\]: Wrangler doesn't read wrangler\.toml, because there is wrangler\.json\n --> wrangler\.toml\n/m);
  assert.equal(status, 0);
  assert.match(check("--format", "github").stdout, /^::warning file=wrangler\.toml,line=1,col=1,title=wrangler-files::/m);
  assert.equal(JSON.parse(check("--format", "json").stdout).diagnostics.filter((/** @type {{ code: string }} */ { code }) => code === "wrangler-files").length, 1);
  beside.remove();
});

test("the files of an environment are those that are served", async () => {
  const assets = (/** @type {string} */ directory) => ({ directory, binding: "ASSETS" });
  const settings = { assets: assets("www"), env: { live: { assets: { ...assets("live"), run_worker_first: true } }, same: {} } };
  const { dir: top, remove: removeTop } = folder({ "wrangler.json": JSON.stringify(settings), "www/a.txt": "", "live/b.txt": "" });
  const served = async (/** @type {string} */ environment) => (await workerBeside(path.join(top, "krakend.json"), environment))?.served;
  assert.deepEqual(await served(""), { folder: path.join(top, "www"), workerFirst: [] });
  assert.deepEqual(await served("same"), { folder: path.join(top, "www"), workerFirst: [] });
  assert.deepEqual(await served("live"), { folder: path.join(top, "live"), workerFirst: ["/*"] });
  removeTop();
});

test("a Worker of its own exports the Durable Object class that it binds", async () => {
  const bound = (/** @type {string} */ more) => `{ "main": "own.ts", "compatibility_date": "2026-11-17", "durable_objects": { "bindings": [{ "name": "L", "class_name": "FjordLimits"${more} }] } }`;
  /** @type {[more: string, text: string | undefined, fails: boolean][]} */
  const cases = [
    ["", 'import { createGateway } from "fjord";\n// export { FjordLimits } from "fjord";\n', true],
    ["", "export default {};\n/* export { FjordLimits } */", true],
    ["", 'export { FjordLimits } from "fjord";', false],
    ["", 'import { FjordLimits } from "fjord";\nexport { X,\n  FjordLimits };', false],
    ["", 'export * from "./build/worker.mjs";', false],
    [', "script_name": "other"', "export default {};", false],
    ["", undefined, false],
  ];
  for (const [more, text, fails] of cases) {
    const beside = folder({ "wrangler.jsonc": bound(more), "krakend.json": '{"version": 3, "endpoints": []}', ...(text === undefined ? {} : { "own.ts": text }) });
    const { status, stdout } = spawnSync(process.execPath, [fjord, "check", "krakend.json"], { cwd: beside.dir, encoding: "utf8" });
    beside.remove();
    assert.equal(status, fails ? 1 : 0, stdout);
    assert.equal(/^error\[missing-export\]: own\.ts doesn't export the Durable Object class FjordLimits/m.test(stdout), fails, stdout);
  }
});

test("a Wrangler file that keeps the worker from hearing clients leave is named", async () => {
  /** @type {[string, string | undefined][]} */
  const files = [
    ['compatibility_date = "2026-11-17"', undefined],
    ['compatibility_date = "2026-11-16"', "the compatibility_date 2026-11-16"],
    ['compatibility_date = "2025-01-01"\ncompatibility_flags = ["enable_request_signal"]', undefined],
    ['compatibility_date = "2027-01-01"\ncompatibility_flags = ["disable_request_signal"]', "the compatibility flag disable_request_signal"],
    ["", "no compatibility_date"],
    ['compatibility_date = "2026-11-17"\n[env.live]\ncompatibility_date = "2026-01-01"', "the compatibility_date 2026-01-01 of the environment live"],
    ['compatibility_date = "2026-11-17"\n[env.live]\nvars = {}', undefined],
  ];
  for (const [text, expected] of files) {
    const beside = folder({ "wrangler.toml": text, "krakend.json": '{"version": 3, "endpoints": []}' });
    const worker = await workerBeside(path.join(beside.dir, "krakend.json"));
    const { stdout } = spawnSync(process.execPath, [fjord, "check", "krakend.json"], { cwd: beside.dir, encoding: "utf8" });
    beside.remove();
    assert.equal(worker?.deaf, expected, text);
    assert.equal(/^warning\[deaf\]/m.test(stdout), expected !== undefined, stdout);
  }
});

test("a Wrangler file without the modules of Node is an error where calls go over sockets", async () => {
  const tls = { client_tls: { ca_certs: ["ca.pem"] } };
  const config = (/** @type {object} */ more) => JSON.stringify({ version: 3, host: ["https://a.test"], ...more, endpoints: [{ endpoint: "/a", backend: [{ url_pattern: "/" }] }] });
  /** @type {[string, string | undefined][]} */
  const files = [
    ['compatibility_date = "2026-11-17"', undefined],
    ['compatibility_date = "2026-08-03"', "the compatibility_date 2026-08-03"],
    ['compatibility_date = "2026-08-03"\ncompatibility_flags = ["nodejs_compat"]', undefined],
    ['compatibility_date = "2026-11-17"\ncompatibility_flags = ["no_nodejs_compat"]', undefined],
    ['compatibility_date = "2026-11-17"\ncompatibility_flags = ["no_nodejs_compat", "no_nodejs_compat_v2"]', "the compatibility flag no_nodejs_compat"],
    ["", "no compatibility_date"],
  ];
  for (const [text, expected] of files) {
    const beside = folder({ "wrangler.toml": text, "ca.pem": "", "plain.json": config({}), "tls.json": config(tls) });
    const worker = await workerBeside(path.join(beside.dir, "tls.json"));
    const said = (/** @type {string} */ name) => spawnSync(process.execPath, [fjord, "check", name], { cwd: beside.dir, encoding: "utf8" }).stdout;
    const [plain, tied] = [said("plain.json"), said("tls.json")];
    beside.remove();
    assert.equal(worker?.nodeless, expected, text);
    assert.equal(tied.includes(`error[no-node]: ${expected} keeps the modules of Node out of the Worker`), expected !== undefined, tied);
    assert.doesNotMatch(plain, /no-node/);
  }
});

/** @typedef {typeof fromYaml | typeof fromToml} Convert */

describe("values", () => {
  /** @type {[convert: Convert, text: string, json: string][]} */
  const cases = [
    [fromYaml, "a: 1\nb: 1.50\nc: 0x1F\nd: 9007199254740993\ne: yes\nf: ~\ng: '1'\nh: 2001-01-01\n", '{"a":1,"b":1.50,"c":31,"d":9007199254740993,"e":"yes","f":null,"g":"1","h":"2001-01-01"}'],
    [fromYaml, "a: |\n  x\n  y\nb: >-\n  x\n  y\n", '{"a":"x\\ny\\n","b":"x y"}'],
    [fromYaml, "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: [*x]\n1: true\n", '{"a":{"b":1,"c":2},"d":{"c":3,"b":1},"e":[{"b":1,"c":2}],"1":true}'],
    [fromYaml, "", "null"],
    [fromToml, 'a.b = 1\na.c = "x"\nd = 1979-05-27T07:32:00Z\ne = 0xff\nf = 1e3\n', '{"a":{"b":1,"c":"x"},"d":"1979-05-27T07:32:00Z","e":255,"f":1e3}'],
    [fromToml, "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = true\n[[a.e]]\nf = { g = [1, 2] }\n", '{"a":[{"b":1},{"b":2,"c":{"d":true},"e":[{"f":{"g":[1,2]}}]}]}'],
  ];
  for (const [convert, text, json] of cases) {
    test(JSON.stringify(text), () => assert.equal(convert({ file: "f", text }).text, json));
  }

  /** @type {[convert: Convert, text: string][]} */
  const hostile = [
    [fromYaml, "["], [fromYaml, "[".repeat(20_000)], [fromYaml, "a: .inf"], [fromYaml, "a: 1\na: 2"], [fromYaml, "--- 1\n--- 2"],
    [fromYaml, `a0: &a0 [1,1]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join("\n")}`],
    [fromYaml, "a: &a [*a]"], [fromYaml, "a: *b"], [fromToml, "a = ["], [fromToml, "a = 1\na = 2"], [fromToml, `a = ${"[".repeat(20_000)}`],
    [fromToml, "a = inf"], [fromToml, "[a]\n[a]"],
  ];
  for (const [convert, text] of hostile) {
    test(`refused: ${text.slice(0, 20)}`, () => assert.throws(() => convert({ file: "f", text }), (error) => error instanceof SourceError && error.faults.length >= 1));
  }
});

test("pieces lead back through texts", () => {
  const offset = byteOffsets("aé𝄞b");
  assert.deepEqual([0, 1, 2, 4, 5, 9].map(offset), [0, 1, 3, 7, 8, 8]);
  /** @type {import("../bin/lib/pieces.mjs").Piece[]} */
  const outer = [[0, 4, 0, 10, 14], [4, 6, 0, 20, 30]];
  assert.deepEqual(locate(outer, 1, 3), [0, 11, 13]);
  assert.deepEqual(locate(outer, 5, 6), [0, 20, 30]);
  assert.equal(locate([], 0, 1), undefined);
  assert.deepEqual(compose([[0, 2, 0, 1, 3], [2, 9, 0, 4, 6]], outer), [[0, 2, 0, 11, 13], [2, 9, 0, 20, 30]]);
});

test("a schema of one's own, and the environment", () => {
  fs.writeFileSync(path.join(dir, "own.json"), '{"required": ["name"]}');
  const { status, stdout } = run(["check", "-s", "own.json", "krakend.toml"]);
  assert.equal(status, 1);
  assert.match(stdout, /^error\[schema\]: own\.json: name is required$/m);
  assert.equal(run(["check", "-s", "nowhere.json", "good.yml"]).status, 2);
  assert.match(run(["check", "good.yml"], { KRAKEND_VERSION: "2" }).stdout, /^error\[version\]: KRAKEND_VERSION: 2 is the format of KrakenD 1[^]*note\[overridden\]: KRAKEND_VERSION takes the place/m);
  fs.writeFileSync(path.join(dir, "timed.yml"), `timeout: 1s\n${fs.readFileSync(path.join(dir, "good.yml"), "utf8")}`);
  assert.match(run(["check", "-d", "timed.yml"], { KRAKEND_TIMEOUT: "7s" }).stdout, /^\tTimeout: 7s$/m);
});

test("a template that isn't to be rendered is told in one sentence", () => {
  fs.writeFileSync(path.join(dir, "raw.tmpl"), '{\n  "version": 3, "endpoints": [{{ template "a" }}], {{ range .x }} }\n');
  const { status, stderr } = run(["check", "raw.tmpl"]);
  assert.equal(status, 1);
  assert.match(stderr, /^error\[template\]: this is a template: set FC_ENABLE=1 [^\n]+\n --> raw\.tmpl:2:31\n/);
  assert.equal(stderr.match(/error\[/g)?.length, 1);
  const report = JSON.parse(run(["check", "--format", "json", "raw.tmpl"]).stdout);
  assert.deepEqual(report.diagnostics.map((/** @type {{ code: string }} */ { code }) => code), ["template"]);
  fs.writeFileSync(path.join(dir, "plain.tmpl"), '{"version": 3, "endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/", "host": ["http://h.example"]}]}]}');
  assert.equal(run(["check", "plain.tmpl"]).status, 0);
});

test("large and deep files end soon", () => {
  fs.writeFileSync(path.join(dir, "deep.yaml"), "[".repeat(3_000_000));
  fs.writeFileSync(path.join(dir, "large.yaml"), "[".repeat((8 << 20) + 1));
  const faulty = Array.from({ length: 30_000 }, (_, index) => ({ endpoin: `/${index}` }));
  fs.writeFileSync(path.join(dir, "faulty.json"), JSON.stringify({ version: 3, endpoints: faulty }));
  const start = Date.now();
  assert.match(run(["check", "deep.yaml"]).stderr, /^error\[yaml\]: nested too deeply$/m);
  assert.match(run(["check", "large.yaml"]).stderr, /^large\.yaml has 9 MB; more than 8 MB aren't read$/m);
  assert.match(run(["check", "faulty.json"]).stdout, /^error\[more\]: 89000 more findings, from here on$/m);
  assert.ok(Date.now() - start < 30_000);
});
