// Tokens on workerd, with real keys and a real OpenID provider: who gets in, who doesn't, and what is signed.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { Provider } from "oidc-provider";
import { config, endpoint, origin as startOrigin, serve, startGateway } from "./support/gateway.mjs";
import { listening, startUpstream } from "./support/upstream.mjs";

/** @typedef {{ privateKey: crypto.KeyObject, publicKey: crypto.KeyObject }} Pair */

const rsaPair = () => crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const ecPair = (/** @type {string} */ namedCurve) => crypto.generateKeyPairSync("ec", { namedCurve });
const rsa = rsaPair();
const ec = { 256: ecPair("P-256"), 384: ecPair("P-384"), 512: ecPair("P-521") };
const ed = crypto.generateKeyPairSync("ed25519");
const stranger = rsaPair();
const secret = crypto.createSecretKey(crypto.randomBytes(64));

const ALGORITHMS = ["HS", "RS", "PS", "ES"].flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`)).concat("EdDSA");
const bits = (/** @type {string} */ alg) => Number(alg.slice(2));
/** @returns {Pair} */
const keysOf = (/** @type {string} */ alg) => {
  if (alg.startsWith("HS")) return { privateKey: secret, publicKey: secret };
  if (alg.startsWith("ES")) return ec[/** @type {256 | 384 | 512} */ (bits(alg))];
  return alg === "EdDSA" ? ed : rsa;
};

/** How node:crypto is told to sign and to verify. */
const how = (/** @type {string} */ alg, /** @type {crypto.KeyObject} */ key) =>
  /** @type {crypto.SignKeyObjectInput} */ ({
    key,
    ...(alg.startsWith("PS") ? { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: bits(alg) / 8 } : {}),
    ...(alg.startsWith("ES") ? { dsaEncoding: "ieee-p1363" } : {}),
  });
const digest = (/** @type {string} */ alg) => (alg === "EdDSA" ? null : `sha${bits(alg)}`);
const mac = (/** @type {string} */ alg, /** @type {string} */ input, /** @type {crypto.KeyObject} */ key) => crypto.createHmac(`sha${bits(alg)}`, key).update(input).digest();
const sign = (/** @type {string} */ alg, /** @type {string} */ input, /** @type {crypto.KeyObject} */ key = keysOf(alg).privateKey) =>
  alg.startsWith("HS") ? mac(alg, input, key) : crypto.sign(digest(alg), Buffer.from(input), how(alg, key));
const verify = (/** @type {string} */ alg, /** @type {string} */ input, /** @type {Buffer} */ signature) =>
  alg.startsWith("HS")
    ? crypto.timingSafeEqual(mac(alg, input, secret), signature)
    : crypto.verify(digest(alg), Buffer.from(input), how(alg, keysOf(alg).publicKey), signature);

const base64 = (/** @type {unknown} */ value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const CLAIMS = { iss: "https://issuer.test", aud: ["orders"], sub: "ann" };

/**
 * A token; `header` and `claims` add to good ones.
 *
 * @param {string} alg
 * @param {{ header?: object, claims?: object, key?: crypto.KeyObject | string | Buffer, signature?: Buffer }} [parts]
 */
function token(alg, { header = {}, claims = {}, key, signature } = {}) {
  const input = `${base64({ alg, kid: alg, typ: "JWT", ...header })}.${base64({ ...CLAIMS, exp: now() + 60, ...claims })}`;
  return `${input}.${(signature ?? sign(alg, input, key instanceof crypto.KeyObject || key === undefined ? key : crypto.createSecretKey(Buffer.from(key)))).toString("base64url")}`;
}
const bearer = (/** @type {string} */ text) => ({ authorization: `Bearer ${text}` });
const jwk = (/** @type {string} */ alg, /** @type {crypto.KeyObject} */ key) => ({ ...key.export({ format: "jwk" }), kid: alg, alg, use: "sig" });
const set = (/** @type {"publicKey" | "privateKey"} */ which) => ({ keys: ALGORITHMS.map((alg) => jwk(alg, keysOf(alg)[which])) });

/** @type {import("./support/upstream.mjs").Upstream} */
let origin;
/** @type {import("./support/gateway.mjs").Gateway} */
let gateway;
before(async () => {
  origin = await startUpstream({
    "/jwks": { json: set("publicKey") },
    "/private": { json: set("privateKey") },
    "/hang": { hang: true },
    "/ok": { json: { ok: true } },
    "/echo": { echo: true },
    "/claims": { json: { token: { sub: "ann", n: 1 }, other: "as it is" } },
  });
  const keys = (/** @type {string} */ path) => ({ jwk_url: origin.url + path, disable_jwk_security: true });
  const guarded = (/** @type {string} */ pattern, /** @type {object} */ validator, rest = {}) => ({
    ...endpoint(pattern, [{ url_pattern: "/ok" }], rest),
    extra_config: { "auth/validator": { cache: true, issuer: CLAIMS.iss, audience: CLAIMS.aud, ...validator } },
  });
  gateway = await startGateway(
    config(
      [
        ...ALGORITHMS.map((alg) => guarded(`/guarded/${alg}`, { alg, ...keys("/jwks") })),
        ...ALGORITHMS.map((alg) => ({
          ...endpoint(`/signed/${alg}`, [{ url_pattern: "/claims" }]),
          extra_config: { "auth/signer": { alg, kid: alg, keys_to_sign: ["token"], ...keys("/private") } },
        })),
        guarded("/rotating", { alg: "ES256", ...keys("/rotating"), cache_duration: 5 }),
        guarded("/failing", { alg: "ES256", ...keys("/failing"), cache_duration: 1 }),
        guarded("/hanging", { alg: "ES256", ...keys("/hang") }, { timeout: "300ms" }),
        guarded("/roles", { alg: "ES256", ...keys("/jwks"), roles: ["admin"], roles_key: "realm.roles", roles_key_is_nested: true }),
      ],
      { host: [origin.url] },
    ),
  );
});
after(async () => {
  await gateway?.stop();
  await origin?.stop();
});

const calls = (/** @type {string} */ path) => origin.requests.filter((/** @type {import("./support/upstream.mjs").Recorded} */ request) => request.path === path).length;
const status = async (/** @type {string} */ path, /** @type {string} */ text) => (await gateway.get(path, bearer(text))).status;

describe("a token", () => {
  for (const alg of ALGORITHMS) {
    test(`of ${alg} gets in, one of another key or a changed one doesn't`, async () => {
      const path = `/guarded/${alg}`;
      const good = token(alg);
      assert.equal(await status(path, good), 200);
      const [header, , signature] = good.split(".");
      assert.equal(await status(path, `${header}.${base64({ ...CLAIMS, sub: "eve", exp: now() + 60 })}.${signature}`), 401);
      const bytes = Buffer.from(signature ?? "", "base64url");
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      assert.equal(await status(path, token(alg, { signature: bytes })), 401);
      for (const other of ALGORITHMS) {
        if (other !== alg) assert.equal(await status(path, token(other, { header: { kid: alg } })), 401, other);
      }
    });
  }

  test("without the role is forbidden", async () => {
    assert.equal(await status("/roles", token("ES256", { claims: { realm: { roles: ["user", "admin"] } } })), 200);
    assert.equal(await status("/roles", token("ES256", { claims: { realm: { roles: ["user"] } } })), 403);
    assert.equal(await status("/roles", token("ES256")), 403);
  });
});

describe("an attack", () => {
  const pem = (/** @type {"spki" | "pkcs1"} */ type) => rsa.publicKey.export({ format: "pem", type });
  const stolen = token("RS256");
  const [header, payload, signature] = stolen.split(".");
  const unsigned = (/** @type {string} */ alg) => token(alg, { header: { kid: "RS256" }, signature: Buffer.alloc(0) });
  const own = { ...jwk("RS256", stranger.publicKey) };
  const attacks = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE with the signature": `${base64({ alg: "NONE", kid: "RS256" })}.${payload}.${signature}`,
    "no alg": `${base64({ kid: "RS256" })}.${payload}.${signature}`,
    "alg empty": `${base64({ alg: "", kid: "RS256" })}.${payload}.`,
    "alg twice": `${base64('{"alg":"RS256","alg":"none","kid":"RS256"}')}.${payload}.`,
    "HS256 with the public key (SPKI)": token("HS256", { header: { kid: "RS256" }, key: pem("spki") }),
    "HS256 with the public key (PKCS #1)": token("HS256", { header: { kid: "RS256" }, key: pem("pkcs1") }),
    "HS256 with the modulus": token("HS256", { header: { kid: "RS256" }, key: rsa.publicKey.export({ format: "jwk" }).n }),
    "a key of one's own": token("RS256", { key: stranger.privateKey }),
    "an embedded jwk": token("RS256", { key: stranger.privateKey, header: { jwk: own } }),
    "an embedded jwk and no kid": token("RS256", { key: stranger.privateKey, header: { jwk: own, kid: undefined } }),
    "a jku of one's own": token("RS256", { key: stranger.privateKey, header: { jku: "http://127.0.0.1:1/jwks", kid: "mine" } }),
    "an x5u of one's own": token("RS256", { key: stranger.privateKey, header: { x5u: "http://127.0.0.1:1/cert" } }),
    "an unknown kid": token("RS256", { header: { kid: "unknown" } }),
    "a kid of another key": token("RS256", { header: { kid: "ES256" } }),
    "a kid that is a path": token("RS256", { header: { kid: "../../dev/null" } }),
    "a kid that is a number": token("RS256", { header: { kid: 1 } }),
    "no kid": token("RS256", { header: { kid: undefined } }),
    "RS512 where RS256 is configured": token("RS512", { header: { kid: "RS256" } }),
    "PS256 where RS256 is configured": token("PS256", { header: { kid: "RS256" } }),
    "a critical extension": token("RS256", { header: { crit: ["exp"] } }),
    expired: token("RS256", { claims: { exp: now() - 60 } }),
    "not yet valid": token("RS256", { claims: { nbf: now() + 60 } }),
    "issued in the future": token("RS256", { claims: { iat: now() + 60 } }),
    "an expiry that is a text": token("RS256", { claims: { exp: String(now() + 60) } }),
    "another issuer": token("RS256", { claims: { iss: "https://evil.test" } }),
    "no issuer": token("RS256", { claims: { iss: undefined } }),
    "another audience": token("RS256", { claims: { aud: ["other"] } }),
    "no audience": token("RS256", { claims: { aud: undefined } }),
    "claims that are no object": `${header}.${base64("[]")}.${sign("RS256", `${header}.${base64("[]")}`).toString("base64url")}`,
    "a signature of another token": `${stolen.split(".").slice(0, 2).join(".")}.${token("RS256", { claims: { sub: "bob" } }).split(".")[2]}`,
    "a cut signature": stolen.slice(0, -20),
    "no signature": `${header}.${payload}.`,
    "two parts": `${header}.${payload}`,
    "four parts": `${stolen}.x`,
    garbage: "garbage",
    "dots alone": "..",
    "nothing behind the scheme": "",
    "no base64": `${header}.${payload}.!!!!`,
    "another scheme": `Basic ${stolen}`,
    "100,000 bytes": "x".repeat(100_000),
    "claims nested deeply": `${header}.${base64(`${"[".repeat(20_000)}${"]".repeat(20_000)}`)}.${signature}`,
  };
  for (const [name, text] of Object.entries(attacks)) {
    test(`by ${name} doesn't get in`, async () => {
      const earlier = calls("/ok");
      assert.equal(await status("/guarded/RS256", text), 401);
      assert.equal(calls("/ok"), earlier);
    });
  }

  test("by a signature of zeros doesn't get in", async () => {
    for (const [size, length] of Object.entries({ 256: 64, 384: 96, 512: 132 })) {
      assert.equal(await status(`/guarded/ES${size}`, token(`ES${size}`, { signature: Buffer.alloc(length) })), 401);
    }
  });

  test("by two lines, a query or another header doesn't get in", async () => {
    const good = token("RS256");
    const ask = (/** @type {string[]} */ ...lines) => gateway.raw(["GET /guarded/RS256?access_token=" + good + " HTTP/1.1", "Host: gateway", "Connection: close", ...lines, "", ""].join("\r\n"));
    for (const lines of [[], [`X-Authorization: Bearer ${good}`], [`Authorization: Bearer ${unsigned("none")}`, `Authorization: Bearer ${good}`], [`Authorization: Bearer ${unsigned("none")}, Bearer ${good}`]]) {
      assert.match(await ask(...lines), /^HTTP\/1\.1 401/);
    }
    assert.match(await ask(`Authorization: bEARER ${good}`), /^HTTP\/1\.1 200/);
    assert.match(await ask(`Cookie: a=b; access_token=${good}`), /^HTTP\/1\.1 200/);
  });

  test("leaves the reason in the log, and the token not", async () => {
    await gateway.logged(/the signature is wrong/);
    assert.ok(signature && !gateway.output.includes(signature));
  });
});

describe("a key server", () => {
  const serveKey = (/** @type {string} */ path, /** @type {string} */ kid, /** @type {Pair} */ key) => (origin.routes[path] = { json: { keys: [jwk(kid, key.publicKey)] } });
  const of = (/** @type {string} */ kid, /** @type {Pair} */ key) => token("ES256", { header: { kid }, key: key.privateKey });

  test("is asked once as long as its keys are fresh, and for an unknown kid", async () => {
    const next = ecPair("P-256");
    serveKey("/rotating", "old", ec[256]);
    for (let i = 0; i < 3; i++) assert.equal(await status("/rotating", of("old", ec[256])), 200);
    assert.equal(calls("/rotating"), 1);
    serveKey("/rotating", "new", next);
    assert.equal(await status("/rotating", of("new", next)), 200);
    assert.equal(calls("/rotating"), 2);
    assert.equal(await status("/rotating", of("old", ec[256])), 401);
  });

  test("that fails leaves the old keys in force, and a client with another none", async () => {
    serveKey("/failing", "k", ec[256]);
    assert.equal(await status("/failing", of("k", ec[256])), 200);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    for (const reply of [{ reset: true }, { body: "<html>", headers: { "content-type": "text/html" } }]) {
      origin.routes["/failing"] = reply;
      assert.equal(await status("/failing", of("k", ec[256])), 200);
      assert.equal(await status("/failing", of("other", ec[256])), 401);
    }
    await gateway.logged(/the old keys hold/);
  });

  test("that hangs lets nobody in, and nobody wait for ever", async () => {
    const started = performance.now();
    assert.equal(await status("/hanging", token("ES256")), 401);
    assert.ok(performance.now() - started < 1500);
  });
});

describe("a signed answer", () => {
  for (const alg of ALGORITHMS) {
    test(`with ${alg} is verified by another program`, async () => {
      const { status: answered, json } = await gateway.get(`/signed/${alg}`);
      assert.deepEqual([answered, json?.other], [200, "as it is"]);
      const [header, payload, signature] = json.token.split(".");
      assert.deepEqual(JSON.parse(Buffer.from(header, "base64url").toString()), { alg, kid: alg, typ: "JWT" });
      assert.deepEqual(JSON.parse(Buffer.from(payload, "base64url").toString()), { sub: "ann", n: 1 });
      assert.ok(verify(alg, `${header}.${payload}`, Buffer.from(signature, "base64url")));
    });
  }
});

describe("an OpenID provider", () => {
  /** @type {http.Server} */
  let server;
  /** @type {string} */
  let issuer;
  /** @type {string[]} */
  const asked = [];
  before(async () => {
    server = http.createServer();
    issuer = `http://127.0.0.1:${await listening(server)}`;
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: "gateway",
          client_secret: "a secret: 100%",
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
        },
      ],
      jwks: { keys: [jwk("RS256", rsa.privateKey), jwk("ES256", ec[256].privateKey)] },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => "urn:orders",
          getResourceServerInfo: () => ({ scope: "read", audience: "orders", accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
        },
      },
    });
    const answer = provider.callback();
    server.on("request", (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const count = (/** @type {string} */ call) => asked.filter((other) => other === call).length;

  test("gives the gateway one token for many calls, and the keys that prove it", async (t) => {
    const upstream = await startOrigin(t, { "/echo": { echo: true }, "/ok": { json: { ok: true } } });
    const credentials = { client_id: "gateway", client_secret: "$SECRET", token_url: `${issuer}/token`, scopes: "read" };
    const validator = { alg: "ES256", cache: true, jwk_url: `${issuer}/jwks`, disable_jwk_security: true, issuer, audience: ["orders"] };
    const own = await serve(
      t,
      config(
        [
          endpoint("/echo", [{ url_pattern: "/echo", extra_config: { "auth/client-credentials": credentials } }]),
          endpoint("/wrong", [{ url_pattern: "/echo", extra_config: { "auth/client-credentials": { ...credentials, client_secret: "no" } } }]),
          {
            ...endpoint("/orders", [{ url_pattern: "/ok" }]),
            extra_config: { "auth/validator": { ...validator, scopes: ["read"], scopes_key: "scope", scopes_matcher: "all" } },
          },
          {
            ...endpoint("/write", [{ url_pattern: "/ok" }]),
            extra_config: { "auth/validator": { ...validator, scopes: ["read", "write"], scopes_key: "scope", scopes_matcher: "all" } },
          },
        ],
        { host: [upstream.url] },
      ),
      { env: { SECRET: "a secret: 100%" } },
    );
    const first = await own.get("/echo");
    const authorization = first.json?.headers.authorization;
    assert.match(authorization ?? "", /^Bearer ey/, own.output);
    for (let i = 0; i < 3; i++) assert.equal((await own.get("/echo")).json.headers.authorization, authorization);
    const parallel = await Promise.all(Array.from({ length: 5 }, () => own.get("/echo")));
    for (const { json } of parallel) assert.equal(json.headers.authorization, authorization);
    assert.equal(count("POST /token"), 1);

    for (let i = 0; i < 3; i++) assert.deepEqual((await own.get("/orders", { authorization })).json, { ok: true });
    assert.equal(count("GET /jwks"), 1);
    assert.equal((await own.get("/write", { authorization })).status, 403);
    assert.equal((await own.get("/orders", { authorization: `${authorization.slice(0, -8)}AAAAAAAA` })).status, 401);

    const wrong = await own.get("/wrong");
    assert.equal(wrong.status, 500);
    assert.ok(!own.output.includes("a secret"));
  });
});
