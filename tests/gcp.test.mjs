// `auth/gcp` on workerd against a token server that lets in what node:crypto can verify, as Google's does.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { test } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

/** @typedef {import("./support/gateway.mjs").Context} Context */
/** @typedef {import("./support/upstream.mjs").Recorded} Recorded */

const AUDIENCE = "https://orders.run.example";
const EMAIL = "gateway@project.iam.gserviceaccount.com";
const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });

const decoded = (/** @type {string} */ part) => /** @type {Record<string, unknown>} */ (JSON.parse(Buffer.from(part, "base64url").toString()));
const encoded = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * What Google makes of a request for a token: an identity token for the audience that the assertion names, if its signature is right.
 *
 * @param {Recorded} request
 */
function give({ method, headers, body, url }) {
  const form = new URLSearchParams(body.toString());
  const [header = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
  const is = decoded(claims);
  const now = Date.now() / 1000;
  const right =
    method === "POST" &&
    headers["content-type"] === "application/x-www-form-urlencoded" &&
    form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
    decoded(header).alg === "RS256" &&
    decoded(header).kid === "key-1" &&
    crypto.verify("sha256", Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, "base64url")) &&
    [is.iss, is.sub].every((who) => who === EMAIL) &&
    String(is.aud).endsWith(url) &&
    Math.abs(Number(is.iat) - now) < 60 &&
    Number(is.exp) - Number(is.iat) === 3600;
  if (!right) return { status: 400, json: { error: "invalid_grant", error_description: form.get("assertion") } };
  return { json: { id_token: `x.${encoded({ aud: is.target_audience, team: is.team, exp: Math.floor(now) + 3600 })}.y` } };
}

/** A token server, and a service that says which token a call has. @param {Context} t */
const google = (t) =>
  origin(t, {
    "/token": give,
    "/service": ({ headers }) => ({ json: { claims: decoded(String(headers.authorization).split(".")[1] ?? "") } }),
    "/moved": { status: 302, headers: { location: "/service" } },
  });

/** A service account as Google writes it. @param {{ url: string }} server */
const account = ({ url }, key = privateKey) =>
  JSON.stringify({
    type: "service_account",
    private_key_id: "key-1",
    private_key: key.export({ type: "pkcs8", format: "pem" }),
    client_email: EMAIL,
    token_uri: `${url}/token`,
  });

/** @param {{ url: string }} server @param {string} [path] */
const calling = ({ url }, path = "/service") =>
  config([endpoint("/x", [{ host: [url], url_pattern: path, extra_config: { "auth/gcp": { audience: AUDIENCE, custom_claims: { team: "a" } } } }])], {
    extra_config: { router: { return_error_msg: true } },
  });

test("a call carries an identity token, asked for once by a signature that the server can verify", async (t) => {
  const server = await google(t);
  const gateway = await serve(t, calling(server), { env: { GOOGLE_CREDENTIALS: account(server) } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.get("/x")));
  for (const { status, text, json } of [...answers, await gateway.get("/x")]) {
    assert.equal(status, 200, text);
    const { claims } = /** @type {{ claims: Record<string, unknown> }} */ (json);
    assert.deepEqual([claims.aud, claims.team], [AUDIENCE, "a"]);
  }
  assert.equal(server.requests.filter((/** @type {Recorded} */ { path }) => path === "/token").length, 1);
});

test("a key that the server doesn't know gets no token, makes no call, and nothing of it is told", async (t) => {
  const server = await google(t);
  const gateway = await serve(t, calling(server), { env: { GOOGLE_CREDENTIALS: account(server, stranger.privateKey) } });
  const { status, text } = await gateway.get("/x");
  assert.equal(status, 500);
  assert.match(text, /^gcp: the token of .* is answered with status 400$/);
  assert.doesNotMatch(gateway.output, /eyJ|PRIVATE KEY/);
  assert.equal(server.requests.filter((/** @type {Recorded} */ { path }) => path === "/service").length, 0);
});

test("a redirect within the service keeps the token", async (t) => {
  const server = await google(t);
  const gateway = await serve(t, calling(server, "/moved"), { env: { GOOGLE_CREDENTIALS: account(server) } });
  assert.equal((await gateway.get("/x")).status, 200);
});
