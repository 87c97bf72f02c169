// Backends that publish to brokers and answer with messages: the whole gateway on workerd, real brokers, and their own clients as the
// other side.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { connect, headers } from "@nats-io/transport-node";
import amqplib from "amqplib";
import { Kafka, logLevel } from "kafkajs";
import { missing, startKafka, startNats, startRabbit } from "./support/brokers.mjs";
import { command, config, endpoint, folder, serve } from "./support/gateway.mjs";
import { freePort } from "./support/upstream.mjs";

/** @import { Channel, ChannelModel } from "amqplib" */
/** @import { NatsConnection } from "@nats-io/transport-node" */
/** @import { Gateway, Part } from "./support/gateway.mjs" */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the suites below start, ended in reverse order. */
function scope() {
  /** @type {(() => unknown)[]} */
  const ends = [];
  after(async () => {
    for (const end of ends) await end();
  });
  return { after: (/** @type {() => unknown} */ end) => void ends.unshift(end) };
}

/** A backend of one driver. @param {string} host @param {Part} extra @param {Part} [rest] */
const backend = (host, extra, rest = {}) => ({ host: [host], disable_host_sanitize: true, url_pattern: "/", extra_config: extra, ...rest });

/** The answer of a publisher: no data, and so not complete. @param {Awaited<ReturnType<Gateway["get"]>>} answer */
function published(answer) {
  assert.deepEqual([answer.status, answer.text, answer.header("x-krakend-completed")], [200, "null", "false"]);
}

describe("RabbitMQ", { skip: missing("rabbitmq") }, () => {
  const t = scope();
  /** @type {Awaited<ReturnType<typeof startRabbit>>} */
  let rabbit;
  /** @type {ChannelModel} */
  let connection;
  /** @type {Channel} */
  let channel;
  /** @type {Gateway} */
  let gateway;

  const exchange = { exchange: "orders", name: "unused", durable: true };
  const consumer = (/** @type {string} */ queue, options = {}) => ({ "backend/amqp/consumer": { ...exchange, name: queue, routing_key: [queue], ...options } });
  const producer = (/** @type {Part} */ options) => ({ "backend/amqp/producer": { ...exchange, ...options } });

  /** A message of a queue, read by another client. @param {string} queue */
  async function read(queue) {
    for (let i = 0; i < 50; i++) {
      const message = await channel.get(queue, { noAck: true });
      if (message !== false) return message;
      await sleep(50);
    }
    throw new Error(`no message in ${queue}`);
  }

  before(async () => {
    rabbit = await startRabbit(t);
    connection = await amqplib.connect(rabbit.url);
    connection.on("error", () => {});
    t.after(() => connection.close().catch(() => {}));
    channel = await connection.createChannel();
    channel.on("error", () => {});
    await channel.assertExchange("orders", "topic", { durable: true });
    for (const queue of ["read", "shared", "bad", "dropped", "quick", "again"]) {
      await channel.assertQueue(queue, { durable: true });
      await channel.bindQueue(queue, "orders", queue);
    }
    await channel.assertExchange("events", "fanout", { durable: true });
    await channel.assertExchange("nowhere", "fanout", { durable: true });
    await channel.bindQueue("quick", "events", "");
    const durable = { durable: true };
    const endpoints = [
      endpoint("/publish/{id}", [backend(rabbit.url, producer({ routing_key: "Id", ...{ exp_key: "Id", msg_id_key: "Id", priority_key: "Id", reply_to_key: "Id" } }))], {
        method: "POST",
        input_headers: ["Content-Type", "X-Many"],
      }),
      endpoint("/fixed", [backend(rabbit.url, producer({ routing_key: "again", static_routing_key: true }))], { method: "POST" }),
      endpoint("/lost", [backend(rabbit.url, producer({ routing_key: "nobody", static_routing_key: true, mandatory: true }))], { method: "POST" }),
      endpoint("/flags", [backend(rabbit.url, { "backend/amqp/producer": { ...exchange, durable: false, routing_key: "x" } })], { method: "POST" }),
      endpoint("/password", [backend(`amqp://guest:wrong@127.0.0.1:${rabbit.port}`, producer({ routing_key: "x" }))], { method: "POST" }),
      endpoint("/consume", [backend(rabbit.url, consumer("shared"), { group: "message" })]),
      endpoint("/requeue", [backend(rabbit.url, consumer("bad"))]),
      endpoint("/discard", [backend(rabbit.url, consumer("dropped", { nack_discard: true }))]),
      endpoint("/both", [backend(rabbit.url, consumer("again")), backend(rabbit.url, consumer("empty"))]),
      endpoint("/event", [backend("rabbit://", { "backend/pubsub/publisher": { topic_url: "events" } })], { method: "POST", input_headers: ["X-Many"] }),
      endpoint("/unroutable", [backend("rabbit://", { "backend/pubsub/publisher": { topic_url: "nowhere" } })], { method: "POST" }),
      endpoint("/unknown", [backend("rabbit://", { "backend/pubsub/publisher": { topic_url: "missing" } })], { method: "POST" }),
      endpoint("/quick", [backend("rabbit://", { "backend/pubsub/subscriber": { subscription_url: "quick" } }, { encoding: "string" })]),
    ];
    await channel.assertQueue("empty", durable);
    gateway = await serve(t, config(endpoints, { timeout: "4s" }), { env: { RABBIT_SERVER_URL: rabbit.url } });
  });

  test("a producer writes the body, all headers, and the properties that parameters name", async () => {
    published(await gateway.post("/publish/5", '{"a":1}', [["Content-Type", "application/json"], ["X-Many", "1"], ["X-Many", "2"]]));
    // The key is the parameter, which no queue is bound by.
    await channel.bindQueue("read", "orders", "7");
    published(await gateway.post("/publish/7", "body", { "Content-Type": "text/plain" }));
    const { content, properties, fields } = await read("read");
    assert.deepEqual([content.toString(), fields.routingKey], ["body", "7"]);
    const { contentType, expiration, messageId, priority, replyTo, timestamp } = properties;
    assert.deepEqual([contentType, expiration, messageId, priority, replyTo], ["text/plain", "7", "7", 7, "7"]);
    assert.ok(Math.abs(timestamp - Date.now() / 1000) < 60);
    assert.deepEqual(properties.headers?.["Content-Type"], ["text/plain"]);
    assert.deepEqual(properties.headers?.["User-Agent"], ["KrakenD Version 2.11.2"]);
  });

  test("what no queue gets is no error of a producer", async () => {
    published(await gateway.post("/lost", "x"));
  });

  test("thirty parallel requests get thirty different messages", async () => {
    for (let i = 0; i < 30; i++) channel.publish("orders", "shared", Buffer.from(JSON.stringify({ n: i })));
    const answers = await Promise.all(Array.from({ length: 30 }, () => gateway.get("/consume")));
    assert.deepEqual(answers.map(({ status }) => status).filter((status) => status !== 200), [], gateway.output);
    const numbers = answers.map(({ json }) => json.message.n).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: 30 }, (_, i) => i));
    assert.equal((await channel.checkQueue("shared")).messageCount, 0);
  });

  test("what can't be decoded is delivered again, or dropped", async () => {
    channel.publish("orders", "bad", Buffer.from("no json"));
    channel.publish("orders", "dropped", Buffer.from("no json"));
    for (const target of ["/requeue", "/discard"]) {
      const { status, text } = await gateway.get(target);
      assert.deepEqual([status, text], [500, ""], target);
    }
    const again = await read("bad");
    assert.deepEqual([again.content.toString(), again.fields.redelivered], ["no json", true]);
    assert.equal((await channel.checkQueue("dropped")).messageCount, 0);
  });

  test("an empty queue is an error when the time is over, and a merge has the rest", async () => {
    published(await gateway.post("/fixed", '{"first":true}'));
    const { status, json, header } = await gateway.get("/both");
    assert.deepEqual([status, json, header("x-krakend-completed")], [200, { first: true }, "false"], gateway.output);
  });

  test("rabbit:// publishes with a header's first value, and fails for what no queue gets", async () => {
    published(await gateway.post("/event", "hello", [["X-Many", "1"]]));
    const { content, properties } = await read("quick");
    assert.equal(content.toString(), "hello");
    assert.equal(properties.headers?.["X-Many"], "1");
    for (const target of ["/unroutable", "/unknown"]) {
      const { status, text } = await gateway.post(target, "x");
      assert.deepEqual([status, text], [500, ""], target);
    }
    await gateway.logged(/rabbit:\/\/nowhere: /);
    await gateway.logged(/rabbit:\/\/missing: /);
  });

  test("rabbit:// answers with a message", async () => {
    channel.sendToQueue("quick", Buffer.from("good morning"));
    assert.deepEqual((await gateway.get("/quick")).json, { content: "good morning" }, gateway.output);
  });

  test("other flags and a wrong password are errors with the broker's name, without the password", async () => {
    for (const target of ["/flags", "/password"]) assert.equal((await gateway.post(target, "x")).status, 500, target);
    await gateway.logged(new RegExp(`amqp://127.0.0.1:${rabbit.port}: `));
    assert.ok(!gateway.output.includes("wrong@"), gateway.output);
  });

  test("a broker that is gone is an error, until it's back", async () => {
    await rabbit.stop();
    const began = Date.now();
    assert.equal((await gateway.post("/event", "x")).status, 500);
    assert.ok(Date.now() - began < 5000);
    await rabbit.restart();
    connection = await amqplib.connect(rabbit.url);
    channel = await connection.createChannel();
    published(await gateway.post("/event", "back"));
    assert.equal((await read("quick")).content.toString(), "back");
  });
});

describe("NATS", { skip: missing("nats") }, () => {
  const t = scope();
  /** @type {Awaited<ReturnType<typeof startNats>>} */
  let server;
  /** @type {NatsConnection} */
  let connection;
  /** @type {Gateway} */
  let gateway;

  before(async () => {
    server = await startNats(t, 'authorization { user: ada, password: "secret" }');
    connection = await connect({ port: server.port, user: "ada", pass: "secret" });
    t.after(() => connection.close());
    const publisher = (/** @type {string} */ url) => [backend("nats://", { "backend/pubsub/publisher": { topic_url: url } })];
    const endpoints = [
      endpoint("/publish", publisher("orders?natsv2"), { method: "POST", input_headers: ["X-Id"] }),
      endpoint("/gob", publisher("gob"), { method: "POST" }),
      endpoint("/next", [backend("nats://", { "backend/pubsub/subscriber": { subscription_url: "answers?natsv2" } }, { mapping: { a: "b" } })], { timeout: "5s" }),
      endpoint("/none", [backend("nats://", { "backend/pubsub/subscriber": { subscription_url: "silence" } })], { timeout: "600ms" }),
    ];
    gateway = await serve(t, config(endpoints), { env: { NATS_SERVER_URL: `nats://ada:secret@127.0.0.1:${server.port}` } });
  });

  test("a publisher's message arrives with its headers", async () => {
    const subscription = connection.subscribe("orders", { max: 1 });
    await connection.flush();
    published(await gateway.post("/publish", '{"a":1}', { "X-Id": "7" }));
    for await (const message of subscription) {
      assert.equal(message.string(), '{"a":1}');
      assert.equal(message.headers?.get("X-Id"), "7");
      assert.equal(message.headers?.get("User-Agent"), "KrakenD+Version+2.11.2");
    }
  });

  test("without natsv2 it's the gob of gocloud's driver", async () => {
    const subscription = connection.subscribe("gob", { max: 1 });
    await connection.flush();
    published(await gateway.post("/gob", "hello"));
    for await (const message of subscription) {
      const text = Buffer.from(message.data).toString("latin1");
      assert.ok(text.startsWith("\r\x7f\x04\x01\x02\xff\x80") && text.includes("hello"), JSON.stringify(text));
    }
  });

  test("a subscriber answers with the message that comes while it waits", async () => {
    const waiting = gateway.get("/next");
    await server.subscribed("answers");
    const lines = headers();
    lines.set("X-A", "1");
    connection.publish("answers", '{"a":1}', { headers: lines });
    assert.deepEqual((await waiting).json, { b: 1 }, gateway.output);
  });

  test("no message within the time is an error", async () => {
    const began = Date.now();
    const { status, text } = await gateway.get("/none");
    assert.deepEqual([status, text], [500, ""]);
    assert.ok(Date.now() - began < 2000);
  });
});

describe("Kafka", { skip: missing("kafka") }, () => {
  const t = scope();
  /** @type {Awaited<ReturnType<typeof startKafka>>} */
  let kafka;
  /** @type {Kafka} */
  let client;
  /** @type {Gateway} */
  let gateway;

  before(async () => {
    kafka = await startKafka(t);
    client = new Kafka({ brokers: [`localhost:${kafka.port("PLAIN")}`], logLevel: logLevel.NOTHING });
    const subscriber = { subscription_url: "readers?topic=numbers&offset=oldest", binding: "GROUPS" };
    const endpoints = [
      endpoint("/publish", [backend("kafka://", { "backend/pubsub/publisher": { topic_url: "events" } })], { method: "POST", input_headers: ["X-Id"] }),
      endpoint("/next", [backend("kafka://", { "backend/pubsub/subscriber": subscriber })], { timeout: "10s" }),
    ];
    gateway = await serve(t, config(endpoints, { timeout: "10s" }), { env: { KAFKA_BROKERS: `localhost:9,localhost:${kafka.port("PLAIN")}` } });
  });

  // Kafka's own clients end with their test: one that a stopped broker has cut off tries again for ever, and nothing ends it then.
  test("a publisher's message arrives with its headers and no key", async (own) => {
    published(await gateway.post("/publish", "hello", { "X-Id": "7" }));
    const consumer = client.consumer({ groupId: "other" });
    own.after(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic: "events", fromBeginning: true });
    const message = /** @type {import("kafkajs").KafkaMessage} */ (
      await new Promise((resolve) => void consumer.run({ eachMessage: ({ message: one }) => Promise.resolve(resolve(one)) }))
    );
    assert.deepEqual([message.value?.toString(), message.key], ["hello", null]);
    assert.equal(message.headers?.["X-Id"]?.toString(), "7");
    assert.equal(message.headers?.["User-Agent"]?.toString(), "KrakenD Version 2.11.2");
  });

  test("a message that is too large is refused", async () => {
    assert.equal((await gateway.post("/publish", "x".repeat(1_000_001))).status, 500);
    await gateway.logged(/kafka:\/\/events: /);
  });

  test("parallel requests of a group get different messages, and what was answered is committed", async (own) => {
    const producer = client.producer();
    await producer.connect();
    own.after(() => producer.disconnect());
    await producer.send({ topic: "numbers", messages: Array.from({ length: 20 }, (_, n) => ({ value: JSON.stringify({ n }) })) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.get("/next")));
    assert.deepEqual(answers.map(({ status }) => status).filter((status) => status !== 200), [], gateway.output);
    assert.deepEqual(answers.map(({ json }) => json.n).sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n));
    const admin = client.admin();
    await admin.connect();
    own.after(() => admin.disconnect());
    const [offsets] = await admin.fetchOffsets({ groupId: "readers", topics: ["numbers"] });
    const total = offsets?.partitions.reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0);
    assert.equal(total, 20);
  });

  test("a cluster that is gone is an error in time, until it's back", async () => {
    await kafka.stop();
    const began = Date.now();
    assert.equal((await gateway.post("/publish", "x")).status, 500);
    assert.ok(Date.now() - began < 12_000);
    await kafka.restart();
    published(await gateway.post("/publish", "back"));
  });
});

describe("brokers that can't be used", () => {
  /** @type {[string, string, string, Record<string, string>, RegExp][]} */
  const cases = [
    ["nobody listens", "nats://", "orders", {}, /nats:\/\/orders: /],
    ["no variable", "kafka://", "orders", { KAFKA_BROKERS: "" }, /kafka:\/\/orders: the worker has no variable KAFKA_BROKERS/],
  ];
  for (const [name, host, url, env, line] of cases) {
    test(`${name}: the backend fails, and the log says why`, async (t) => {
      const free = await freePort();
      const gateway = await serve(t, config([endpoint("/a", [backend(host, { "backend/pubsub/publisher": { topic_url: url } })], { method: "POST" })]), {
        env: { NATS_SERVER_URL: `nats://127.0.0.1:${free}`, ...env },
      });
      const { status, text } = await gateway.post("/a", "x");
      assert.deepEqual([status, text], [500, ""]);
      await gateway.logged(line);
    });
  }

  test("a broker that is silent ends with the deadline, and its socket too", async (t) => {
    let open = 0;
    const silent = net.createServer((socket) => {
      open++;
      socket.resume();
      socket.on("close", () => open--);
      socket.on("error", () => {});
    });
    await /** @type {Promise<void>} */ (new Promise((resolve) => silent.listen(0, "127.0.0.1", resolve)));
    t.after(() => silent.close());
    const { port } = /** @type {net.AddressInfo} */ (silent.address());
    const publisher = { "backend/amqp/producer": { exchange: "x", name: "q", routing_key: "k" } };
    const gateway = await serve(t, config([endpoint("/a", [backend(`amqp://127.0.0.1:${port}`, publisher)], { method: "POST" })], { timeout: "500ms" }));
    const began = Date.now();
    assert.equal((await gateway.post("/a", "x")).status, 500);
    assert.ok(Date.now() - began < 3000);
    for (let i = 0; i < 60; i++) {
      if (open === 0) break;
      await sleep(50);
    }
    assert.equal(open, 0);
  });

  test("a driver that isn't served is refused by name, with the way around", async (t) => {
    const { dir, remove } = folder({
      "krakend.json": JSON.stringify(config([endpoint("/a", [backend("azuresb://", { "backend/pubsub/publisher": { topic_url: "t" } })])])),
    });
    t.after(remove);
    const { code, stdout, stderr } = await command(["check", "-c", `${dir}/krakend.json`]);
    assert.equal(code, 1);
    assert.match(stdout + stderr, /azuresb:\/\/ isn't served[^]*servicebus\.windows\.net/);
  });
});
