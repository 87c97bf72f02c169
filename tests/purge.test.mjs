// `fjord purge` against a gateway that caches answers, and against what isn't one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { command, config, endpoint, origin, serve } from "./support/gateway.mjs";

const SECRET = "s3cret+/= x";

/**
 * A gateway with two cached endpoints; each answer counts how often the origin was asked.
 *
 * @param {import("./support/gateway.mjs").Context} t
 * @param {Record<string, string>} [env]
 */
async function caching(t, env = { FJORD_CACHE: "api", FJORD_PURGE_SECRET: SECRET }) {
  let n = 0;
  const upstream = await origin(t, { "/n": () => ({ json: { n: ++n } }) });
  const cached = (/** @type {string} */ path, /** @type {object} */ cache) => endpoint(path, [{ url_pattern: "/n" }], { "@fjord": { cache } });
  const gateway = await serve(t, config([cached("/users/{id}", { tags: ["people & co"] }), cached("/orders", {})], { host: [upstream.url], cache_ttl: "60s" }), { env });
  const ask = async () => [(await gateway.get("/users/1")).json.n, (await gateway.get("/orders")).json.n];
  return { gateway, ask };
}

/**
 * @param {string[]} args
 * @param {string} [secret]
 */
const purge = (args, secret = SECRET) => command(["purge", ...args], { env: { ...process.env, FJORD_PURGE_SECRET: secret } });

describe("fjord purge", () => {
  test("forgets by tag, by endpoint, or all", async (t) => {
    const { gateway, ask } = await caching(t);
    assert.deepEqual(await ask(), [1, 2]);
    assert.deepEqual(await ask(), [1, 2]);
    const done = await purge([gateway.url, "--tag", "people & co"]);
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.match(done.stdout, /has purged people & co/);
    assert.deepEqual(await ask(), [3, 2]);
    assert.equal((await purge([gateway.url, "-e", "/orders", "-e", "users/{id}"])).code, 0);
    assert.deepEqual(await ask(), [4, 5]);
    assert.equal((await purge([gateway.url, "--tag", "nobody"])).code, 0);
    assert.deepEqual(await ask(), [4, 5]);
    assert.equal((await purge([gateway.url, "--all"])).code, 0);
    assert.deepEqual(await ask(), [6, 7]);
  });

  test("says why nothing was purged", async (t) => {
    const { gateway, ask } = await caching(t);
    const before = await ask();
    const wrong = await purge([gateway.url, "--all"], "wrong");
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /purged nothing: the secret isn't the worker's/);
    assert.deepEqual(await ask(), before);
    const { gateway: without } = await caching(t, { FJORD_CACHE: "api" });
    assert.match((await purge([without.url, "--all"])).stderr, /purged nothing: it has no purge: the worker needs FJORD_CACHE/);
    assert.match((await purge(["http://127.0.0.1:1", "--all"])).stderr, /can't be reached/);
  });

  test("sends the secret to the host it was given alone", async (t) => {
    const thief = await origin(t, { "/__fjord/purge": { status: 204 } });
    const gateway = await origin(t, { "/__fjord/purge": { status: 307, headers: { location: `${thief.url}/__fjord/purge` } } });
    const { code, stderr } = await purge([gateway.url, "--all"]);
    assert.equal(code, 1);
    assert.match(stderr, /it answered 307/);
    assert.equal(thief.requests.length, 0);
  });

  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [[], /needs the address of one gateway/],
    [["http://127.0.0.1:1"], /needs what to forget/],
    [["http://127.0.0.1:1", "--all", "--tag", "a"], /needs what to forget/],
    [["http://127.0.0.1:1", "--tag", ""], /a tag is empty/],
    [["http://127.0.0.1:1", "http://127.0.0.1:2", "--all"], /needs the address of one gateway/],
    [["http://shop.example.com", "--all"], /clear text; use https:\/\/shop\.example\.com/],
    [["ftp://shop.example.com", "--all"], /isn't the address of a gateway/],
  ])) {
    test(`refuses: ${args.join(" ") || "nothing"}`, async () => {
      const { code, stderr } = await purge(args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  test("needs the secret", async () => {
    const { code, stderr } = await purge(["https://shop.example.com", "--all"], "");
    assert.equal(code, 2);
    assert.match(stderr, /the variable FJORD_PURGE_SECRET/);
  });
});
