// `client_tls`: backends called by certificates that aren't public ones, through the whole gateway on workerd.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { after, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { makeCertificates } from "./support/certificates.mjs";
import { command, config, endpoint, folder, origin, serve } from "./support/gateway.mjs";
import { httpsOrigin } from "./support/origins.mjs";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { ServerOptions } from "node:https" */
/** @import { TLSSocket } from "node:tls" */
/** @import { Context, Part } from "./support/gateway.mjs" */

const certificates = makeCertificates();
after(() => certificates.remove());

/** The files that configurations here name. */
const files = Object.fromEntries(
  ["ca.pem", "client.pem", "client.key", "stranger.pem", "stranger.key", "ec.key"].map((name) => [name, certificates.pem(name)]),
);

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Says who asked, and how. */
function report(/** @type {IncomingMessage} */ request, /** @type {ServerResponse} */ response) {
  const socket = /** @type {TLSSocket} */ (request.socket);
  const { method, url, headers } = request;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, version: socket.getProtocol(), client: socket.getPeerCertificate().subject?.CN ?? null }));
}

/**
 * A server with one of the certificates.
 *
 * @param {Context} t
 * @param {string} name
 * @param {(request: IncomingMessage, response: ServerResponse) => unknown} [handler]
 * @param {ServerOptions} [options]
 */
const server = (t, name, handler = report, options = {}) => httpsOrigin(t, { ...certificates.pair(name), ...options }, handler);

/**
 * A gateway with a backend at `/a`.
 *
 * @param {Context} t
 * @param {string} url
 * @param {Part} root Members of the root.
 * @param {Part} [backend]
 * @param {Part} [rest] Members of the endpoint.
 * @param {import("./support/gateway.mjs").Options} [options]
 */
const gatewayTo = (t, url, root, backend = {}, rest = {}, options = {}) =>
  serve(t, config([endpoint("/a", [{ host: [url], url_pattern: "/b", ...backend }], rest)], root), { files, ...options });

const own = { client_tls: { ca_certs: ["ca.pem"] } };
const ofBackend = (/** @type {Part} */ tls) => ({ extra_config: { "backend/http/client": { client_tls: tls } } });

describe("certificates", () => {
  test("the example of KrakenD's documentation calls an origin with a self-signed certificate", async (t) => {
    const { url } = await server(t, "selfsigned");
    const gateway = await gatewayTo(t, url, { client_tls: { allow_insecure_connections: true } });
    const { status, json } = await gateway.get("/a");
    assert.equal(status, 200, gateway.output);
    assert.deepEqual([json.method, json.url, json.version], ["GET", "/b", "TLSv1.3"]);
    assert.equal(json.headers["user-agent"], "KrakenD Version 2.11.2");
  });

  test("so does the old option of the root", async (t) => {
    const { url } = await server(t, "selfsigned");
    const gateway = await gatewayTo(t, url, { allow_insecure_connections: true });
    assert.equal((await gateway.get("/a")).status, 200, gateway.output);
  });

  test("a CA of one's own is trusted, and a backend's own block wins", async (t) => {
    const { url } = await server(t, "ec");
    const { url: open } = await server(t, "selfsigned");
    const backends = [
      endpoint("/a", [{ host: [url], url_pattern: "/b" }]),
      endpoint("/open", [{ host: [open], url_pattern: "/b", ...ofBackend({ allow_insecure_connections: true }) }]),
      endpoint("/refused", [{ host: [open], url_pattern: "/b" }]),
    ];
    const gateway = await serve(t, config(backends, own), { files });
    assert.equal((await gateway.get("/a")).status, 200, gateway.output);
    assert.equal((await gateway.get("/open")).status, 200, gateway.output);
    const { status, text } = await gateway.get("/refused");
    assert.deepEqual([status, text], [500, ""]);
  });

  test("a client certificate is presented, its key from a file or a secret", async (t) => {
    const { url } = await server(t, "ec", report, { requestCert: true, rejectUnauthorized: true, ca: [certificates.pem("ca.pem")] });
    const pair = (/** @type {string} */ key) => ({ ca_certs: ["ca.pem"], client_certs: [{ certificate: "client.pem", private_key: key }] });
    const endpoints = [
      endpoint("/a", [{ host: [url], url_pattern: "/b", ...ofBackend(pair("client.key")) }]),
      endpoint("/secret", [{ host: [url], url_pattern: "/b", ...ofBackend(pair("env:CLIENT_KEY")) }]),
      endpoint("/none", [{ host: [url], url_pattern: "/b", ...ofBackend({ ca_certs: ["ca.pem"] }) }]),
      endpoint("/stranger", [{ host: [url], url_pattern: "/b", ...ofBackend({ ca_certs: ["ca.pem"], client_certs: [{ certificate: "stranger.pem", private_key: "stranger.key" }] }) }]),
      endpoint("/mismatch", [{ host: [url], url_pattern: "/b", ...ofBackend({ ca_certs: ["ca.pem"], client_certs: [{ certificate: "client.pem", private_key: "ec.key" }] }) }]),
    ];
    const gateway = await serve(t, config(endpoints), { files, env: { CLIENT_KEY: certificates.pem("client.key") } });
    for (const target of ["/a", "/secret"]) {
      const { status, json } = await gateway.get(target);
      assert.deepEqual([status, json?.client], [200, "client"], gateway.output);
    }
    for (const target of ["/none", "/stranger", "/mismatch"]) assert.equal((await gateway.get(target)).status, 500, target);
    const { host } = new URL(url);
    await gateway.logged(new RegExp(`${host}.*set client_certs`));
    await gateway.logged(new RegExp(`${host}.*the private key isn't the key of the certificate`));
  });

  test("TLS 1.3 is the lowest version, unless min_version says otherwise", async (t) => {
    const { url } = await server(t, "ec", report, { maxVersion: "TLSv1.2" });
    const endpoints = [
      endpoint("/a", [{ host: [url], url_pattern: "/b" }]),
      endpoint("/old", [{ host: [url], url_pattern: "/b", ...ofBackend({ ca_certs: ["ca.pem"], min_version: "TLS12" }) }]),
    ];
    const gateway = await serve(t, config(endpoints, own), { files });
    assert.equal((await gateway.get("/a")).status, 500);
    await gateway.logged(/min_version/);
    assert.equal((await gateway.get("/old")).json?.version, "TLSv1.2", gateway.output);
  });

  /** @type {[string, string, RegExp][]} */
  const wrong = [
    ["of another name", "named", /isn't valid for localhost/],
    ["that has expired", "expired", /has expired/],
  ];
  for (const [name, certificate, reason] of wrong) {
    test(`a certificate ${name} is refused`, async (t) => {
      const { url } = await server(t, certificate);
      const gateway = await gatewayTo(t, url, own);
      const { status, text } = await gateway.get("/a");
      assert.deepEqual([status, text], [500, ""]);
      await gateway.logged(reason);
      assert.ok(gateway.output.includes(new URL(url).host), gateway.output);
    });
  }
});

describe("calls", () => {
  test("bodies go both ways, whole and as streams", async (t) => {
    const { url } = await server(t, "ec", async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts).toString();
      response.end(JSON.stringify({ body, length: request.headers["content-length"] ?? null, framing: request.headers["transfer-encoding"] ?? null }));
    });
    const endpoints = [
      endpoint("/a", [{ host: [url], url_pattern: "/b" }], { method: "POST" }),
      endpoint("/stream", [{ host: [url], url_pattern: "/b" }], { method: "POST", output_encoding: "no-op" }),
      endpoint("/length", [{ host: [url], url_pattern: "/b" }], { method: "POST", input_headers: ["Content-Length"] }),
    ];
    const gateway = await serve(t, config(endpoints, own), { files });
    for (const target of ["/a", "/stream"]) {
      const { json } = await gateway.post(target, "hello");
      assert.deepEqual([json?.body, json?.length, json?.framing], ["hello", null, "chunked"], gateway.output);
    }
    assert.deepEqual((await gateway.post("/length", "hello")).json?.length, "5", gateway.output);
    assert.equal((await gateway.post("/a", "x".repeat(3_000_000))).json?.body.length, 3_000_000);
  });

  test("a long body of a known length is announced", async (t) => {
    const { url } = await server(t, "ec", (request, response) => {
      response.setHeader("content-type", request.url === "/typed" ? "text/plain" : "");
      if (request.url !== "/typed") response.removeHeader("content-type");
      response.setHeader("content-length", 300_000);
      response.end("x".repeat(300_000));
    });
    const endpoints = ["/typed", "/sniffed"].map((name) => endpoint(name, [{ host: [url], url_pattern: name }], { output_encoding: "no-op" }));
    const gateway = await serve(t, config(endpoints, own), { files });
    const { header, text } = await gateway.get("/typed");
    assert.deepEqual([header("content-length"), text.length], ["300000", 300_000]);
    const sniffed = await gateway.get("/sniffed");
    assert.deepEqual([sniffed.header("content-type"), sniffed.text.length], ["text/plain; charset=utf-8", 300_000]);
  });

  test("a stream passes through part by part, and ends with its client", async (t) => {
    const state = { closed: false };
    const { url, sockets } = await server(t, "ec", async (_, response) => {
      response.on("close", () => (state.closed = true));
      response.setHeader("content-type", "text/event-stream");
      for (let i = 0; i < 500 && !state.closed; i++) {
        response.write(`data: ${i}\n\n`);
        await sleep(20);
      }
    });
    const gateway = await gatewayTo(t, url, { ...own, timeout: "30s" }, {}, { output_encoding: "no-op" });
    const answer = await gateway.fetch("/a");
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const reader = answer.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString();
    assert.match(first, /^data: 0\n\n/);
    assert.ok(first.length < 100, "more than one part at once");
    await reader?.cancel();
    for (let i = 0; sockets() > 0 && i < 100; i++) await sleep(50);
    assert.deepEqual([state.closed, sockets()], [true, 0]);
  });

  test("a silent origin ends with the deadline, and its socket too", async (t) => {
    const { url, sockets } = await server(t, "ec", () => {});
    const gateway = await gatewayTo(t, url, { ...own, timeout: "500ms" });
    const began = Date.now();
    assert.equal((await gateway.get("/a")).status, 500);
    assert.ok(Date.now() - began < 3000);
    for (let i = 0; sockets() > 0 && i < 60; i++) await sleep(50);
    assert.equal(sockets(), 0);
  });

  test("a client that leaves ends its call", async (t) => {
    /** @type {(string | undefined)[]} */
    const asked = [];
    const { url, sockets } = await server(t, "ec", (request) => void asked.push(request.url));
    const gateway = await gatewayTo(t, url, { ...own, timeout: "20s" });
    const client = net.connect(Number(new URL(gateway.url).port), "127.0.0.1", () => client.write("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    client.on("error", () => {});
    for (let i = 0; asked.length === 0 && i < 100; i++) await sleep(50);
    assert.deepEqual(asked, ["/b"]);
    client.resetAndDestroy();
    for (let i = 0; sockets() > 0 && i < 60; i++) await sleep(50);
    assert.equal(sockets(), 0);
  });

  test("redirects keep the certificates, and leave them for http", async (t) => {
    const plain = await origin(t, { "/c": { json: { plain: true } } });
    const second = await server(t, "ec");
    const { url } = await server(t, "ec", (request, response) => {
      response.writeHead(302, { location: request.url === "/plain" ? `${plain.url}/c` : `${second.url}/c` }).end();
    });
    const endpoints = [endpoint("/a", [{ host: [url], url_pattern: "/b" }]), endpoint("/plain", [{ host: [url], url_pattern: "/plain" }])];
    const gateway = await serve(t, config(endpoints, own), { files });
    assert.equal((await gateway.get("/a")).json?.url, "/c", gateway.output);
    assert.deepEqual((await gateway.get("/plain")).json, { plain: true }, gateway.output);
  });

  test("compressed answers are inflated where the gateway asked for them, and pass where the client did", async (t) => {
    const { url } = await server(t, "ec", (request, response) => {
      const body = JSON.stringify({ asked: request.headers["accept-encoding"] ?? null });
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(body));
    });
    const endpoints = [
      endpoint("/a", [{ host: [url], url_pattern: "/b" }]),
      endpoint("/stream", [{ host: [url], url_pattern: "/b" }], { output_encoding: "no-op" }),
      endpoint("/client", [{ host: [url], url_pattern: "/b" }], { output_encoding: "no-op", input_headers: ["Accept-Encoding"] }),
    ];
    const gateway = await serve(t, config(endpoints, own), { files });
    for (const target of ["/a", "/stream"]) assert.deepEqual((await gateway.get(target)).json, { asked: "gzip" }, gateway.output);
    /** @type {{ encoding: string | undefined, body: Buffer }} */
    const { encoding, body } = await new Promise((resolve, reject) => {
      const request = http.get(`${gateway.url}/client`, { headers: { "accept-encoding": "gzip" } }, (response) => {
        /** @type {Buffer[]} */
        const parts = [];
        response.on("data", (/** @type {Buffer} */ part) => parts.push(part));
        response.on("end", () => resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(parts) }));
      });
      request.on("error", reject);
    });
    assert.equal(encoding, "gzip");
    assert.deepEqual(JSON.parse(gunzipSync(body).toString()), { asked: "gzip" });
  });

  test("http hosts, and hosts of the same gateway without a block, are called as ever", async (t) => {
    const plain = await origin(t, { "/b": { json: { plain: true } } });
    const gateway = await gatewayTo(t, plain.url, own);
    assert.deepEqual((await gateway.get("/a")).json, { plain: true }, gateway.output);
  });
});

describe("builds", () => {
  test("only a configuration that needs the module gets it", async (t) => {
    const { dir, remove } = folder({
      ...files,
      "own.json": JSON.stringify(config([endpoint("/a", [{ host: ["https://a.example"], url_pattern: "/b" }])], own)),
      "plain.json": JSON.stringify(config([endpoint("/a", [{ host: ["https://a.example"], url_pattern: "/b" }])])),
    });
    t.after(remove);
    for (const [name, has] of /** @type {[string, boolean][]} */ ([["plain", false], ["own", true]])) {
      const { code, stdout, stderr } = await command(["build", "-c", path.join(dir, `${name}.json`), "-o", path.join(dir, name)]);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.includes("\n  nodejs_compat (2026-08-04): calls over sockets\n"), has, stdout);
      assert.equal(fs.existsSync(path.join(dir, name, "origins/module.wasm")), has, name);
      assert.equal(fs.readFileSync(path.join(dir, name, "linked.mjs"), "utf8").includes("./origins/index.mjs"), has, name);
    }
  });

  test("files that aren't there or can't be read stop the start", async (t) => {
    const { dir, remove } = folder({ "bad.pem": "no certificate", "key.pem": certificates.pem("client.key") });
    t.after(remove);
    const file = path.join(dir, "krakend.json");
    for (const [name, message] of [["none.pem", "the file none.pem doesn't exist"], ["bad.pem", "bad.pem: no certificate in it"], ["key.pem", "key.pem: no certificate in it, but a block `PRIVATE KEY`"]]) {
      fs.writeFileSync(file, JSON.stringify(config([endpoint("/a", [{ host: ["https://a.example"], url_pattern: "/b" }])], { client_tls: { ca_certs: [name] } })));
      const { code, stdout, stderr } = await command(["check", "-c", file]);
      assert.equal(code, 1, stdout + stderr);
      assert.ok((stdout + stderr).includes(String(message)), stdout + stderr);
    }
  });
});
