// What the requests of an isolate share, on workerd: key sets, tokens and addresses are fetched once, whatever becomes of the
// request that fetches them.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import net from "node:net";
import { describe, test } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

const secret = crypto.randomBytes(32);
const keys = { keys: [{ kty: "oct", kid: "k", k: secret.toString("base64url") }] };

/** A good token, whose key has that id. */
function token(kid = "k") {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part({ alg: "HS256", kid })}.${part({ sub: "ann" })}`;
  return `${input}.${crypto.createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** @typedef {import("./support/gateway.mjs").Gateway} Gateway */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Three endpoints, each with something that is fetched: at `/jwks`, at `/token`, at `/dns`. */
async function start(/** @type {import("./support/gateway.mjs").Context} */ t, { timeout = "5s", delay = 400, cache = true } = {}) {
  const upstream = await origin(t, {
    "/jwks": { json: keys, delay },
    "/token": { json: { access_token: "abc", expires_in: 3600 }, delay },
    "/ok": { json: { ok: true } },
    "/echo": { echo: true },
  });
  const { port } = new URL(upstream.url);
  upstream.routes["/dns"] = { json: { Status: 0, Answer: [{ type: 33, data: `1 1 ${port} localhost.` }] }, delay };
  const validator = { alg: "HS256", jwk_url: `${upstream.url}/jwks`, disable_jwk_security: true, cache };
  const credentials = { client_id: "me", client_secret: "s", token_url: `${upstream.url}/token` };
  const gateway = await serve(
    t,
    config(
      [
        { ...endpoint("/keys", [{ url_pattern: "/ok" }]), extra_config: { "auth/validator": validator } },
        endpoint("/credentials", [{ url_pattern: "/echo", extra_config: { "auth/client-credentials": credentials } }]),
        endpoint("/found", [{ url_pattern: "/ok", host: ["api.test"], sd: "dns", sd_scheme: "http", disable_host_sanitize: true }]),
      ],
      { host: [upstream.url], timeout },
    ),
    { env: { FJORD_DNS: `${upstream.url}/dns` } },
  );
  const calls = (/** @type {string} */ path) => upstream.requests.filter((request) => request.path === path).length;
  return { gateway, upstream, calls };
}

const authorized = (kid = "k") => ({ authorization: `Bearer ${token(kid)}` });
const fetched = { "/keys": "/jwks", "/credentials": "/token", "/found": "/dns" };
/**
 * @param {Gateway} gateway
 * @param {string} path
 * @param {number} count
 */
const atOnce = (gateway, path, count) => Promise.all(Array.from({ length: count }, () => gateway.get(path, authorized())));

/**
 * A client that asks, and resets its connection after a while.
 *
 * @param {Gateway} gateway
 * @param {string} path
 * @param {number} after
 */
async function leave(gateway, path, after) {
  const { hostname, port } = new URL(gateway.url);
  const socket = net.connect(Number(port), hostname);
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token()}\r\n\r\n`);
  await sleep(after);
  socket.resetAndDestroy();
}

describe("thirty requests at once on a cold isolate", () => {
  for (const [path, source] of Object.entries(fetched)) {
    test(`make one call to ${source}`, async (t) => {
      const { gateway, calls } = await start(t);
      const answers = await atOnce(gateway, path, 30);
      assert.deepEqual(answers.map(({ status }) => status), Array(30).fill(200), gateway.output);
      assert.equal(calls(source), 1);
      assert.equal((await gateway.get(path, authorized())).status, 200);
      assert.equal(calls(source), 1);
    });

    test(`make one call to ${source}, or one more, where the first client leaves`, async (t) => {
      const { gateway, calls } = await start(t);
      const left = leave(gateway, path, 150);
      await sleep(50);
      const began = performance.now();
      const answers = await atOnce(gateway, path, 30);
      const took = performance.now() - began;
      await left;
      assert.deepEqual(answers.map(({ status }) => status), Array(30).fill(200), gateway.output);
      assert.ok(calls(source) <= 2, `${calls(source)} calls`);
      assert.ok(took < 4_000, `${took} ms`);
      t.diagnostic(`${calls(source)} calls, ${took.toFixed()} ms`);
    });

    test(`share the failure of one call to ${source}, and the next request asks again`, async (t) => {
      const { gateway, upstream, calls } = await start(t);
      const good = upstream.routes[source] ?? {};
      upstream.routes[source] = { delay: 400, reset: true };
      const answers = await atOnce(gateway, path, 30);
      const failed = path === "/keys" ? 401 : 500;
      assert.deepEqual(answers.map(({ status }) => status), Array(30).fill(failed));
      // The token is asked for in two ways.
      assert.ok(calls(source) <= 2, `${calls(source)} calls`);
      upstream.routes[source] = good;
      assert.equal((await gateway.get(path, authorized())).status, 200, gateway.output);
    });
  }

  test("without a cache of keys share what is fetched while they wait", async (t) => {
    const { gateway, calls } = await start(t, { cache: false });
    await atOnce(gateway, "/keys", 30);
    assert.equal(calls("/jwks"), 1);
    await gateway.get("/keys", authorized());
    assert.equal(calls("/jwks"), 2);
  });
});

test("a server that is slower than the endpoint's timeout is waited for behind the answer", async (t) => {
  const { gateway, calls } = await start(t, { timeout: "300ms", delay: 700 });
  assert.notEqual((await gateway.get("/credentials")).status, 200);
  await sleep(900);
  assert.equal((await gateway.get("/credentials")).json?.headers.authorization, "Bearer abc", gateway.output);
  assert.equal(calls("/token"), 1);
});

test("tokens with made-up keys make two calls in ten seconds, and keep no good one out", async (t) => {
  const { gateway, calls } = await start(t, { delay: 20 });
  const status = async (/** @type {string} */ kid) => (await gateway.get("/keys", authorized(kid))).status;
  const forged = await Promise.all(Array.from({ length: 30 }, (_, i) => status(`forged-${i}`)));
  for (let i = 0; i < 20; i++) forged.push(await status(`again-${i}`));
  assert.deepEqual(forged, Array(50).fill(401));
  assert.equal(await status("k"), 200);
  assert.ok(calls("/jwks") <= 2, `${calls("/jwks")} calls`);
});
