// Go plugins: the templates of their workers, in TypeScript and in Rust, behind a gateway.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { buildSync } from "esbuild";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { config, endpoint, folder, origin, root, serve } from "./support/gateway.mjs";

/** @import { Context } from "./support/gateway.mjs" */

const built = path.join(root, "build/examples");

/** What makes a worker of the module in Rust, as worker-build does. */
const ENTRY = `
import module from "./plugins.wasm";
import { fetch, initSync } from "./plugins.mjs";
initSync({ module });
export default { fetch };
`;

/**
 * The modules of a template's worker, by their names.
 *
 * @type {Record<string, () => Record<string, string | Uint8Array>>}
 */
const templates = {
  TypeScript: () => {
    const { outputFiles } = buildSync({ entryPoints: [path.join(root, "examples/plugins/typescript/src/index.ts")], bundle: true, format: "esm", write: false });
    return { "worker.mjs": outputFiles.map(({ text }) => text).join("") };
  },
  Rust: () => {
    assert.ok(fs.existsSync(path.join(built, "plugins.wasm")), "run `node scripts/build.mjs --examples` first");
    const names = fs.readdirSync(built).filter((name) => /\.(mjs|wasm)$/.test(name));
    return { ...Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(built, name))])), "worker.mjs": ENTRY };
  },
};

/**
 * A worker that is made of modules; its address.
 *
 * @param {Context} t
 * @param {Record<string, string | Uint8Array>} modules
 */
async function worker(t, modules) {
  const { dir: codeDir, remove } = folder(modules);
  t.after(remove);
  const { port, stop } = await startWorkerd({ config: { text: "{}", files: {} }, address: "127.0.0.1:0", vars: {}, codeDir });
  t.after(stop);
  return `http://127.0.0.1:${port}`;
}

/**
 * A gateway whose plugins are at an address.
 *
 * @param {Context} t
 * @param {string} upstream
 * @param {string} plugins
 */
function gatewayWith(t, upstream, plugins) {
  const backend = (/** @type {object} */ rest = {}) => [{ host: [upstream], url_pattern: "/users/7", ...rest }];
  const masked = { "plugin/req-resp-modifier": { name: ["mask"], mask: { fields: ["email"] } } };
  const configuration = config(
    [
      endpoint("/plain", backend(), { input_headers: ["X-Tenant", "X-Key"] }),
      endpoint("/stamped", backend({ extra_config: { "plugin/http-client": { name: "stamp", stamp: { value: "mark" } } } })),
      endpoint("/masked", backend(), { extra_config: masked }),
      endpoint("/masked/backend", backend({ extra_config: masked })),
      endpoint("/refused", backend(), { extra_config: { "plugin/req-resp-modifier": { name: ["other"] } } }),
    ],
    { "@fjord": { plugins: { tenant: "PLUGINS", stamp: "PLUGINS", mask: "PLUGINS", other: "PLUGINS" } }, extra_config: { "plugin/http-server": { name: ["tenant"], tenant: { keys: { k1: "acme" } } } } },
  );
  return serve(t, configuration, { args: ["--bind", `PLUGINS=${plugins}`] });
}

for (const [language, modules] of Object.entries(templates)) {
  describe(`plugins in ${language}`, () => {
    test("stand in for those of Go", async (t) => {
      const upstream = await origin(t, { "/users/7": { json: { id: 7, email: "ana@example.com" } } });
      const gateway = await gatewayWith(t, upstream.url, await worker(t, modules()));
      const headers = { "X-Key": "k1" };

      const stranger = await gateway.get("/plain", { "X-Key": "k2" });
      assert.deepEqual([stranger.status, stranger.json], [403, { error: "unknown key" }]);
      assert.equal(stranger.header("fjord-plugin"), null);
      assert.equal(upstream.requests.length, 0);

      assert.deepEqual((await gateway.get("/plain", headers)).json, { id: 7, email: "ana@example.com" });
      const [plain] = upstream.requests;
      assert.equal(plain?.headers["x-tenant"], "acme");
      assert.equal(plain?.headers["x-key"], undefined);

      assert.deepEqual((await gateway.get("/stamped", headers)).json, { id: 7, email: "ana@example.com" });
      const sent = upstream.requests[1]?.headers ?? {};
      assert.equal(sent["x-stamp"], "mark");
      assert.deepEqual(Object.keys(sent).filter((name) => name.startsWith("fjord-plugin")), []);

      for (const target of ["/masked", "/masked/backend"]) {
        assert.deepEqual((await gateway.get(target, headers)).json, { id: 7, email: "***" }, target);
      }

      // A plugin that the worker hasn't got.
      const refused = await gateway.get("/refused", headers);
      assert.deepEqual([refused.status, refused.text], [500, ""]);
    });
  });
}

test("a plugin without its worker closes", async (t) => {
  const upstream = await origin(t, { "/users/7": { json: { id: 7 } } });
  const configuration = config([endpoint("/a", [{ host: [upstream.url], url_pattern: "/users/7", extra_config: { "plugin/http-client": { name: "stamp" } } }])], {
    "@fjord": { plugins: { stamp: "PLUGINS" } },
  });
  const gateway = await serve(t, configuration);
  assert.match(gateway.output, /no binding PLUGINS: its plugins will fail/);
  assert.equal((await gateway.get("/a")).status, 500);
  assert.equal(upstream.requests.length, 0);
});
