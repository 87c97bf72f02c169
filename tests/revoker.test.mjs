// Revoked tokens on workerd: a Durable Object keeps the list, isolates follow it.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { test } from "node:test";
import { moduleFor } from "../bin/lib/modules.mjs";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

/** @typedef {import("./support/gateway.mjs").Context} Context */

const secret = crypto.randomBytes(64);
const KEYS = { keys: [{ kty: "oct", kid: "k", k: secret.toString("base64url") }] };
const SECRET = "a secret of the tests";

const base64 = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with these claims. @param {object} claims */
function token(claims) {
  const input = `${base64({ alg: "HS256", kid: "k" })}.${base64(claims)}`;
  return `${input}.${crypto.createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** A gateway's configuration whose tokens can be revoked. @param {Context} t */
async function revocable(t) {
  const upstream = await origin(t, { "/": { json: { ok: true } }, "/jwks": { json: KEYS } });
  const validator = { alg: "HS256", jwk_url: `${upstream.url}/jwks`, disable_jwk_security: true, cache: true };
  const revoker = { N: 10, P: 0.1, TTL: 600, hash_name: "optimal", port: 1234, token_keys: ["jti", "sub"], binding: "LISTS", revoke_server_api_key: "$REVOKE_KEY" };
  return config([endpoint("/x", [{ host: [upstream.url], url_pattern: "/" }], { extra_config: { "auth/validator": validator } })], {
    extra_config: { "auth/revoker": revoker },
  });
}

const status = async (/** @type {string} */ url, /** @type {object} */ claims) => (await fetch(`${url}/x`, { headers: { Authorization: `Bearer ${token(claims)}` } })).status;

/** Changes the list. @param {string} url @param {unknown} what */
async function change(url, what, method = "POST", key = SECRET) {
  const answer = await fetch(`${url}/__fjord/revoke`, { method, headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify(what) });
  await answer.body?.cancel();
  return answer.status;
}

const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

test("tokens are revoked, and let in again, by whoever has the secret", async (t) => {
  const { url } = await serve(t, await revocable(t), { env: { REVOKE_KEY: SECRET } });
  assert.equal(await status(url, { jti: "a" }), 200);
  assert.equal(await change(url, { jti: "a" }, "POST", "a guess"), 401);
  assert.equal(await change(url, { name: "a" }), 400);
  await aSecond();
  assert.equal(await status(url, { jti: "a" }), 200);
  // As many as one request may have, twice.
  const many = (/** @type {string} */ start) => Array.from({ length: 100 }, (_, index) => `${start}${index}`);
  assert.deepEqual(await Promise.all([change(url, { jti: "a" }), change(url, { sub: many("u") }), change(url, { sub: many("v") })]), [204, 204, 204]);
  await aSecond();
  const revoked = [{ jti: "a" }, { jti: "b", sub: "u0" }, { sub: "u99" }, { sub: "v0" }, { sub: "v99" }];
  assert.deepEqual(await Promise.all(revoked.map((claims) => status(url, claims))), revoked.map(() => 401));
  assert.deepEqual(await Promise.all([status(url, { jti: "b" }), status(url, { sub: "u100" }), status(url, {})]), [200, 200, 200]);
  assert.equal(await change(url, { jti: "a", sub: "v0" }, "DELETE"), 204);
  await aSecond();
  assert.deepEqual(await Promise.all([status(url, { jti: "a" }), status(url, { sub: "v0" }), status(url, { sub: "v1" })]), [200, 200, 401]);
});

test("without the binding no token is let in", async (t) => {
  const text = JSON.stringify(await revocable(t));
  const { url: module } = moduleFor({ module: "full" });
  const { port, stop } = await startWorkerd({ config: { text, files: {} }, module, address: "127.0.0.1:0", vars: { REVOKE_KEY: SECRET } });
  t.after(stop);
  assert.equal(await status(`http://127.0.0.1:${port}`, { jti: "a" }), 500);
  assert.equal(await change(`http://127.0.0.1:${port}`, { jti: "a" }), 503);
});
