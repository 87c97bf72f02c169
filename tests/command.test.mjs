// The `fjord` command, as a person in a terminal meets it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { startGateway as startForTests } from "../bin/lib/testing.mjs";
import { PREFIX, guardCommand, removeLeftovers } from "../bin/lib/workerd.mjs";
import { freePort, listening } from "./support/upstream.mjs";
import { command, config, endpoint, fjord, folder, origin, runGateway, serve, startGateway } from "./support/gateway.mjs";

const { dir, remove } = folder({
  "good.json": JSON.stringify(config([endpoint("/a", [{ host: ["http://127.0.0.1:9"], url_pattern: "/" }])])),
  "bad.json": '{\n  "version": 3,\n  "endpoints": [,]\n}\n',
});
after(remove);
const good = path.join(dir, "good.json");
const bad = path.join(dir, "bad.json");

/** Whether a process has ended; one that only waits to be collected has. */
const gone = (/** @type {number} */ pid) => {
  try {
    return /^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
};

async function until(/** @type {() => boolean} */ condition, patience = 3000) {
  const end = Date.now() + patience;
  while (!condition()) {
    assert.ok(Date.now() < end, "waited too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process ids of a process's children. */
const children = (/** @type {number | undefined} */ pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

describe("help", () => {
  for (const args of [["help"], ["--help"], ["help", "run"], ["run", "--help"], ["check", "-h"], ["completion", "-h"]]) {
    test(`fjord ${args.join(" ")} fits a screen`, async () => {
      const { code, stdout, stderr } = await command(args);
      assert.equal(code, 0);
      assert.equal(stderr, "");
      assert.match(stdout, /Usage: fjord/);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.length <= 24 && lines.every((line) => line.length <= 100), `${lines.length} lines`);
    });
  }

  test("version is the package's", async () => {
    const { version } = JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    assert.equal((await command(["version"])).stdout, `fjord ${version}\n`);
  });
});

describe("wrong usage has exit code 2", () => {
  const empty = folder({});
  after(empty.remove);
  /** @type {[args: string[], message: RegExp][]} */
  const cases = [
    [[], /Usage: fjord/],
    [["serve"], /no command "serve"/],
    [["toString"], /no command "toString"/],
    [["run"], /needs one configuration.*there is no krakend\.json in this folder/],
    [["help", "nonsense"], /no command "nonsense"/],
    [["validate", good], /the command is "fjord check"/],
    [["check-plugin"], /loads no Go plugins/],
    [["test-plugin"], /loads no Go plugins/],
    [["completion"], /needs one shell: fjord completion bash\|zsh\|fish/],
    [["completion", "cmd"], /needs one shell/],
    [["run", "-c", good, "extra"], /needs one configuration/],
    [["run", "-c", good, "-p", "http"], /http isn't a port/],
    [["run", "-c", good, "-p", "70000"], /70000 isn't a port/],
    [["run", "-c", good, "--host", "example.com"], /isn't an IP address/],
    [["run", "-c", good, "--env", "=x"], /expected NAME=VALUE/],
    [["run", "-c", good, "--bind", "USERS"], /expected NAME=http:\/\/HOST:PORT/],
    [["run", "-c", good, "--bind", "USERS=http://h/path"], /the address ends after the port/],
    [["run", "-c", good, "--bind", "U=http://a", "--bind", "U=http://b"], /U is given twice/],
    [["run", "-c", good, "--colour"], /Unknown option '--colour'/],
    [["check"], /needs one configuration/],
    [["check", good, "--format", "yaml"], /expected text, json or github/],
  ];
  for (const [args, message] of cases) {
    test(`fjord ${args.map((arg) => path.basename(arg)).join(" ")}`, async () => {
      const { code, stdout, stderr } = await command(args, { cwd: empty.dir });
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /, "a stack");
    });
  }
});

describe("check", () => {
  test("ends with KrakenD's last line", async () => {
    for (const args of [["check", good], ["check", "-c", good], ["check", "-tlc", good]]) {
      const { code, stdout } = await command(args);
      assert.equal(code, 0, stdout);
      assert.equal(stdout.trimEnd().split("\n").at(-1), "Syntax OK!");
    }
  });

  test("points at a mistake and fails", async () => {
    const { code, stdout } = await command(["check", bad]);
    assert.equal(code, 1);
    assert.match(stdout, /bad\.json:3:17/);
    assert.doesNotMatch(stdout, /Syntax OK!/);
    assert.doesNotMatch(stdout, /\x1b\[/, "colours without a terminal");
  });

  test("speaks JSON to programs", async () => {
    const right = await command(["check", "--format", "json", good]);
    assert.equal(right.code, 0);
    assert.deepEqual(JSON.parse(right.stdout).diagnostics.filter((/** @type {{ severity: string }} */ { severity }) => severity !== "note"), []);
    const wrong = await command(["check", "--format", "json", bad]);
    assert.equal(wrong.code, 1);
    const report = JSON.parse(wrong.stdout);
    assert.equal(report.file, bad);
    const [first] = report.diagnostics;
    assert.deepEqual({ severity: first.severity, line: first.line, column: first.column }, { severity: "error", line: 3, column: 17 });
    assert.equal(typeof first.message, "string");
  });

  test("annotates for GitHub Actions", async () => {
    const { code, stdout } = await command(["check", "--format", "github", bad]);
    assert.equal(code, 1);
    assert.match(stdout, /^::error file=.*bad\.json,line=3/);
  });

  test("says which file is missing", async () => {
    const { code, stderr } = await command(["check", path.join(dir, "none.json")]);
    assert.equal(code, 1);
    assert.match(stderr, /none\.json doesn't exist/);
    assert.match((await command(["check", dir])).stderr, /is a folder/);
  });
});

describe("run", () => {
  test("prints one line when it listens, and answers", async (t) => {
    const upstream = await origin(t, { "/users/1": { json: { id: 1 } } });
    const gateway = await serve(t, config([endpoint("/me", [{ host: [upstream.url], url_pattern: "/users/1" }])]));
    assert.match(gateway.output, /^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    const answer = await gateway.get("/me");
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, { id: 1 });
    assert.equal(upstream.requests.length, 1);
  });

  test("refuses a configuration with mistakes before it listens", async () => {
    const { code, stdout, stderr } = await command(["run", "-c", bad, "-p", "0"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /bad\.json:3:17/);
    assert.match(stderr, /is not served/);
  });

  test("serves a configuration with refused parts leniently, without those parts' endpoints", async (t) => {
    const upstream = await origin(t, { "/": { json: { id: 1 } } });
    const backend = [{ host: [upstream.url], url_pattern: "/" }];
    const refused = { ...endpoint("/refused", backend), extra_config: { "plugin/req-resp-modifier": { name: ["x"] } } };
    const configuration = config([endpoint("/served", backend), refused]);
    await assert.rejects(startGateway(configuration), /Go plugins can not be loaded/);
    const gateway = await serve(t, configuration, { lenient: true });
    assert.match(gateway.output, /Go plugins can not be loaded/);
    assert.equal((await gateway.get("/served")).status, 200);
    assert.equal((await gateway.get("/refused")).status, 501);
    assert.equal(upstream.requests.length, 1);
  });

  test("serves no text that is no configuration, not even leniently", async () => {
    const { code, stderr } = await command(["run", "--lenient", "-c", bad, "-p", "0"]);
    assert.equal(code, 1);
    assert.match(stderr, /bad\.json:3:17[^]*is not served/);
  });

  test("says that a port is taken", async (t) => {
    const other = net.createServer();
    const port = await listening(other);
    t.after(() => other.close());
    const { code, stderr } = await command(["run", "-c", good, "-p", String(port)]);
    assert.equal(code, 1);
    assert.equal(stderr, `127.0.0.1:${port} is in use by another program\n`);
  });

  test("takes the configuration's port without -p", async (t) => {
    const port = await freePort();
    const file = path.join(dir, "port.json");
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(good, "utf8")), port }));
    const child = spawn(process.execPath, [fjord, "run", "-c", file], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => child.kill());
    const line = await new Promise((resolve) => child.stdout.once("data", (chunk) => resolve(String(chunk))));
    assert.equal(line, `listening on http://127.0.0.1:${port}\n`);
  });

  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    test(`stops on ${signal} and leaves nothing behind`, async () => {
      const gateway = await startGateway(fs.readFileSync(good, "utf8"));
      const below = children(gateway.pid);
      assert.ok(below.length > 0);
      assert.deepEqual(await gateway.stop(signal), { code: 0, signal: null });
      await until(() => below.every(gone));
    });
  }

  test("leaves nothing behind when it is killed", async () => {
    const gateway = await startGateway(fs.readFileSync(good, "utf8"));
    const below = children(gateway.pid);
    await gateway.stop("SIGKILL");
    await until(() => below.every(gone));
  });

  test("fails when workerd ends by itself", async () => {
    const gateway = await startGateway(fs.readFileSync(good, "utf8"));
    const workerd = children(gateway.pid).find((pid) => /workerd/.test(fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")));
    assert.ok(workerd);
    process.kill(workerd, "SIGKILL");
    assert.deepEqual(await gateway.ended, { code: 1, signal: null });
    assert.match(gateway.output, /workerd stopped \(SIGKILL\)/);
  });

  test("serves a folder as the host service://ASSETS", async (t) => {
    const assets = folder({ "a/data.json": '{"from":"a file"}' });
    t.after(assets.remove);
    const gateway = await serve(
      t,
      config([endpoint("/data", [{ host: ["service://ASSETS"], url_pattern: "/a/data.json" }])]),
      { assets: assets.dir },
    );
    assert.deepEqual((await gateway.get("/data")).json, { from: "a file" });
  });

  test("serves the folder of the Wrangler file beside, and warns of bindings that it hasn't got", async (t) => {
    const configuration = config([
      endpoint("/data", [{ host: ["service://ASSETS"], url_pattern: "/data.json" }]),
      endpoint("/users", [{ host: ["service://USERS"], url_pattern: "/" }]),
    ]);
    const bare = await serve(t, configuration);
    await bare.logged(/warning: no binding ASSETS: .*add --assets DIR/);
    await bare.logged(/warning: no binding USERS: calls to service:\/\/USERS will fail/);
    assert.equal((await bare.get("/data")).status, 500);
    const www = folder({ "data.json": '{"from":"www"}' });
    t.after(www.remove);
    const toml = `[assets]\ndirectory = ${JSON.stringify(www.dir)}\nbinding = "ASSETS"\n`;
    const gateway = await serve(t, configuration, { files: { "wrangler.toml": toml } });
    assert.deepEqual((await gateway.get("/data")).json, { from: "www" });
    assert.doesNotMatch(gateway.output, /no binding ASSETS/);
  });

  test("calls the hosts of @fjord.hosts directly, or at the address of --bind", async (t) => {
    const upstream = await origin(t, { "/a": { json: { a: 1 } } });
    const backends = (/** @type {string} */ host) => [{ host: [host], url_pattern: "/a" }];
    const configuration = {
      ...config([endpoint("/here", backends(upstream.url)), endpoint("/bound", backends("http://users.internal:8080"))]),
      "@fjord": { hosts: { "127.0.0.1": "HERE", "*.internal": "NET" } },
    };
    const gateway = await serve(t, configuration, { args: ["--bind", `NET=${upstream.url}`] });
    assert.deepEqual((await gateway.get("/here")).json, { a: 1 });
    assert.deepEqual((await gateway.get("/bound")).json, { a: 1 });
    assert.doesNotMatch(gateway.output, /binding/);
    assert.deepEqual(upstream.requests.map(({ headers }) => headers.host), [new URL(upstream.url).host, "users.internal:8080"]);
  });

  test("calls the address of --bind for a service", async (t) => {
    const upstream = await origin(t, { "/users/1": { json: { id: 1 } } });
    const configuration = config([endpoint("/me", [{ host: ["service://USERS"], url_pattern: "/users/1" }])]);
    const gateway = await serve(t, configuration, { args: ["--bind", `USERS=${upstream.url}`] });
    assert.deepEqual((await gateway.get("/me")).json, { id: 1 });
    assert.doesNotMatch(gateway.output, /no binding/);
    assert.equal(upstream.requests[0]?.headers.host, "users");
  });

  test("reads .dev.vars, which --env goes before", async (t) => {
    const upstream = await origin(t, { "/": { json: {}, delay: 400 } });
    const slow = config([endpoint("/a", [{ host: [upstream.url], url_pattern: "/" }])], { timeout: "3s" });
    const files = { ".dev.vars": '# shorter\nexport KRAKEND_TIMEOUT="100ms"\n' };
    const short = await serve(t, slow, { files });
    assert.equal((await short.get("/a")).status, 500);
    const long = await serve(t, slow, { files, env: { KRAKEND_TIMEOUT: "3s" } });
    assert.equal((await long.get("/a")).status, 200);
  });

  test("logs each request and each call with -d", async (t) => {
    const upstream = await origin(t, { "/users/1": { json: { id: 1 } } });
    const backends = [
      { host: [upstream.url], url_pattern: "/users/1" },
      { host: ["service://USERS"], url_pattern: "/users/1", group: "g" },
      { host: ["http://127.0.0.1:9"], url_pattern: "/", group: "h" },
    ];
    const gateway = await serve(t, config([endpoint("/me", backends)]), { debug: true, args: ["--bind", `USERS=${upstream.url}`] });
    assert.equal((await gateway.get("/me?x=1")).status, 200);
    await gateway.logged(/^#1 GET \/me\?x=1 200 \d+ ms$/m);
    assert.match(gateway.output, new RegExp(`^#1 {3}-> GET ${upstream.url}/users/1 200 \\d+ ms$`, "m"));
    assert.match(gateway.output, /^#1 {3}-> GET http:\/\/users\/users\/1 \(USERS\) 200 \d+ ms$/m);
    assert.match(gateway.output, /^#1 {3}-> GET http:\/\/127\.0\.0\.1:9\/ failed after \d+ ms: \S/m);
  });

  test("listens on the configuration's listen_ip", async (t) => {
    const ipv6 = { ...JSON.parse(fs.readFileSync(good, "utf8")), listen_ip: "::1" };
    const gateway = await serve(t, ipv6);
    assert.match(gateway.url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await gateway.get("/__health")).status, 200);
  });

  test("each platform has what ends workerd when its input closes", async () => {
    for (const platform of /** @type {const} */ (["linux", "win32"])) {
      const victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      const ended = new Promise((resolve) => victim.on("exit", (_, signal) => resolve(signal)));
      const { program, args } = guardCommand(victim.pid ?? 0, platform);
      const guard = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"] });
      guard.stdin.end();
      assert.equal(await ended, "SIGKILL", platform);
    }
  });

  test("fjord/testing starts a gateway, and stops it without a signal", async () => {
    const gateway = await startForTests({ config: good, env: { A: "1" } });
    assert.equal((await gateway.fetch("/__health")).status, 200);
    assert.match(gateway.output, /^listening on /);
    await gateway.stop();
    await assert.rejects(gateway.fetch("/__health"));
    await assert.rejects(startForTests({ config: bad }), /fjord run ended before it listened:[^]*bad\.json:3:17/);
  });

  test("a killed run leaves a folder that the next one removes", async (t) => {
    const left = (/** @type {number | undefined} */ pid) => fs.readdirSync(os.tmpdir()).some((name) => new RegExp(`^fjord-run-\\w+-${pid}-`).test(name));
    const gateway = await startGateway(fs.readFileSync(good, "utf8"));
    assert.ok(left(gateway.pid));
    await gateway.stop("SIGKILL");
    assert.ok(left(gateway.pid));
    const next = await serve(t, fs.readFileSync(good, "utf8"));
    assert.ok(!left(gateway.pid));
    assert.ok(left(next.pid), "its own is there while it runs");
  });

  test("leaves the folders of living processes and of other machines", async (t) => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const names = [`${PREFIX}${dead}-a`, `${PREFIX}${process.pid}-b`, `fjord-run-other-${dead}-c`, "fjord-run-", "else"];
    const tmp = folder(Object.fromEntries(names.map((name) => [`${name}/config.capnp`, ""])));
    t.after(tmp.remove);
    removeLeftovers(tmp.dir);
    assert.deepEqual(fs.readdirSync(tmp.dir).sort(), names.slice(1).sort());
  });

  test("serves a saved change with --watch, of the files that it names too", async (t) => {
    const rule = (/** @type {number} */ n) => `function post() response.load():data():set("n", ${n}) end\n`;
    const own = folder({ "rules.lua": rule(1) });
    t.after(own.remove);
    const upstream = await origin(t, { "/": { json: { n: 0 } } });
    const file = path.join(own.dir, "krakend.json");
    const backend = { host: [upstream.url], url_pattern: "/", extra_config: { "modifier/lua-backend": { sources: ["rules.lua"], post: "post()" } } };
    fs.writeFileSync(file, JSON.stringify(config([endpoint("/a", [backend])])));
    const gateway = await runGateway(["--watch", "-p", "0"], { cwd: own.dir });
    t.after(() => gateway.stop());
    const read = async () => (await gateway.get("/a")).json;
    assert.deepEqual(await read(), { n: 1 });
    fs.writeFileSync(path.join(own.dir, "rules.lua"), rule(22));
    await gateway.logged(/krakend\.json is served as it is now/, 10_000);
    assert.deepEqual(await read(), { n: 22 });
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, "utf8")), listen_ip: "127.0.0.2" }));
    await gateway.logged(/The address stays 127\.0\.0\.1:\d+ until the next start/, 10_000);
    fs.writeFileSync(file, "[");
    await gateway.logged(/The last good version keeps serving/, 10_000);
    assert.deepEqual(await read(), { n: 22 });
  });
});

describe("colours", () => {
  test("FORCE_COLOR wants them without a terminal, NO_COLOR doesn't", async () => {
    const shown = async (/** @type {Record<string, string>} */ variables) => (await command(["check", bad], { env: { ...process.env, ...variables } })).stdout.includes("\x1b[");
    assert.equal(await shown({ FORCE_COLOR: "1" }), true);
    assert.equal(await shown({ FORCE_COLOR: "0" }), false);
    assert.equal(await shown({ NO_COLOR: "1" }), false);
  });
});

describe("completion", () => {
  test("the script for bash completes commands and options", async () => {
    const { code, stdout } = await command(["completion", "bash"]);
    assert.equal(code, 0);
    const complete = (/** @type {string[]} */ ...words) => {
      const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _fjord; echo "\${COMPREPLY[*]}"`;
      return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
    };
    assert.equal(complete("fjord", "ch"), "check");
    assert.equal(complete("fjord", "run", "--wat"), "--watch");
    assert.equal(complete("fjord", "run", "kr"), "");
    assert.equal(complete("fjord", "openapi", "e"), "export");
    assert.equal(complete("fjord", "completion", ""), "bash zsh fish");
    assert.equal(complete("fjord", "help", "ru"), "run");
  });

  test("zsh and fish get theirs", async () => {
    assert.match((await command(["completion", "zsh"])).stdout, /^#compdef fjord\n[^]*run\) compadd -- --config/);
    assert.match((await command(["completion", "fish"])).stdout, /__fish_seen_subcommand_from run" -l watch$/m);
  });
});
