// NATS: the module of `origins/` on workerd, nats-servers of its own, and NATS's own client as the other side.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { connect, headers } from "@nats-io/transport-node";
import { makeCertificates } from "./support/certificates.mjs";
import { missing, startNats } from "./support/brokers.mjs";
import { assertFailed, groupContext, profile, startWorker, tcpServer } from "./support/origins.mjs";

/** @import { NatsConnection, Msg } from "@nats-io/transport-node" */
/** @import { Operation } from "./support/origins.mjs" */

/** What Go's encoding/gob writes for the header and the body of the first test, as gocloud's driver does. */
const GOB = "0d7f040102ff8000010c010c000022ff8000010c436f6e74656e742d54797065106170706c69636174696f6e2f6a736f6e0a0a00077b2261223a317d";
const JSON_HEADER = [["Content-Type", "application/json"]];

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("NATS", { skip: missing("nats") }, () => {
  const certificates = makeCertificates();
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  /** @type {Awaited<ReturnType<typeof startNats>>} */
  let plain;
  /** @type {Awaited<ReturnType<typeof startNats>>} */
  let tls;
  /** @type {NatsConnection} */
  let connection;
  const t = groupContext();
  /** @type {string[]} */
  let names = [];

  before(async () => {
    t.after(() => certificates.remove());
    const file = (/** @type {string} */ name) => JSON.stringify(`${certificates.dir}/${name}`);
    plain = await startNats(t, "max_payload: 100000");
    const users = await startNats(t, 'authorization { users = [{ user: "ada", password: "secret", permissions: { publish: "allowed", subscribe: "allowed" } }] }');
    const token = await startNats(t, 'authorization { token: "s3cret" }');
    tls = await startNats(t, `tls { cert_file: ${file("ec.pem")}, key_file: ${file("ec.key")} }`);
    const silent = await tcpServer(t, () => {});
    const http = await tcpServer(t, (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const dying = await tcpServer(t, (socket) => {
      socket.write('INFO {"max_payload":1000,"headers":true}\r\n');
      socket.once("data", () => socket.destroy());
    });
    const ada = { user: "ada", password: "secret" };
    /** @type {Record<string, [number, object, object?]>} */
    const brokers = {
      gob: [plain.port, { subject: "gob" }],
      headers: [plain.port, { subject: "headers", headers: true }],
      orders: [plain.port, { subject: "orders.*" }],
      group: [plain.port, { subject: "grouped", queue: "workers" }],
      blank: [plain.port, { subject: "a b" }],
      allowed: [users.port, { subject: "allowed", credentials: ada }],
      denied: [users.port, { subject: "denied", credentials: ada }],
      nobody: [users.port, { subject: "allowed" }],
      wrongPassword: [users.port, { subject: "allowed", credentials: { ...ada, password: "wrong" } }],
      token: [token.port, { subject: "t", credentials: { token: "s3cret" } }],
      wrongToken: [token.port, { subject: "t", credentials: { token: "wrong" } }],
      tls: [tls.port, { subject: "t" }, { tls: { profile: 0 } }],
      tlsOfThePlatform: [tls.port, { subject: "t" }, { tls: "platform" }],
      unknownIssuer: [tls.port, { subject: "t" }, { tls: { profile: 1 } }],
      tlsMissing: [tls.port, { subject: "t" }],
      tlsRefused: [plain.port, { subject: "t" }, { tls: { profile: 0 } }],
      refused: [9, { subject: "t" }],
      silent: [silent, { subject: "t" }],
      http: [http, { subject: "t" }],
      dying: [dying, { subject: "t" }],
    };
    names = Object.keys(brokers);
    const plan = Object.entries(brokers).map(([name, [port, nats, more]]) => ({ name, hosts: [["localhost", port]], protocol: { nats }, ...more }));
    const profiles = [profile({ ca: [certificates.pem("ca.pem")] }), profile({ public_roots: true })];
    worker = await startWorker(t, profiles, [certificates.pem("ca.pem")], plan);
    connection = await connect({ servers: `127.0.0.1:${plain.port}` });
    t.after(() => connection.close());
  });

  const publish = (/** @type {string} */ name, /** @type {Operation} */ operation = {}, body = "") => worker.publish({ broker: names.indexOf(name), ...operation }, body);
  const receive = (/** @type {string} */ name, /** @type {Operation} */ operation = {}) => worker.receive({ broker: names.indexOf(name), ...operation });

  /** The next message of a subject, for the other side. @param {string} subject @param {() => Promise<unknown>} send @returns {Promise<Msg>} */
  async function seen(subject, send) {
    const subscription = connection.subscribe(subject, { max: 1 });
    await connection.flush();
    await send();
    const { value } = await subscription[Symbol.asyncIterator]().next();
    assert.ok(value, "no message");
    return value;
  }

  test("metadata is a gob, a body alone is raw", async () => {
    const gob = await seen("gob", async () => assert.deepEqual(await publish("gob", { message: { headers: JSON_HEADER } }, '{"a":1}'), {}));
    assert.equal(Buffer.from(gob.data).toString("hex"), GOB);
    const raw = await seen("gob", () => publish("gob", {}, '{"a":1}'));
    assert.equal(raw.string(), '{"a":1}');
  });

  test("natsv2 has headers, escaped as in a query", async () => {
    const message = await seen("headers", () => publish("headers", { message: { headers: [["X a", "é&"], ["B", "1"]] } }, "hi"));
    assert.equal(message.string(), "hi");
    assert.deepEqual([...(message.headers ?? headers())], [["X+a", ["%C3%A9%26"]], ["B", ["1"]]]);
  });

  test("a subscriber waits for the next message", async () => {
    for (const [name, pattern, data, options] of /** @type {[string, string, Buffer, object][]} */ ([
      ["orders", "orders.*", Buffer.from("plain"), {}],
      ["gob", "gob", Buffer.from(GOB, "hex"), {}],
      ["headers", "headers", Buffer.from("v2"), { headers: headers() }],
    ])) {
      const waiting = receive(name);
      await plain.subscribed(pattern);
      connection.publish(pattern.replace("*", "new"), data, options);
      assert.equal((await waiting).body, name === "gob" ? '{"a":1}' : data.toString());
    }
    const { error, code } = await receive("orders", { millis: 300 });
    assert.deepEqual({ error, code }, { error: "orders: no message within 300 ms", code: "no-message" });
  });

  test("of a queue group one gets the message", async () => {
    const waiting = [receive("group", { millis: 1500 }), receive("group", { millis: 1500 })];
    await plain.subscribed("grouped", 2);
    connection.publish("grouped", "one");
    const codes = (await Promise.all(waiting)).map(({ body, code = "" }) => body ?? code);
    assert.deepEqual(codes.toSorted(), ["no-message", "one"]);
  });

  test("a gob without a body can't be decoded", async () => {
    const waiting = receive("gob");
    await plain.subscribed("gob");
    connection.publish("gob", Buffer.from(GOB.slice(0, -22), "hex"));
    assert.equal((await waiting).code, "undecodable");
  });

  test("a payload is as large as the server takes", async () => {
    const message = await seen("gob", async () => assert.deepEqual(await publish("gob", {}, "x".repeat(100_000)), {}));
    assert.equal(message.data.length, 100_000);
    const { code, error } = await publish("gob", {}, "x".repeat(100_001));
    assert.deepEqual({ code, error }, { code: "too-large", error: "gob: the message has 100001 bytes, the limit is 100000" });
  });

  test("credentials and TLS", async () => {
    for (const name of ["allowed", "token", "tls", "tlsOfThePlatform"]) assert.deepEqual(await publish(name, {}, "hi"), {}, name);
    for (const name of ["tls", "tlsOfThePlatform"]) {
      const waiting = receive(name);
      await tls.subscribed("t");
      await publish(name, {}, name);
      assert.equal((await waiting).body, name);
    }
  });

  /** @type {[string, string, RegExp][]} */
  const refusals = [
    ["denied", "refused", /Permissions Violation/],
    ["nobody", "wrong-credentials", /Authorization Violation/],
    ["wrongPassword", "wrong-credentials", /Authorization Violation/],
    ["wrongToken", "wrong-credentials", /Authorization Violation/],
    ["unknownIssuer", "unknown-issuer", /add the issuer to ca_certs/],
    ["tlsMissing", "refused", /requires TLS: use tls:\/\//],
    ["tlsRefused", "refused", /speaks no TLS/],
    ["blank", "bad-name", /"a b"/],
    ["refused", "no-connection", /no connection: /],
    ["silent", "timed-out", /no answer within 500 ms/],
    ["http", "wrong-protocol", /doesn't speak NATS/],
    ["dying", "connection-lost", /./],
  ];
  for (const [name, expected, text] of refusals) {
    test(`failure: ${name}`, async () => {
      for (const operation of [publish(name, { millis: 500 }), receive(name, { millis: 500 })]) {
        assertFailed(await operation, name, expected, text);
      }
    });
  }

  test("nothing is left of operations", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(worker.receive({ broker: names.indexOf("orders"), millis: 500 }, { signal: controller.signal }));
    for (let i = 0; i < 100 && (await worker.stats()).inFlight > 0; i++) await sleep(50);
    assert.equal((await worker.stats()).inFlight, 0);
  });
});
