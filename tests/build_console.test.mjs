// `fjord build --console`: the page in a gateway of one's own, beside its endpoints.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { command, config, endpoint, folder, runGateway } from "./support/gateway.mjs";

const GATEWAY = config([endpoint("/hello", [{ host: ["service://ASSETS"], url_pattern: "/data.json" }])]);

/** Everything goes to the gateway first, but for the page. */
const WRANGLER = JSON.stringify({
  compatibility_date: "2026-11-17",
  assets: { directory: "www", binding: "ASSETS", run_worker_first: ["/*", "!/", "!/index.html", "!/logo.svg", "!/console/*"] },
});

test("the console is served beside the endpoints, with the gateway's configuration", async (t) => {
  const { dir, remove } = folder({ "krakend.json": JSON.stringify(GATEWAY), "wrangler.jsonc": WRANGLER, "www/data.json": '{"n":1}', "www/_headers": "/x\n  A: b\n", "www/console/engine-OLD.js": "" });
  t.after(remove);
  const built = await command(["build", "--console", "www"], { cwd: dir });
  assert.deepEqual([built.code, built.stderr], [0, ""]);
  assert.ok(!fs.existsSync(path.join(dir, "www/console/engine-OLD.js")));
  assert.equal(fs.readFileSync(path.join(dir, "www/_headers"), "utf8"), "/x\n  A: b\n");
  const gateway = await runGateway(["-c", path.join(dir, "krakend.json"), "-p", "0"]);
  t.after(() => gateway.stop());
  const get = (/** @type {string} */ target) => fetch(gateway.url + target);
  assert.match(await (await get("/")).text(), /<title>Fjord console/);
  for (const name of ["app.js", "engine.js", "fjord.wasm"]) assert.equal((await get(`/console/${name}`)).status, 200, name);
  const [own, ...others] = /** @type {{ name: string, files: Record<string, string> }[]} */ (await (await get("/console/examples.json")).json());
  assert.equal(own?.name, "This gateway");
  assert.deepEqual(JSON.parse(own?.files["krakend.json"] ?? ""), GATEWAY);
  assert.ok(others.length > 0);
  assert.deepEqual(await (await get("/hello")).json(), { n: 1 });
  // Other files are the gateway's to answer: it has no such endpoint.
  assert.equal((await get("/data.json")).status, 404);
});

test("a gateway that answers for every path is told how the page is seen", async (t) => {
  const first = WRANGLER.replace(/\["\/\*".*?\]/, "true");
  const { dir, remove } = folder({ "krakend.json": JSON.stringify(GATEWAY), "wrangler.jsonc": first, "www/data.json": "{}" });
  t.after(remove);
  const { code, stderr } = await command(["build", "--console", "www"], { cwd: dir });
  assert.equal(code, 0);
  assert.match(stderr, /^note: the gateway answers for "\/" first\. To see the page, set run_worker_first of assets to (\[.+\])\n$/);
  // What it says is what the other test serves.
  assert.ok(WRANGLER.includes((/\[.+\]/.exec(stderr)?.[0] ?? "?").replaceAll(", ", ",")));
});

test("a page of one's own stays, and an endpoint that the page would shadow is an error", async (t) => {
  const { dir, remove } = folder({
    "krakend.json": JSON.stringify(config([endpoint("/logo.svg", [{ host: ["http://x.example"], url_pattern: "/" }])])),
    "wrangler.jsonc": WRANGLER,
    "own/index.html": "<title>Mine</title>",
    "www/data.json": "{}",
  });
  t.after(remove);
  const own = await command(["build", "--console", "own"], { cwd: dir });
  assert.match(own.stderr, /index\.html is another page: give the console a folder of its own/);
  assert.equal(own.code, 1);
  const shadowed = await command(["build", "--console", "www"], { cwd: dir });
  assert.match(shadowed.stderr, /the asset \/logo\.svg answers such a request before the gateway sees it\nNot built/);
  assert.equal(shadowed.code, 1);
});
