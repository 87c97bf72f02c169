// Calls of HTTPS origins with own certificates: the module of `origins/` on workerd, servers of node:https.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeCertificates } from "./support/certificates.mjs";
import { httpsOrigin, profile, startWorker, tcpServer } from "./support/origins.mjs";
import { freePort } from "./support/upstream.mjs";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { ServerOptions } from "node:https" */
/** @import { Socket } from "node:net" */
/** @import { TLSSocket } from "node:tls" */
/** @import { Context } from "./support/gateway.mjs" */
/** @import { Call } from "./support/origins.mjs" */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const MEGABYTE = 1 << 20;

const certificates = makeCertificates();
after(() => certificates.remove());

const ca = () => [certificates.pem("ca.pem")];
const identity = (/** @type {string} */ name) => ({ certificate: certificates.pem(`${name}.pem`), key: certificates.pem(`${name}.key`) });

/** The TLS side of a request. */
const tls = (/** @type {IncomingMessage} */ request) => /** @type {TLSSocket} */ (request.socket);

/**
 * Says what the handshake agreed on.
 *
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
function report(request, response) {
  const socket = tls(request);
  const { CN } = socket.getPeerCertificate().subject ?? {};
  const facts = [socket.getProtocol(), socket.getCipher().standardName, socket.isSessionReused() ? "resumed" : "full", CN ?? "-"];
  response.end(facts.join(" "));
}

/**
 * A server with one of the certificates.
 *
 * @param {Context} t
 * @param {string} name
 * @param {ServerOptions} [options]
 * @param {(request: IncomingMessage, response: ServerResponse) => unknown} [handler]
 */
const server = (t, name, options = {}, handler = report) => httpsOrigin(t, { ...certificates.pair(name), ...options }, handler);

/** The bytes of a body; -1 of one that is cut. */
async function sizeOf(/** @type {IncomingMessage} */ request) {
  let size = 0;
  try {
    for await (const chunk of request) size += /** @type {Buffer} */ (chunk).length;
  } catch {
    return -1;
  }
  return size;
}

/** The worker for a group of tests. */
const workerFor = (/** @type {object[]} */ profiles, /** @type {string[]} */ roots = []) => startWorker({ after }, profiles, roots);

/** @returns {ServerOptions} */
const only = (/** @type {"1.2" | "1.3"} */ version) => ({ minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` });

const forHandshakes = await workerFor([
  profile({ ca: ca() }),
  profile({ insecure: true }),
  profile({ ca: [certificates.pem("selfca.pem")] }),
  ...["client", "clientrsa", "clientp521", "cliented25519"].map((name) => profile({ ca: ca(), identities: [identity(name)] })),
  // Of one's own each: a profile is known by what it says.
  profile({ ca: [...ca(), certificates.pem("public.pem")] }),
  profile({ ca: [...ca(), certificates.pem("selfca.pem")] }),
]);

describe("handshakes", () => {
  const OWN = 0, INSECURE = 1, LEAF = 2, CLIENT = 3, CLIENT_RSA = 4, CLIENT_P521 = 5, CLIENT_ED25519 = 6;
  const SUITES = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"];
  const RSA_SUITES = SUITES.map((suite) => suite.replace("ECDSA", "RSA"));
  const SUITES_13 = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
  const mutual = () => ({ requestCert: true, rejectUnauthorized: true, ca: ca() });
  /** @type {[string, number][]} */
  const clients = [["client", CLIENT], ["clientrsa", CLIENT_RSA], ["clientp521", CLIENT_P521], ["cliented25519", CLIENT_ED25519]];
  const cipherOf = (/** @type {string} */ suite) => suite.replace(/^ECDHE-(ECDSA|RSA)-/, "").replace(/^AES/, "AES_").replace(/-.*/, "");
  /** @type {[string, number, string, () => ServerOptions, string][]} */
  const cases = [
    .../** @type {("1.2" | "1.3")[]} */ (["1.2", "1.3"]).flatMap((version) => /** @type {[string, number, string, () => ServerOptions, string][]} */ ([
      ...["ec", "rsa", "p384", "p521", "ed25519"].map((name) => [`own CA, ${name} key, TLS ${version}`, OWN, name, () => only(version), `TLSv${version}`]),
      ...["selfsigned", "selfsignedrsa", "v1", "expired", "named"].map((name) => [`insecure, ${name}, TLS ${version}`, INSECURE, name, () => only(version), `TLSv${version}`]),
      [`a root as the server's certificate, TLS ${version}`, LEAF, "selfca", () => only(version), `TLSv${version}`],
      ...clients.map(([name, number]) => [`client certificate ${name}, TLS ${version}`, number, "ec", () => ({ ...only(version), ...mutual() }), ` ${name}`]),
    ])),
    .../** @type {typeof cases} */ (SUITES.map((suite) => [suite, OWN, "ec", () => ({ ...only("1.2"), ciphers: suite }), cipherOf(suite)])),
    .../** @type {typeof cases} */ (RSA_SUITES.map((suite) => [suite, OWN, "rsa", () => ({ ...only("1.2"), ciphers: suite }), cipherOf(suite)])),
    .../** @type {typeof cases} */ (SUITES_13.map((suite) => [suite, OWN, "ec", () => ({ ...only("1.3"), ciphers: suite }), suite])),
    .../** @type {typeof cases} */ (["X25519", "prime256v1", "secp384r1", "secp521r1"].map((curve) => [`curve ${curve}`, OWN, "ec", () => ({ ecdhCurve: curve }), "full"])),
  ];

  const worker = forHandshakes;

  for (const [name, number, certificate, options, expected] of cases) {
    test(name, async (t) => {
      const { url } = await server(t, certificate, options());
      const { status, body, error } = await worker.call({ profile: number, url });
      assert.equal(status, 200, error);
      assert.ok(body.includes(expected), body);
    });
  }

  // With profiles of their own: sessions are known by the host's name.
  for (const [number, version] of /** @type {[number, "1.2" | "1.3"][]} */ ([[7, "1.2"], [8, "1.3"]])) {
    test(`sessions of TLS ${version} are resumed`, async (t) => {
      const { url } = await server(t, "ec", only(version));
      assert.match((await worker.call({ profile: number, url })).body, /full/);
      assert.match((await worker.call({ profile: number, url })).body, /resumed/);
    });
  }

  test("an address is called without a name", async (t) => {
    const { port } = await server(t, "ec", {}, (request, response) => void response.end(String(/** @type {{ servername?: unknown }} */ (/** @type {unknown} */ (tls(request))).servername)));
    assert.equal((await worker.call({ url: `https://127.0.0.1:${port}/` })).body, "false");
  });
});

const forFailures = await workerFor([
  profile({ ca: ca() }),
  profile({ ca: ca(), min: "1.3" }),
  profile({ ca: ca(), identities: [identity("stranger")] }),
  profile({ ca: ca(), identities: [{ ...identity("client"), key: certificates.pem("ec.key") }] }),
]);

describe("failures", () => {
  const OWN = 0, DEFAULT = 1, STRANGER = 2, MISMATCH = 3;
  const worker = forFailures;

  /** The failure of a call, within its time; its text begins with the origin. */
  async function failure(/** @type {Call} */ call) {
    const started = Date.now();
    const { error = "", code = "", status } = await worker.call(call);
    assert.equal(status, undefined);
    assert.ok(error.startsWith(`${new URL(call.url).host}: `), error);
    assert.ok(Date.now() - started < 10_000);
    return [code, error];
  }

  /** @type {[string, number, string, () => ServerOptions, string | RegExp, RegExp][]} */
  const cases = [
    ["another name", OWN, "named", () => ({}), "wrong-name", /isn't valid for localhost, only for api\.test/],
    ["an expired certificate", OWN, "expired", () => ({}), "certificate-expired", /has expired \(2021-01-01\)/],
    ["an unknown issuer", OWN, "open", () => ({}), "unknown-issuer", /add the issuer to ca_certs/],
    ["TLS 1.2 under the default", DEFAULT, "ec", () => only("1.2"), "tls-version", /min_version/],
    ["a missing client certificate", OWN, "ec", () => ({ requestCert: true, ca: ca() }), "client-certificate-required", /set client_certs/],
    // Its alert comes with a reset, which may be faster.
    ["a missing client certificate, TLS 1.2", OWN, "ec", () => ({ requestCert: true, ca: ca(), ...only("1.2") }), /^handshake-(refused|cut)$/, /handshake/],
    ["a client certificate of another issuer", STRANGER, "ec", () => ({ requestCert: true, ca: ca() }), "client-certificate-required", /set client_certs/],
    ["a key of another certificate", MISMATCH, "ec", () => ({}), "bad-profile", /client_certs\[0\]: the private key isn't the key of the certificate/],
  ];
  for (const [name, number, certificate, options, code, text] of cases) {
    test(name, async (t) => {
      const { url } = await server(t, certificate, options());
      const [found = "", error = ""] = await failure({ profile: number, url });
      if (typeof code === "string") assert.equal(found, code, error);
      else assert.match(found, code, error);
      assert.match(error, text);
    });
  }

  /** A server that does this with each connection. */
  const tcp = async (/** @type {Context} */ t, /** @type {(socket: Socket) => void} */ handler) => `https://localhost:${await tcpServer(t, handler)}`;

  test("a refused connection", async () => {
    assert.equal((await failure({ url: `https://localhost:${await freePort()}` }))[0], "no-connection");
  });

  test("an origin that speaks no TLS", async (t) => {
    const url = await tcp(t, (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert.equal((await failure({ url }))[0], "not-tls");
  });

  test("an origin that ends the handshake", async (t) => {
    const url = await tcp(t, (socket) => socket.once("data", () => socket.destroy()));
    assert.equal((await failure({ url }))[0], "handshake-cut");
  });

  test("an origin that is silent before the handshake", async (t) => {
    const url = await tcp(t, () => {});
    assert.equal((await failure({ url, millis: 300 }))[0], "timed-out");
  });

  test("an origin that is silent after the request", async (t) => {
    const { url } = await server(t, "ec", {}, () => {});
    assert.equal((await failure({ url, millis: 300 }))[0], "timed-out");
  });

  test("a call that is aborted", async (t) => {
    const { url } = await server(t, "ec", {}, () => {});
    assert.equal((await failure({ url, abortAfter: 200 }))[0], "aborted");
  });

  test("half a body", async (t) => {
    const { url } = await server(t, "ec", {}, (_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("half", () => response.destroy());
    });
    assert.equal((await failure({ url }))[0], "response-cut");
  });
});

const forExchanges = await workerFor([profile({ ca: ca() }), profile({ ca: ca(), public_roots: true })], [certificates.pem("public.pem")]);

describe("exchanges", () => {
  const FALLBACK = 1;
  const worker = forExchanges;

  test("lines arrive as they were made", async (t) => {
    const { url, port } = await server(t, "ec", {}, (request, response) => {
      response.writeHead(299, { "x-a": ["1", "2"], "set-cookie": ["a=1", "b=2"], "x-utf8": Buffer.from("é").toString("latin1") });
      response.end(JSON.stringify([request.method, request.url, request.rawHeaders]));
    });
    const { status, headers, body } = await worker.call({ url: `${url}/a/../b?c=%2e`, method: "DELETE", lines: "X-B\n1\nx-a\n2\nHost\nevil\nContent-Length\n9\n" });
    assert.equal(status, 299);
    assert.deepEqual(JSON.parse(body), ["DELETE", "/a/../b?c=%2e", ["Host", `localhost:${port}`, "X-B", "1", "x-a", "2"]]);
    assert.deepEqual(headers.filter(([name]) => name === "set-cookie"), [["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
    assert.equal(headers.find(([name]) => name === "x-a")?.[1], "1, 2");
    assert.equal(headers.find(([name]) => name === "x-utf8")?.[1], "é");
  });

  test("statuses without a body, and unusual ones", async (t) => {
    const { url } = await server(t, "ec", {}, (request, response) => void response.writeHead(Number(request.url?.slice(1))).end());
    for (const status of [204, 304, 404, 503, 600, 999]) assert.equal((await worker.call({ url: `${url}/${status}` })).status, status);
    assert.equal((await worker.call({ url: `${url}/200`, method: "HEAD" })).status, 200);
  });

  test("compressed bodies are inflated on demand", async (t) => {
    const { url } = await server(t, "ec", {}, (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync("hello"));
    });
    const inflated = await worker.call({ url, inflate: true });
    assert.equal(inflated.body, "hello");
    assert.deepEqual(inflated.headers.filter(([name]) => name.startsWith("content-")), []);
    const passed = await worker.pass({ url });
    assert.equal(passed.headers.get("content-encoding"), "gzip");
    assert.equal(await passed.text(), "hello");
  });

  test("uploads of bytes and of streams", async (t) => {
    const { url } = await server(t, "ec", {}, async (request, response) => {
      const size = await sizeOf(request);
      response.end(JSON.stringify([request.headers["content-length"] ?? request.headers["transfer-encoding"], size]));
    });
    const body = Buffer.alloc(3 * MEGABYTE, "x");
    const sent = async (/** @type {Partial<Call>} */ call) => /** @type {[string, number]} */ (JSON.parse((await worker.call({ url, method: "POST", ...call }, { method: "POST", body })).body));
    assert.deepEqual(await sent({ upload: "bytes" }), [String(body.length), body.length]);
    assert.deepEqual(await sent({ upload: "stream" }), ["chunked", body.length]);
    assert.deepEqual(await sent({ upload: "stream", length: body.length }), [String(body.length), body.length]);
    const short = await worker.call({ url, method: "POST", upload: "stream", length: body.length + 1 }, { method: "POST", body });
    assert.equal(short.code, "upload-failed", short.error);
  });

  test("an upload that the origin refuses early", async (t) => {
    const { url } = await server(t, "ec", {}, (_, response) => void response.writeHead(413).end("no"));
    const { status, body, error } = await worker.call({ url, method: "POST", upload: "stream" }, { method: "POST", body: Buffer.alloc(8 * MEGABYTE) });
    assert.equal(status, 413, error);
    assert.equal(body, "no");
  });

  test("50 MB pass through with little memory, an upload as well", async (t) => {
    const SIZE = 50 * MEGABYTE;
    const { url } = await server(t, "ec", {}, async (request, response) => {
      if (request.method === "GET") {
        response.end();
        return;
      }
      response.writeHead(200, { "x-received": await sizeOf(request) });
      const part = Buffer.alloc(MEGABYTE, "x");
      for (let i = 0; i < 50; i++) if (!response.write(part)) await once(response, "drain");
      response.end();
    });
    await worker.call({ url: `${url}/` });
    const before = (await worker.stats()).memory;
    const started = Date.now();
    const answer = await worker.pass({ url, method: "POST", upload: "stream", millis: 60_000 }, { method: "POST", body: Buffer.alloc(SIZE) });
    let size = 0;
    for await (const chunk of answer.body ?? []) size += chunk.length;
    assert.equal(size, SIZE);
    assert.equal(answer.headers.get("x-received"), String(SIZE));
    const grown = (await worker.stats()).memory - before;
    t.diagnostic(`2 x 50 MB in ${Date.now() - started} ms, ${grown >> 10} KB more memory`);
    assert.ok(grown < 5 * MEGABYTE, `${grown} bytes`);
  });

  test("a slow client slows the origin down, one that leaves ends it", async (t) => {
    let sent = 0;
    const { url, sockets } = await server(t, "ec", {}, async (_, response) => {
      const closed = once(response, "close").catch(() => {});
      while (!response.destroyed && sent < 500) {
        sent += 1;
        if (!response.write(Buffer.alloc(MEGABYTE))) await Promise.race([once(response, "drain"), closed]);
      }
    });
    const answer = await worker.pass({ url });
    const reader = answer.body?.getReader();
    await reader?.read();
    await sleep(1500);
    assert.ok(sent < 60, `${sent} MB were sent`);
    await reader?.cancel();
    for (let i = 0; sockets() > 0 && i < 100; i++) await sleep(100);
    assert.equal(sockets(), 0);
  });

  test("a streamed body that is cut is no whole one", async (t) => {
    const { url } = await server(t, "ec", {}, (_, response) => {
      response.writeHead(200);
      response.write(Buffer.alloc(200_000), () => setTimeout(() => response.destroy(), 100));
    });
    const answer = await worker.pass({ url });
    await assert.rejects(answer.arrayBuffer());
  });

  test("a streamed body is cut at its time", async (t) => {
    const { url, sockets } = await server(t, "ec", {}, (_, response) => void response.write(Buffer.alloc(200_000)));
    const answer = await worker.pass({ url, cutAfter: 600 });
    await assert.rejects(answer.arrayBuffer());
    for (let i = 0; sockets() > 0 && i < 100; i++) await sleep(50);
    assert.equal(sockets(), 0);
  });

  test("a host with a public certificate is left to the platform", async (t) => {
    const { url } = await server(t, "open", {}, async (request, response) => {
      response.end(`${request.method} ${await sizeOf(request)} ${String(request.headers["x-a"])}`);
    });
    for (let i = 0; i < 2; i++) {
      /** @type {Call} */
      const call = { profile: FALLBACK, url, method: "POST", upload: "stream", lines: "X-A\n1\n" };
      const { body, error } = await worker.call(call, { method: "POST", body: Buffer.alloc(100_000) });
      assert.equal(body, "POST 100000 1", error);
    }
    assert.equal((await worker.call({ url })).code, "unknown-issuer");
    // A host with an own certificate is called over a socket by the same profile.
    const own = await server(t, "ec");
    assert.equal((await worker.call({ profile: FALLBACK, url: own.url })).status, 200);
  });

  test("a trap spoils one instance, not the worker", async (t) => {
    const { url } = await server(t, "ec");
    assert.equal((await worker.call({ url })).status, 200);
    await worker.trap();
    assert.equal((await worker.call({ url })).status, 200);
    assert.match(worker.output, /the origins' module failed and restarts: a test/);
  });
});
