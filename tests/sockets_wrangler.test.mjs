// Calls over sockets, and messages to queues, in a worker that wrangler bundles: the one that `fjord build` writes, and one of a user's own.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { makeCertificates } from "./support/certificates.mjs";
import { dev } from "./support/dev.mjs";
import { command, config, endpoint, folder, root } from "./support/gateway.mjs";
import { httpsOrigin } from "./support/origins.mjs";
import { freePort } from "./support/upstream.mjs";

/** @import { Context } from "./support/gateway.mjs" */

const certificates = makeCertificates();
after(() => certificates.remove());

const wrangler = (/** @type {string} */ main, /** @type {object} */ more = {}) =>
  JSON.stringify({
    ...more,
    name: "sockets",
    main,
    compatibility_date: "2026-11-17",
    send_metrics: false,
    rules: [{ type: "Text", globs: ["**/krakend.json", "**/files.json"], fallthrough: true }],
    durable_objects: { bindings: [{ name: "GROUPS", class_name: "FjordOrigins" }] },
    migrations: [{ tag: "groups", new_sqlite_classes: ["FjordOrigins"] }],
  });

/**
 * A folder with a build whose backend is an origin with a certificate of its own CA.
 *
 * @param {Context} t
 */
async function project(t) {
  const { url } = await httpsOrigin(t, certificates.pair("ec"), (_, response) => response.end('{"by":"https"}'));
  const subscriber = { host: ["kafka://"], disable_host_sanitize: true, url_pattern: "/", extra_config: { "backend/pubsub/subscriber": { subscription_url: "g?topic=t", binding: "GROUPS" } } };
  const endpoints = [endpoint("/a", [{ host: [url], url_pattern: "/b" }]), endpoint("/next", [subscriber])];
  const { dir, remove } = folder({
    "krakend.json": JSON.stringify(config(endpoints, { client_tls: { ca_certs: ["ca.pem"] } })),
    "ca.pem": certificates.pem("ca.pem"),
    ".dev.vars": `KAFKA_BROKERS=127.0.0.1:${await freePort()}\n`,
    "wrangler.jsonc": wrangler("build/worker.mjs"),
  });
  t.after(remove);
  const { code, stderr } = await command(["build"], { cwd: dir });
  assert.equal(code, 0, stderr);
  return dir;
}

test("the worker of a build calls over sockets, and has the object that reads groups", async (t) => {
  const { ask, said } = await dev(t, await project(t));
  const answer = await ask("/a");
  assert.deepEqual([answer.status, await answer.text()], [200, '{"by":"https"}'], said());
  // Nobody listens there: the object says so.
  assert.equal((await ask("/next")).status, 500);
  for (let i = 0; i < 50 && !/kafka:\/\/g: /.test(said()); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(said(), /kafka:\/\/g: .*connect/);
});

test("a worker of one's own takes the module by name", async (t) => {
  const dir = await project(t);
  fs.mkdirSync(path.join(dir, "node_modules"));
  fs.symlinkSync(root, path.join(dir, "node_modules/fjord"));
  fs.writeFileSync(
    path.join(dir, "own.mjs"),
    `import { createGateway } from "fjord";
import { FjordOrigins, origins } from "fjord/origins";
import config from "./build/krakend.json";
import files from "./build/files.json";

const gateway = createGateway(config, files, { origins });
export { FjordOrigins };
export default { fetch: (request, env, ctx) => gateway.fetch(request, env, ctx) };
`,
  );
  fs.writeFileSync(path.join(dir, "wrangler.jsonc"), wrangler("own.mjs"));
  const { ask, said } = await dev(t, dir);
  const answer = await ask("/a");
  assert.deepEqual([answer.status, await answer.text()], [200, '{"by":"https"}'], said());
});

test("a publisher sends JSON, text and bytes to a queue of the platform", async (t) => {
  const publisher = { host: ["queue://"], disable_host_sanitize: true, url_pattern: "/", extra_config: { "backend/pubsub/publisher": { topic_url: "ORDERS" } } };
  const { dir, remove } = folder({
    "krakend.json": JSON.stringify(config([endpoint("/orders", [publisher], { method: "POST", timeout: "10s" })])),
    "wrangler.jsonc": wrangler("own.mjs", { queues: { producers: [{ binding: "ORDERS", queue: "orders" }], consumers: [{ queue: "orders", max_batch_timeout: 1 }] } }),
    "own.mjs": `import { createGateway } from "fjord";
import config from "./build/krakend.json";
import files from "./build/files.json";
export { FjordOrigins } from "./build/worker.mjs";

const gateway = createGateway(config, files);
const seen = [];
export default {
  fetch: (request, env, ctx) => (new URL(request.url).pathname === "/seen" ? Response.json(seen) : gateway.fetch(request, env, ctx)),
  queue: (batch) => void seen.push(...batch.messages.map(({ body }) => (body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? ["bytes", ...new Uint8Array(body)] : body))),
};
`,
  });
  t.after(remove);
  fs.mkdirSync(path.join(dir, "node_modules"));
  fs.symlinkSync(root, path.join(dir, "node_modules/fjord"));
  const { code, stderr } = await command(["build"], { cwd: dir });
  assert.equal(code, 0, stderr);
  assert.ok(!fs.existsSync(path.join(dir, "build/origins")), "a queue needs no sockets");
  const { ask, said } = await dev(t, dir);
  const bodies = /** @type {[string, string | Uint8Array<ArrayBuffer>][]} */ ([["application/json", '{"item":"boat"}'], ["text/plain", "hello"], ["application/json", "no json"], ["image/png", Uint8Array.of(0xff, 0xfe)]]);
  for (const [type, body] of bodies) {
    const answer = await ask("/orders", { method: "POST", headers: { "content-type": type }, body });
    assert.deepEqual([answer.status, await answer.text()], [200, "null"], said());
  }
  /** @type {unknown[]} */
  let seen = [];
  for (let i = 0; i < 100 && seen.length < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = /** @type {unknown[]} */ (await (await ask("/seen")).json());
  }
  const sorted = seen.map((one) => JSON.stringify(one)).sort();
  assert.deepEqual(sorted, ['"hello"', '"no json"', '["bytes",255,254]', '{"item":"boat"}'], said());
});
