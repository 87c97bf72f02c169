// A signed token, the endpoint that wants it, and what somebody writes by hand to check it.
import crypto from "node:crypto";

const SECRET = "c2VjcmV0LW9mLXRoZS1iZW5jaC0wMTIzNDU2Nzg5YWJjZGVm";
const ISSUER = "https://issuer.example";
const AUDIENCE = "bench";

/** @param {string} data */
const base64 = (data) => Buffer.from(data).toString("base64url");

/** A token that is valid for the next hours. */
export function token() {
  const head = { alg: "HS256", typ: "JWT", kid: "bench" };
  const claims = { iss: ISSUER, aud: [AUDIENCE], sub: "user-1", exp: Math.floor(Date.now() / 1000) + 36_000, roles: ["reader"] };
  const signed = `${base64(JSON.stringify(head))}.${base64(JSON.stringify(claims))}`;
  return `${signed}.${crypto.createHmac("sha256", Buffer.from(SECRET, "base64url")).update(signed).digest("base64url")}`;
}

export const tokenEndpoint = {
  extra_config: {
    "auth/validator": {
      alg: "HS256",
      issuer: ISSUER,
      audience: [AUDIENCE],
      roles_key: "roles",
      roles: ["reader"],
      jwk_local_path: "./keys.json",
      // KrakenD asks for this with bundled keys, too: there is no https:// in front of them.
      disable_jwk_security: true,
    },
  },
};

export const verifier = {
  files: { "keys.json": JSON.stringify({ keys: [{ kty: "oct", kid: "bench", alg: "HS256", k: SECRET }] }) },
  script: `
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
let key;
async function refuse(request) {
  const [head, claims, signature] = (request.headers.get("authorization") ?? "").replace(/^Bearer /, "").split(".");
  if (signature === undefined) return new Response(null, { status: 401 });
  key ??= crypto.subtle.importKey("raw", bytes("${SECRET}"), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  if (JSON.parse(atob(head)).alg !== "HS256") return new Response(null, { status: 401 });
  const signed = new TextEncoder().encode(head + "." + claims);
  if (!(await crypto.subtle.verify("HMAC", await key, bytes(signature), signed))) return new Response(null, { status: 401 });
  const { iss, aud, exp, roles } = JSON.parse(new TextDecoder().decode(bytes(claims)));
  if (iss !== "${ISSUER}" || !aud.includes("${AUDIENCE}") || exp < Date.now() / 1000) return new Response(null, { status: 401 });
  if (!roles.includes("reader")) return new Response(null, { status: 403 });
}`,
};
