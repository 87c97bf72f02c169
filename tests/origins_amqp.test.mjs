// AMQP 0-9-1: the module of `origins/` on workerd, a RabbitMQ of its own, and amqplib as the other side.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import amqplib from "amqplib";
import { makeCertificates } from "./support/certificates.mjs";
import { missing, startRabbit } from "./support/brokers.mjs";
import { assertFailed, groupContext, profile, startWorker, tcpServer } from "./support/origins.mjs";
import { freePort } from "./support/upstream.mjs";

/** @import { ChannelModel, Channel } from "amqplib" */
/** @import { Socket } from "node:net" */
/** @import { Context } from "./support/gateway.mjs" */
/** @import { Operated, Operation } from "./support/origins.mjs" */

const login = { user: "guest", password: "guest", vhost: "/" };
const declared = (/** @type {string} */ name, options = {}) => ({ name, kind: "topic", durable: true, auto_delete: false, internal: false, no_wait: false, ...options });
/** `amqp/producer` and `amqp/consumer`. */
const producer = (/** @type {string} */ name, options = {}) => ({ exchange: { declare: declared(name, options) }, mandatory: false, returns_are_errors: false, header_arrays: true });
const consumer = (/** @type {string} */ name, /** @type {string} */ queue, keys = ["#"]) => ({ declare: [declared(name), { name: queue, durable: true, routing_keys: keys }] });
/** `rabbit://` of pubsub. */
const topic = (/** @type {string} */ name) => ({ exchange: { existing: name }, mandatory: true, returns_are_errors: true, header_arrays: false });

describe("RabbitMQ", { skip: missing("rabbitmq") }, async () => {
  const certificates = makeCertificates();
  const tlsPort = await freePort();
  const file = (/** @type {string} */ name) => `${certificates.dir}/${name}`;
  /** @type {Awaited<ReturnType<typeof startRabbit>>} */
  let rabbit;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  /** @type {ChannelModel} */
  let connection;
  /** @type {Channel} */
  let channel;
  const t = groupContext();

  /** The brokers of the plan, by what they are for. @type {Record<string, object>} */
  const uses = {
    producer: { publisher: producer("made") },
    typed: { publisher: producer("direct", { kind: "direct" }) },
    otherFlags: { publisher: producer("made", { durable: false }) },
    internal: { publisher: producer("inner", { internal: true }) },
    unbound: { publisher: { ...producer("unbound"), mandatory: true } },
    rabbit: { publisher: topic("there") },
    unroutable: { publisher: topic("nowhere") },
    unknown: { publisher: topic("missing") },
    consumer: { source: consumer("made", "queue") },
    existing: { source: { existing: "queue" } },
    bound: { source: consumer("made", "orders", ["order.*", "invoice.#"]) },
    unknownQueue: { source: { existing: "missing" } },
    exclusive: { source: { existing: "exclusive" } },
    wrongPassword: { login: { ...login, password: "wrong" }, publisher: producer("made") },
    wrongVhost: { login: { ...login, vhost: "/missing" }, publisher: producer("made") },
    long: { publisher: producer("x".repeat(256)) },
  };
  /** Those that differ in how they are reached. @type {Record<string, (port: number) => object>} */
  const ways = {
    tls: () => ({ hosts: [["localhost", tlsPort]], tls: { profile: 0 } }),
    tlsOfThePlatform: () => ({ hosts: [["localhost", tlsPort]], tls: "platform" }),
    unknownIssuer: () => ({ hosts: [["localhost", tlsPort]], tls: { profile: 1 } }),
    second: (port) => ({ hosts: [["127.0.0.1", 9], ["127.0.0.1", port]] }),
    refused: () => ({ hosts: [["127.0.0.1", 9]] }),
  };
  const names = [...Object.keys(uses), ...Object.keys(ways)];
  const index = (/** @type {string} */ name) => names.indexOf(name);

  before(async () => {
    t.after(() => certificates.remove());
    rabbit = await startRabbit(
      t,
      `listeners.ssl.1 = 127.0.0.1:${tlsPort}
      ssl_options.cacertfile = ${file("ca.pem")}
      ssl_options.certfile = ${file("ec.pem")}
      ssl_options.keyfile = ${file("ec.key")}`,
    );
    const broker = (/** @type {string} */ name, /** @type {object} */ use, way = {}) => ({ name, hosts: [["127.0.0.1", rabbit.port]], protocol: { amqp: { login, ...use } }, ...way });
    const brokers = [
      ...Object.entries(uses).map(([name, use]) => broker(name, use)),
      ...Object.entries(ways).map(([name, way]) => broker(name, { publisher: producer("made"), source: { existing: "queue" } }, way(rabbit.port))),
    ];
    const profiles = [profile({ ca: [certificates.pem("ca.pem")] }), profile({ public_roots: true })];
    worker = await startWorker(t, profiles, [certificates.pem("ca.pem")], brokers);
    await connect();
  });

  async function connect() {
    connection = await amqplib.connect(rabbit.url);
    connection.on("error", () => {});
    channel = await connection.createChannel();
    await channel.assertExchange("made", "topic", { durable: true });
    await channel.assertExchange("there", "fanout", { durable: true });
    await channel.assertExchange("nowhere", "fanout", { durable: true });
    await channel.assertQueue("queue", { durable: true });
    await channel.assertQueue("seen");
    await channel.bindQueue("queue", "made", "#");
    await channel.bindQueue("seen", "made", "#");
    await channel.bindQueue("seen", "there", "");
    await empty();
  }

  async function empty() {
    await channel.purgeQueue("queue");
    await channel.purgeQueue("seen");
  }

  /** The next message of a queue, for the other side. */
  async function next(queue = "seen") {
    for (let i = 0; i < 50; i++) {
      const message = await channel.get(queue, { noAck: true });
      if (message !== false) return message;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no message in ${queue}`);
  }

  const publish = (/** @type {string} */ name, operation = {}, body = "") => worker.publish({ broker: index(name), ...operation }, body);
  const receive = (/** @type {string} */ name, /** @type {Operation} */ operation = {}) => worker.receive({ broker: index(name), ...operation });

  /** An operation fails with this code. */
  const fails = async (/** @type {string} */ name, /** @type {Promise<Operated>} */ operation, /** @type {string} */ code, /** @type {RegExp} */ text) => assertFailed(await operation, name, code, text);

  test("a message with every property", async () => {
    await empty();
    const properties = { content_type: "application/json", priority: 7, reply_to: "back", expiration: "60000", message_id: "id-1", timestamp: 1_700_000_000 };
    const headers = [["X-A", "1"], ["Content-Type", "application/json"], ["X-A", "2"]];
    assert.deepEqual(await publish("producer", { message: { key: "a.b", headers, properties } }, '{"a":1}'), {});
    const { content, fields, properties: seen } = await next();
    assert.equal(content.toString(), '{"a":1}');
    assert.equal(fields.routingKey, "a.b");
    assert.equal(fields.exchange, "made");
    assert.deepEqual(seen.headers, { "X-A": ["1", "2"], "Content-Type": ["application/json"] });
    const { contentType, priority, replyTo, expiration, messageId, timestamp, deliveryMode } = seen;
    assert.deepEqual({ contentType, priority, replyTo, expiration, messageId, timestamp, deliveryMode }, {
      contentType: "application/json", priority: 7, replyTo: "back", expiration: "60000", messageId: "id-1", timestamp: 1_700_000_000, deliveryMode: undefined,
    });
  });

  test("bodies of all sizes arrive whole", async () => {
    await empty();
    for (const size of [0, 1, 131_064, 131_065, 3_000_000]) {
      const body = Buffer.alloc(size, "x");
      assert.deepEqual(await worker.publish({ broker: index("producer"), message: {} }, new Uint8Array(body)), {});
      assert.equal((await next()).content.length, size);
      assert.equal((await receive("existing")).body?.length, size);
    }
    await fails("producer", worker.publish({ broker: index("producer"), message: {} }, new Uint8Array((32 << 20) + 1)), "too-large", /33554433 bytes, the limit is 33554432/);
  });

  test("a message that is too large for memory stays in its queue", async () => {
    await empty();
    channel.sendToQueue("queue", Buffer.alloc((32 << 20) + 1));
    await fails("existing", receive("existing"), "too-large", /33554433 bytes, the limit is 33554432/);
    assert.equal((await next("queue")).content.length, (32 << 20) + 1);
  });

  test("rabbit:// writes headers as strings", async () => {
    await empty();
    assert.deepEqual(await publish("rabbit", { message: { headers: [["X-A", "é"]] } }, "hi"), {});
    assert.deepEqual((await next()).properties.headers, { "X-A": "é" });
  });

  test("a message that reaches no queue", async () => {
    await fails("unroutable", publish("unroutable", {}, "lost"), "unroutable", /reaches no queue: 312 NO_ROUTE/);
    // The producer never looks at what comes back.
    assert.deepEqual(await publish("unbound", { message: { key: "x" } }, "lost"), {});
  });

  test("a producer declares its exchange", async () => {
    assert.deepEqual(await publish("typed"), {});
    await channel.checkExchange("direct");
  });

  /** @type {[string, string, RegExp][]} */
  const refused = [
    ["otherFlags", "refused", /406 PRECONDITION_FAILED/],
    ["internal", "refused", /403 ACCESS_REFUSED/],
    ["unknown", "unknown-name", /404 NOT_FOUND - no exchange 'missing'/],
    ["wrongPassword", "wrong-credentials", /403 ACCESS_REFUSED/],
    ["wrongVhost", "refused", /530 NOT_ALLOWED/],
    ["long", "bad-name", /255 bytes/],
    ["refused", "no-connection", /no connection: /],
    ["unknownIssuer", "unknown-issuer", /add the issuer to ca_certs/],
    ["consumer", "bad-call", /no publisher/],
  ];
  for (const [name, code, text] of refused) test(`publishing is refused: ${name}`, () => fails(name, publish(name), code, text));

  test("receiving is refused", async () => {
    await fails("unknownQueue", receive("unknownQueue"), "unknown-name", /404 NOT_FOUND - no queue 'missing'/);
    const { queue } = await channel.assertQueue("exclusive", { exclusive: true });
    await fails(queue, receive("exclusive"), "refused", /405 RESOURCE_LOCKED/);
    await fails("producer", receive("producer"), "bad-call", /no source/);
  });

  test("a message of a kind that isn't", async () => {
    await fails("producer", publish("producer", { message: { topic: "x" } }), "bad-call", /unknown field `topic`/);
  });

  test("a consumer declares and binds its queue, and receives in order", async () => {
    await fails("bound", receive("bound", { millis: 300 }), "no-message", /no message within 300 ms/);
    for (const key of ["order.new", "other.key", "invoice.a.b"]) channel.publish("made", key, Buffer.from(key));
    assert.equal((await receive("bound")).body, "order.new");
    assert.equal((await receive("bound")).body, "invoice.a.b");
    await fails("bound", receive("bound", { millis: 300 }), "no-message", /./);
  });

  test("a consumer waits for its message", async () => {
    await empty();
    const waiting = receive("existing");
    setTimeout(() => channel.publish("made", "x", Buffer.from("late")), 300);
    assert.equal((await waiting).body, "late");
  });

  test("100 consumers, 25 at once, get 100 different messages", async () => {
    await empty();
    const bodies = Array.from({ length: 100 }, (_, i) => `message ${i}`);
    for (const body of bodies) channel.sendToQueue("queue", Buffer.from(body));
    const received = [];
    for (let i = 0; i < 100; i += 25) received.push(...(await Promise.all(Array.from({ length: 25 }, () => receive("existing")))));
    assert.deepEqual(received.map(({ body = "", error }) => error ?? body).toSorted(), bodies.toSorted());
    assert.equal((await channel.checkQueue("queue")).messageCount, 0);
  });

  test("a message that can't be decoded goes back, or is dropped", async () => {
    await empty();
    channel.sendToQueue("queue", Buffer.from("broken"));
    await receive("existing", { settlement: "requeue" });
    const message = await next("queue");
    assert.equal(message.content.toString(), "broken");
    assert.ok(message.fields.redelivered);
    channel.sendToQueue("queue", Buffer.from("broken"));
    await receive("existing", { settlement: "discard" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await channel.checkQueue("queue")).messageCount, 0);
  });

  test("a message that nobody settles goes back", async () => {
    await empty();
    channel.sendToQueue("queue", Buffer.from("once"));
    await receive("existing", { settlement: "none" });
    for (let i = 0; i < 80 && (await channel.checkQueue("queue")).messageCount === 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await next("queue")).content.toString(), "once");
    // Its token is of no use any more.
    channel.sendToQueue("queue", Buffer.from("late"));
    await fails("existing", receive("existing", { settleAfter: 5500 }), "not-held", /delivers it again/);
    assert.equal((await next("queue")).content.toString(), "late");
    channel.sendToQueue("queue", Buffer.from("twice"));
    await fails("existing", receive("existing", { settlement: "twice" }), "not-held", /./);
  });

  test("a caller that aborts, and a client that leaves, leave the message", async () => {
    await empty();
    await fails("existing", receive("existing", { abortAfter: 200 }), "aborted", /aborted/);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(worker.receive({ broker: index("existing"), millis: 600 }, { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 700));
    channel.sendToQueue("queue", Buffer.from("here"));
    assert.equal((await receive("existing")).body, "here");
  });

  test("TLS by this module and by the platform", async () => {
    for (const name of ["tls", "tlsOfThePlatform"]) {
      await empty();
      assert.deepEqual(await publish(name, {}, name), {});
      assert.equal((await receive(name)).body, name);
    }
  });

  test("the next host is tried where the first one can't be reached", async () => {
    assert.deepEqual(await publish("second"), {});
  });

  test("a trap spoils one instance, not the worker", async () => {
    await empty();
    for (const body of ["first", "second"]) channel.sendToQueue("queue", Buffer.from(body));
    const first = receive("existing", { settleAfter: 1000 });
    for (let i = 0; i < 100 && (await channel.checkQueue("queue")).messageCount > 1; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    await worker.trap();
    assert.deepEqual(await publish("producer"), {});
    // The first message's token says nothing to the new instance, which holds the second message.
    const second = receive("existing", { settleAfter: 1500, settlement: "requeue" });
    await fails("existing", first, "not-held", /./);
    assert.equal((await second).body, "second");
  });

  test("a broker that restarts", async () => {
    await empty();
    await connection.close();
    await rabbit.stop();
    await fails("producer", publish("producer"), "no-connection", /./);
    await rabbit.restart();
    await connect();
    assert.deepEqual(await publish("producer", {}, "back"), {});
    assert.equal((await receive("existing")).body, "back");
    assert.deepEqual((await worker.stats()).inFlight, 0);
  });

  test("nothing is left of operations", async () => {
    for (let i = 0; i < 100 && (await worker.stats()).inFlight > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await worker.stats()).inFlight, 0);
    await connection.close();
    // Each one said goodbye.
    assert.match(rabbit.output(), /accepting AMQP connection/);
    assert.doesNotMatch(rabbit.output(), /unexpectedly closed/);
  });
});

describe("brokers that aren't", () => {
  /** A server that does this with each connection. */
  async function tcp(/** @type {Context} */ t, /** @type {(socket: Socket) => void} */ handler) {
    const port = await tcpServer(t, handler);
    return startWorker(t, [], [], [{ name: "fake", hosts: [["127.0.0.1", port]], protocol: { amqp: { login, publisher: producer("x"), source: { existing: "x" } } } }]);
  }

  /** @type {[string, (socket: Socket) => void, string, RegExp][]} */
  const cases = [
    ["silent", () => {}, "timed-out", /^fake: no answer within 500 ms$/],
    ["ends the connection", (socket) => void socket.once("data", () => socket.end()), "connection-lost", /ended the connection/],
    ["resets the connection", (socket) => void socket.once("data", () => socket.resetAndDestroy()), "connection-lost", /^fake: the connection was lost/],
    ["speaks HTTP", (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), "wrong-protocol", /doesn't speak AMQP 0-9-1/],
    ["speaks AMQP 1.0", (socket) => void socket.end("AMQP\x00\x01\x00\x00"), "wrong-protocol", /another version/],
    ["dies in a frame", (socket) => void socket.end("\x01\x00\x00\x00\x00\x01\xff\x00\x0a"), "connection-lost", /./],
  ];
  for (const [name, handler, code, text] of cases) {
    test(`a server that ${name}`, async (t) => {
      const worker = await tcp(t, handler);
      for (const operation of [worker.publish({ millis: 500 }), worker.receive({ millis: 500 })]) {
        const { error = "", code: found } = await operation;
        assert.equal(found, code, error);
        assert.match(error, text);
      }
    });
  }
});
