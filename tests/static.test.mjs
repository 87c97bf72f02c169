// Files of the worker's static assets, below a prefix and as backends: on workerd with the command's own worker for assets, and on
// wrangler with the platform's.
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { dev } from "./support/dev.mjs";
import { command, config, endpoint, folder, rawExchange, runGateway } from "./support/gateway.mjs";

/** @import { Context } from "./support/gateway.mjs" */

const FILES = {
  "www/site/index.html": "<h1>home</h1>",
  "www/site/about.html": "<h1>about</h1>",
  "www/site/docs/index.html": "<h1>docs</h1>",
  "www/site/app.css": "a { color: red }",
  "www/site/data.bin": new Uint8Array([0, 255, 1]),
  "www/site/é ü.txt": "umlauts",
  "www/mocks/users.json": '{"users": [{"id": 1, "name": "ana"}]}',
  "www/private.txt": "PRIVATE",
  "secret.txt": "PRIVATE",
};

const ASSETS = { directory: "www", binding: "ASSETS", run_worker_first: true };

/** @param {object} assets */
const wrangler = (assets) =>
  JSON.stringify({
    name: "files",
    main: "build/worker.mjs",
    compatibility_date: "2026-11-17",
    send_metrics: false,
    rules: [{ type: "Text", globs: ["**/krakend.json", "**/files.json"], fallthrough: true }],
    ...assets,
  });

const files = (/** @type {string} */ name) => ({ "backend/static-filesystem": { path: name } });
const gateway = config(
  [
    endpoint("/users", [{ url_pattern: "/users.json", mapping: { users: "people" }, extra_config: files("./www/mocks") }]),
    endpoint("/demo/*", [{ url_pattern: "/*", encoding: "no-op", extra_config: files("./www/site") }], { output_encoding: "no-op" }),
    endpoint("/site/api/x", [{ url_pattern: "/users.json", extra_config: files("./www/mocks") }]),
  ],
  { extra_config: { "server/static-filesystem": { prefix: "/site/", path: "./www/site", skip: ["/site/api/"] } } },
);

/**
 * The configuration above, beside its files.
 *
 * @param {Context} t
 * @param {Record<string, string | Uint8Array>} [more]
 */
function project(t, more = {}) {
  const { dir, remove } = folder({ ...FILES, "krakend.json": JSON.stringify(gateway), ...more });
  t.after(remove);
  return dir;
}

/** @typedef {{ ask: (target: string, init?: RequestInit) => Promise<Response>, port: number }} Served */

/** What serves a folder, by its name. */
const PLATFORMS = {
  /** @type {(t: Context, dir: string) => Promise<Served>} */
  async "fjord run"(t, dir) {
    const running = await runGateway(["-c", path.join(dir, "krakend.json"), "-p", "0"]);
    t.after(() => running.stop());
    return { ask: running.fetch, port: Number(new URL(running.url).port) };
  },
  /** @type {(t: Context, dir: string) => Promise<Served>} */
  async "wrangler dev"(t, dir) {
    const { code, stderr } = await command(["build"], { cwd: dir });
    assert.equal(code, 0, stderr);
    const { ask, port } = await dev(t, dir);
    return { ask: (target, init) => ask(target, { redirect: "manual", ...init }), port };
  },
};

/** Ways that lead out of a folder if anything on the way decodes them once too often, or resolves them. */
const WAYS = [
  "../private.txt",
  "..%2fprivate.txt",
  "%2e%2e/private.txt",
  "%2E%2E%2Fprivate.txt",
  "..%5cprivate.txt",
  "..\\private.txt",
  ".%2e/private.txt",
  "docs/..%2f..%2fprivate.txt",
  "docs/../../private.txt",
  "%252e%252e%252fprivate.txt",
  "..%00/private.txt",
  "..%c0%afprivate.txt",
  "....//private.txt",
  "/../private.txt",
  "%2e%2e/%2e%2e/secret.txt",
];

for (const [platform, start] of Object.entries(PLATFORMS)) {
  test(`files are served, and no path leads out of their folder: ${platform}`, async (t) => {
    const { ask, port } = await start(t, project(t, { "wrangler.jsonc": wrangler({ assets: ASSETS }) }));
    const text = async (/** @type {string} */ target) => (await ask(target)).text();

    const page = await ask("/site/");
    assert.deepEqual([page.status, await page.text(), page.headers.get("content-type")], [200, "<h1>home</h1>", "text/html; charset=utf-8"]);
    const css = await ask("/site/app.css?v=7");
    assert.deepEqual([css.status, await css.text(), css.headers.get("content-type")], [200, "a { color: red }", "text/css; charset=utf-8"]);
    assert.deepEqual(new Uint8Array(await (await ask("/site/data.bin")).arrayBuffer()), FILES["www/site/data.bin"]);
    assert.equal(await text("/site/%C3%A9%20%C3%BC.txt"), "umlauts");
    assert.equal(await text("/site/about"), "<h1>about</h1>");

    const tag = css.headers.get("etag");
    assert.ok(tag);
    const again = await ask("/site/app.css", { headers: { "If-None-Match": tag } });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    const head = await ask("/site/app.css", { method: "HEAD" });
    assert.deepEqual([head.status, await head.text(), head.headers.get("content-type")], [200, "", "text/css; charset=utf-8"]);
    const removed = await ask("/site/app.css", { method: "DELETE" });
    assert.deepEqual([removed.status, removed.headers.get("allow")], [405, "GET, HEAD"]);

    const elsewhere = await ask("/site/docs?a=1");
    assert.deepEqual([elsewhere.status, elsewhere.headers.get("location")], [307, "/site/docs/?a=1"]);
    for (const gone of ["/site/nothing", "/site/users", "/demo/nothing", "/private.txt"]) assert.equal((await ask(gone)).status, 404, gone);

    assert.deepEqual(await (await ask("/users")).json(), { people: [{ id: 1, name: "ana" }] });
    assert.deepEqual(await (await ask("/site/api/x")).json(), { users: [{ id: 1, name: "ana" }] });
    assert.equal(await text("/demo/docs/"), "<h1>docs</h1>");
    assert.equal(await text("/demo/docs"), "<h1>docs</h1>");

    for (const prefix of ["/site/", "/demo/"]) {
      for (const way of WAYS) {
        // As written: a URL parser would resolve the dots before they are sent.
        const answer = await rawExchange(port, `GET ${prefix}${way} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n`);
        assert.match(answer, /^HTTP\/1\.1 \d{3}/, prefix + way);
        assert.doesNotMatch(answer, /PRIVATE/, prefix + way);
      }
    }
  });
}

test("files need no Wrangler file to be tried", async (t) => {
  const { ask } = await PLATFORMS["fjord run"](t, project(t));
  for (const [target, status] of /** @type {const} */ ([["/site/app.css", 200], ["/site/api/x", 200], ["/private.txt", 404]])) {
    assert.equal((await ask(target)).status, status, target);
  }
});

describe("check", () => {
  /**
   * @param {Context} t
   * @param {Record<string, string>} [more]
   */
  const check = (t, more) => command(["check", "-c", path.join(project(t, more), "krakend.json")]);

  test("names the binding that files need, with what guards them", async (t) => {
    const { code, stdout } = await check(t, { "wrangler.jsonc": wrangler({}) });
    assert.equal(code, 1);
    assert.match(stdout, /error\[missing-binding\]: the worker needs the binding ASSETS, which wrangler\.jsonc doesn't declare/);
    assert.match(stdout, /"assets": \{ "directory": "[^"]*", "binding": "ASSETS", "run_worker_first": true \}/);
  });

  test("refuses a folder that isn't an asset", async (t) => {
    const { code, stdout } = await check(t, { "wrangler.jsonc": wrangler({ assets: { ...ASSETS, directory: "www/mocks" } }) });
    assert.equal(code, 1);
    assert.match(stdout, /error\[outside-assets\]: the folder \.\/www\/site isn't in the folder of the worker's static assets/);
  });

  test("warns of files that are reached past the gateway", async (t) => {
    const open = await check(t, { "wrangler.jsonc": wrangler({ assets: { ...ASSETS, run_worker_first: false } }) });
    assert.match(open.stdout, /warning\[unguarded\]: the platform serves the files of \.\/www\/site before the gateway is asked, such as \/site\//);
    const good = await check(t, { "wrangler.jsonc": wrangler({ assets: ASSETS }) });
    assert.equal(good.code, 0, good.stdout);
    assert.doesNotMatch(good.stdout, /unguarded/);
  });
});
