// The package as npm packs it: a machine without Rust makes a gateway from it, serves, changes, tests and packs it for deployment.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { npmCommand } from "../bin/lib/project/tarball.mjs";
import { publicAddress } from "../bin/lib/new.mjs";
import { adviceOn } from "../bin/lib/project/takeover.mjs";
import { needed, strays } from "../scripts/pack.mjs";
import { command, folder, root } from "./support/gateway.mjs";

const { version } = /** @type {{ version: string }} */ (JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")));

/** No cargo, no rustc: only Node, npm and the system's own programs. */
const bare = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-package-"));
after(() => fs.rmSync(bare, { recursive: true, force: true }));
const PATH = (process.env.PATH ?? "")
  .split(path.delimiter)
  .filter((entry) => !fs.existsSync(path.join(entry, "cargo")) && !entry.startsWith(root))
  .join(path.delimiter);
/** Without what npm tells the scripts that it runs, this test among them. */
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_TEST|INIT_CWD)/.test(name)));
const env = { ...clean, PATH, CI: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", npm_config_prefer_offline: "true" };

/**
 * Runs a program to its end; fails with its output when it fails.
 *
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 */
function call(cwd, program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

test("what an older build has left isn't packed, and what is missing is named", (t) => {
  const build = folder({
    "worker.mjs": 'import config from "./krakend.json";\nimport {\n  a,\n} from "./a.mjs";\nexport default [config, a];\n',
    "a.mjs": 'import module from "./core.wasm";\nexport { b } from "./deep/b.mjs";\nexport const a = module;\nexport const later = () => import("./later.mjs");\n',
    "later.mjs": "",
    "core.wasm": "",
    "deep/b.mjs": 'import { connect } from "cloudflare:sockets";\nexport * from "../c.mjs";\nexport const b = connect;\n',
    "c.mjs": "",
    "old.mjs": "",
    "krakend.json": "{}",
  });
  t.after(build.remove);
  const wanted = needed(build.dir, ["worker.mjs"]);
  assert.deepEqual([...wanted].sort(), ["a.mjs", "c.mjs", "core.wasm", "deep/b.mjs", "later.mjs", "worker.mjs"]);
  assert.deepEqual(strays(build.dir, wanted), ["old.mjs"]);
  fs.rmSync(path.join(build.dir, "core.wasm"));
  assert.throws(() => needed(build.dir, ["worker.mjs"]), /build\/core\.wasm is missing: build\/a\.mjs needs it/);
});

test("npm is started without a shell where it can be", () => {
  const script = "/usr/lib/node_modules/npm/bin/npm-cli.js";
  assert.deepEqual(npmCommand({ npm_execpath: script }, "win32"), { program: process.execPath, args: [script], shell: false });
  assert.deepEqual(npmCommand({ npm_execpath: "/usr/bin/pnpm.cjs" }, "linux"), { program: "npm", args: [], shell: false });
  assert.deepEqual(npmCommand({}, "win32"), { program: "npm", args: [], shell: true });
});

test("a module is imported by a URL, which may begin with a drive letter", async () => {
  // As `new URL(name, import.meta.url)` makes it on Windows, where import() refuses "C:\…".
  const { href } = new URL("fjord.mjs", new URL("../../build/", "file:///C:/a%20b/node_modules/fjord/bin/lib/core.mjs"));
  assert.equal(href, "file:///C:/a%20b/node_modules/fjord/build/fjord.mjs");
  for (const name of fs.readdirSync(path.join(root, "bin"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".mjs"))) {
    const text = fs.readFileSync(path.join(root, "bin", name), "utf8");
    for (const [, target = ""] of text.matchAll(/\bimport\(((?:[^()]|\([^()]*\))*)\)/g)) {
      if (target === "") continue; // A comment.
      assert.match(target, /^"(?:\.{1,2}\/[\w./-]+|[\w-]+)"$|\.href$/, `bin/${name}: import(${target})`);
    }
  }
});

test("a button deploys from a public repository", () => {
  for (const [remote, address] of [
    ["git@github.com:acme/gate.git", "https://github.com/acme/gate"],
    ["https://github.com/acme/gate", "https://github.com/acme/gate"],
    ["ssh://git@gitlab.com/acme/group/gate.git", "https://gitlab.com/acme/group/gate"],
    ["git@git.internal:acme/gate.git", undefined],
    ["/srv/git/gate.git", undefined],
  ]) {
    assert.equal(publicAddress(String(remote)), address);
  }
});

test("hosts that the edge can't reach get advice", () => {
  /** @type {[hosts: string[], advice: RegExp[]][]} */
  const cases = [
    [["https://api.example.com", "api.example.com:8080"], []],
    [["http://users:8080"], [/^Cloudflare doesn't reach users: .*"@fjord": \{"hosts": \{"users": "BINDING"\}\}/]],
    [["http://users.internal", "http://localhost:3000", "http://10.0.0.7", "https://api.example.com", "http://[::1]:80"], [/reach users\.internal, localhost, 10\.0\.0\.7 and ::1: /]],
    [["service://USERS", "service://ASSETS"], [/--bind USERS=URL/, /www\//]],
  ];
  for (const [hosts, advice] of cases) {
    const found = adviceOn(hosts);
    assert.equal(found.length, advice.length, hosts.join());
    advice.forEach((pattern, index) => assert.match(found[index] ?? "", pattern));
  }
});

describe("on a machine without Rust", { timeout: 110_000 }, () => {
  const project = path.join(bare, "gate");
  const at = (/** @type {string[]} */ ...parts) => path.join(project, ...parts);
  /** @type {string[]} */
  let packed = [];

  before(() => {
    const output = call(root, "npm", "pack", "--json", "--pack-destination", bare);
    /** @type {{ files: { path: string }[] }[]} */
    const [pack] = JSON.parse(output);
    packed = (pack?.files ?? []).map((file) => file.path);
    // The command from the tarball, with the packages that it needs from this clone: one installation is enough, and it comes below.
    const installed = path.join(bare, "installed/node_modules");
    fs.mkdirSync(installed, { recursive: true });
    call(installed, "tar", "-xzf", path.join(bare, `fjord-${version}.tgz`));
    fs.renameSync(path.join(installed, "package"), path.join(installed, "fjord"));
    for (const name of ["workerd", "@cloudflare", "toml-eslint-parser", "yaml"]) fs.symlinkSync(path.join(root, "node_modules", name), path.join(installed, name));
    call(path.join(bare, "installed"), process.execPath, "node_modules/fjord/bin/fjord.mjs", "new", project);
    call(project, "npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error");
    // The tools are the clone's: they come from the registry, and take longer to unpack than all the rest.
    fs.symlinkSync(path.join(root, "node_modules/wrangler"), at("node_modules/wrangler"));
    fs.symlinkSync(path.join(root, "node_modules/.bin/wrangler"), at("node_modules/.bin/wrangler"));
    fs.symlinkSync(path.join(root, "node_modules/.bin/node"), at("node_modules/.bin/node"));
  });

  test("the package has the command, the modules, the schema, the types and the console, and nothing else", () => {
    const odd = packed.filter((name) => !/^(bin\/.+\.mjs|build\/.+\.(mjs|wasm)|build\/\.module|build\/krakend\.schema\.json|types\/.+\.d\.mts|www\/(index\.html|logo\.svg|_headers|console\/[\w-]+\.(js|css|json|txt))|package\.json|README\.md|LICENSE)$/.test(name));
    assert.deepEqual(odd, []);
    for (const name of ["bin/fjord.mjs", "build/fjord.wasm", "build/.module", "build/modules/core/fjord.wasm", "build/modules/tools/fjord.mjs", "build/worker.mjs", "build/gateway.mjs", "build/limits.wasm", "build/krakend.schema.json", "types/index.d.mts", "www/index.html", "www/console/app.js", "www/console/engine.js"]) {
      assert.ok(packed.includes(name), name);
    }
  });

  test("a new gateway installs from the tarball beside it", () => {
    assert.equal(JSON.parse(fs.readFileSync(at("package.json"), "utf8")).dependencies.fjord, `file:vendor/fjord-${version}.tgz`);
    assert.ok(fs.lstatSync(at("node_modules/fjord")).isDirectory(), "a link would lead out of the folder");
    assert.doesNotMatch(fs.readFileSync(at("README.md"), "utf8"), /Deploy to Cloudflare/);
    const schema = JSON.parse(fs.readFileSync(at("krakend.json"), "utf8")).$schema;
    assert.ok(fs.existsSync(at(schema)), schema);
  });

  test("its check and its test pass", () => {
    assert.match(call(project, "npm", "run", "--silent", "check"), /^Syntax OK!\n$/);
    assert.match(call(project, "npm", "test"), /pass 2/);
  });

  test("it serves a change in less than a second, with the variables of .dev.vars", async (t) => {
    fs.writeFileSync(at(".dev.vars"), "KRAKEND_PORT=0\n");
    const server = spawn("npm", ["start"], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    t.after(() => server.pid && process.kill(-server.pid, "SIGTERM"));
    let output = "";
    server.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    /** @type {string} */
    const url = await new Promise((resolve, reject) => {
      server.on("exit", () => reject(new Error(output)));
      server.stdout.setEncoding("utf8").on("data", (text) => {
        output += text;
        const [, found] = /listening on (http:\S+)/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const answer = await fetch(`${url}/hello/world`);
    assert.deepEqual(await answer.json(), { greeting: "Hello, world!", language: "en" });
    assert.match(answer.headers.get("x-krakend") ?? "", /^Version \d/);
    const saved = fs.readFileSync(at("krakend.json"), "utf8");
    t.after(() => fs.writeFileSync(at("krakend.json"), saved));
    const status = (/** @type {string} */ target) => fetch(url + target).then((response) => response.status, () => 0);
    const started = performance.now();
    fs.writeFileSync(at("krakend.json"), saved.replace('"/hello/{name}"', '"/bonjour/{name}"'));
    while ((await status("/bonjour/world")) !== 200) {
      assert.ok(performance.now() - started < 10_000, output);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    t.diagnostic(`a change is served after ${Math.round(performance.now() - started)} ms`);
    fs.writeFileSync(at("krakend.json"), '{ "version": 3, ]');
    while (!/The last good version keeps serving/.test(output)) {
      assert.ok(performance.now() - started < 20_000, output);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(await status("/bonjour/world"), 200);
  });

  test("wrangler packs it, and a Worker of its own that wraps it", () => {
    const wrangler = (/** @type {string} */ out) => call(project, "npx", "wrangler", "deploy", "--dry-run", "--outdir", out);
    wrangler("dist");
    assert.ok(fs.readdirSync(at("dist")).some((name) => name.endsWith("fjord.wasm")));
    fs.writeFileSync(
      at("own.ts"),
      `import { createGateway, FjordLimits, type Gateway } from "fjord";
import built, { FjordLimits as same } from "./build/worker.mjs";
import config from "./build/krakend.json";
import files from "./build/files.json";

const gateway: Gateway = createGateway(config, files);
const handler = gateway satisfies ExportedHandler;
export { FjordLimits };
export default {
  async fetch(request: Request, env: object, ctx: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === "/version") return Response.json({ version: 1, same: same === FjordLimits && built.fetch === gateway.fetch });
    return gateway.fetch(request, env, ctx);
  },
};
`,
    );
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const types = path.join(root, "node_modules/@cloudflare/workers-types");
    call(project, process.execPath, tsc, "--noEmit", "--strict", "--target", "esnext", "--lib", "esnext", "--module", "esnext", "--moduleResolution", "bundler", "--types", types, "own.ts");
    fs.writeFileSync(at("wrangler.jsonc"), fs.readFileSync(at("wrangler.jsonc"), "utf8").replace("build/worker.mjs", "own.ts"));
    wrangler("dist-own");
    assert.match(fs.readFileSync(at("dist-own/own.js"), "utf8"), /"\/version"/);
  });
});

describe("fjord new --from", () => {
  const { dir, remove } = folder({
    "old/krakend.tmpl": '{ "version": 3, "port": {{ .service.port }}, "host": ["http://users:8080", "https://api.example.com"], {{ include "endpoints.json" }} }',
    "old/settings/service.json": '{ "port": 8090 }',
    "old/partials/endpoints.json": `"endpoints": [{ "endpoint": "/a", "backend": [{ "url_pattern": "/a", "extra_config": {
      "auth/client-credentials": { "client_id": "c", "client_secret": "$CLIENT_SECRET", "token_url": "https://id.example.com/token" } } }] }]`,
    "lua/krakend.json": JSON.stringify({
      version: 3,
      endpoints: [{ endpoint: "/a", backend: [{ host: ["https://api.example.com"], url_pattern: "/" }], extra_config: { "modifier/lua-proxy": { sources: ["scripts/a.lua"], pre: "x()" } } }],
    }),
    "lua/scripts/a.lua": "function x() end\n",
  });
  after(remove);

  test("takes a template with its folders over, and says what is left to do", async () => {
    const made = path.join(dir, "taken");
    const { code, stdout, stderr } = await command(["new", made, "--from", path.join(dir, "old/krakend.tmpl"), "--repo", "https://github.com/acme/gate"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Cloudflare doesn't reach users: give each a public name/);
    assert.doesNotMatch(stdout, /api\.example\.com/);
    assert.match(stdout, /secret CLIENT_SECRET: npx wrangler secret put CLIENT_SECRET/);
    assert.equal(fs.readFileSync(path.join(made, "settings/service.json"), "utf8"), '{ "port": 8090 }');
    assert.match(fs.readFileSync(path.join(made, ".dev.vars.example"), "utf8"), /^CLIENT_SECRET=$/m);
    assert.match(fs.readFileSync(path.join(made, "README.md"), "utf8"), /Deploy to Cloudflare[^]*127\.0\.0\.1:8090/);
    assert.match(fs.readFileSync(path.join(made, "wrangler.jsonc"), "utf8"), /"watch_dir": \["krakend\.tmpl","settings","partials"\]/);
    const checked = await command(["check"], { cwd: made });
    assert.match(checked.stdout, /Syntax OK!/);
  });

  test("takes no text that isn't a configuration", async () => {
    fs.writeFileSync(path.join(dir, "broken.json"), '{ "version": 3, ]');
    const { code, stderr } = await command(["new", path.join(dir, "none"), "--from", path.join(dir, "broken.json")]);
    assert.equal(code, 1);
    assert.match(stderr, /broken\.json:1:17[^]*broken\.json can't be taken over/);
    assert.ok(!fs.existsSync(path.join(dir, "none")));
  });

  test("takes the files that a configuration names", async () => {
    const made = path.join(dir, "scripted");
    assert.equal((await command(["new", made, "--from", path.join(dir, "lua/krakend.json")])).code, 0);
    assert.equal(fs.readFileSync(path.join(made, "scripts/a.lua"), "utf8"), "function x() end\n");
  });
});
