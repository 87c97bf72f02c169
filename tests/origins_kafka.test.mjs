// Kafka: the module of `origins/` on workerd, a Kafka of its own, and kafkajs as the other side.
import assert from "node:assert/strict";
import fs from "node:fs";
import { before, describe, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { missing, startKafka } from "./support/brokers.mjs";
import { makeCertificates } from "./support/certificates.mjs";
import { assertFailed, groupContext, profile, startWorker, tcpServer } from "./support/origins.mjs";

/** @import { Admin } from "kafkajs" */
/** @import { Operation } from "./support/origins.mjs" */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const publisher = (/** @type {string} */ topic, acks = 1) => ({ topic, acks, max_bytes: 1_000_000 });
const sasl = (/** @type {string} */ mechanism, password = "secret") => ({ mechanism, user: "ada", password });

/** What sarama counts besides a record's key, value and headers. */
const OVERHEAD = 36;

/** @typedef {{ value: string, key: string | null, headers: Record<string, string>, partition: number }} Seen */

describe("Kafka", { skip: missing("kafka") }, () => {
  const certificates = makeCertificates();
  /** @type {Awaited<ReturnType<typeof startKafka>>} */
  let kafka;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  /** @type {Kafka} */
  let client;
  /** @type {Admin} */
  let admin;
  const t = groupContext();
  /** @type {string[]} */
  let names = [];
  /** @type {object[]} */
  let plan = [];

  /** Another worker, which knows nothing. */
  async function again() {
    const profiles = [profile({ ca: [certificates.pem("ca.pem")] }), profile({ public_roots: true })];
    worker = await startWorker(t, profiles, [certificates.pem("ca.pem")], plan);
  }

  before(async () => {
    t.after(() => certificates.remove());
    const keystore = `${certificates.dir}/keystore.pem`;
    fs.writeFileSync(keystore, `${certificates.pem("ec.key")}${certificates.pem("ec.pem")}`);
    kafka = await startKafka(t, keystore);
    const silent = await tcpServer(t, () => {});
    const http = await tcpServer(t, (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const at = (/** @type {Parameters<typeof kafka.port>[0]} */ name) => [["localhost", kafka.port(name)]];
    const tls = { tls: { profile: 0 } };
    const events = { publisher: publisher("events") };
    /** @type {Record<string, [unknown[], object, object?]>} */
    const brokers = {
      events: [at("PLAIN"), events],
      created: [at("PLAIN"), { publisher: publisher("created") }],
      all: [at("PLAIN"), { publisher: publisher("events", -1) }],
      none: [at("PLAIN"), { publisher: publisher("events", 0) }],
      // Its leaders are advertised by another name, so that they get a connection of their own.
      elsewhere: [[["127.0.0.1", kafka.port("PLAIN")]], events],
      third: [[["127.0.0.1", 9], ["127.0.0.1", 10], ...at("PLAIN")], events],
      invalid: [at("PLAIN"), { publisher: publisher("a b") }],
      unknown: [at("PLAIN"), { publisher: publisher("unknown") }],
      small: [at("PLAIN"), { publisher: publisher("small") }],
      large: [at("PLAIN"), { publisher: { ...publisher("events"), max_bytes: 10_000_000 } }],
      tls: [at("TLS"), events, tls],
      tlsOfThePlatform: [at("TLS"), events, { tls: "platform" }],
      unknownIssuer: [at("TLS"), events, { tls: { profile: 1 } }],
      tlsMissing: [at("TLS"), events],
      plain: [at("SASL"), { ...events, sasl: sasl("PLAIN") }],
      scram256: [at("SASL"), { ...events, sasl: sasl("SCRAM-SHA-256") }],
      scram512: [at("SECURE"), { ...events, sasl: sasl("SCRAM-SHA-512") }, tls],
      wrongPlain: [at("SASL"), { ...events, sasl: sasl("PLAIN", "wrong") }],
      wrongScram: [at("SASL"), { ...events, sasl: sasl("SCRAM-SHA-256", "wrong") }],
      noSasl: [at("SASL"), events],
      saslRefused: [at("PLAIN"), { ...events, sasl: sasl("PLAIN") }],
      oldest: [at("PLAIN"), { source: { group: "oldest", topics: ["orders"], oldest: true } }],
      newest: [[["127.0.0.1", kafka.port("PLAIN")]], { source: { group: "newest", topics: ["orders", "events"], oldest: false } }],
      members: [at("PLAIN"), { source: { group: "members", topics: ["orders"], oldest: false } }],
      lost: [at("PLAIN"), { source: { group: "lost", topics: ["lost"], oldest: true } }],
      ...Object.fromEntries(["gzip", "snappy", "lz4", "zstd"].map((codec) => [codec, [at("PLAIN"), { source: { group: codec, topics: [codec], oldest: true } }]])),
      secure: [at("SECURE"), { source: { group: "secure", topics: ["orders"], oldest: true }, sasl: sasl("SCRAM-SHA-256") }, tls],
      silentGroup: [[["127.0.0.1", silent]], { source: { group: "g", topics: ["orders"], oldest: true } }],
      refusedGroup: [[["127.0.0.1", 9]], { source: { group: "g", topics: ["orders"], oldest: true } }],
      refused: [[["127.0.0.1", 9]], events],
      silent: [[["127.0.0.1", silent]], events],
      http: [[["127.0.0.1", http]], events],
    };
    names = Object.keys(brokers);
    plan = Object.entries(brokers).map(([name, [hosts, options, more]]) => ({ name, hosts, protocol: { kafka: options }, ...more }));
    await again();
    client = new Kafka({ brokers: [`localhost:${kafka.port("PLAIN")}`], logLevel: logLevel.NOTHING });
    admin = client.admin();
    await admin.connect();
    t.after(() => admin.disconnect());
    await admin.createTopics({ topics: [{ topic: "events" }, { topic: "orders" }, { topic: "small", configEntries: [{ name: "max.message.bytes", value: "1000" }] }], waitForLeaders: true });
  });

  const publish = (/** @type {string} */ name, /** @type {Operation} */ operation = {}, body = "") => worker.publish({ broker: names.indexOf(name), ...operation }, body);

  const receive = (/** @type {string} */ name, /** @type {Operation} */ operation = {}) => worker.receive({ broker: names.indexOf(name), group: name, ...operation });
  /** Sends from the other side, to one partition. */
  const send = async (/** @type {string} */ topic, /** @type {string[]} */ values, options = {}) => {
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ value, ...options })), ...options });
    await producer.disconnect();
  };
  /** What a group has committed, by partition. */
  const committed = async (/** @type {string} */ groupId, topic = "orders") => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return Object.fromEntries((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
  };

  /** The end of each of a topic's partitions, added up. */
  const count = async (/** @type {string} */ topic) => (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);

  /** All records of a topic, for the other side. @returns {Promise<Seen[]>} */
  async function read(/** @type {string} */ topic) {
    const expected = await count(topic);
    const consumer = client.consumer({ groupId: `reader-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    /** @type {Seen[]} */
    const seen = [];
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${seen.length} of ${expected} records`)), 30_000);
      void consumer.run({
        eachMessage: async ({ partition, message: { key, value, headers } }) => {
          const lines = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
          seen.push({ partition, key: key === null ? null : key.toString(), value: String(value), headers: Object.fromEntries(lines) });
          if (seen.length === expected) resolve(clearTimeout(late));
        },
      });
    });
    await consumer.disconnect();
    return seen;
  }

  test("records with headers and keys, in both partitions", async () => {
    assert.deepEqual(await publish("events", { message: { headers: [["Content-Type", "application/json"], ["X-É", "é"]] } }, '{"a":1}'), {});
    assert.deepEqual(await publish("events", { message: { key: "k" } }, "keyed"), {});
    for (let i = 0; i < 30; i++) assert.deepEqual(await publish("events", {}, String(i)), {});
    const seen = await read("events");
    const { partition: _, ...first } = seen.find(({ value }) => value.startsWith("{")) ?? { partition: 0 };
    assert.deepEqual(first, { value: '{"a":1}', key: null, headers: { "Content-Type": "application/json", "X-É": "é" } });
    assert.equal(seen.find(({ value }) => value === "keyed")?.key, "k");
    assert.equal(seen.length, 32);
    assert.deepEqual([...new Set(seen.map(({ partition }) => partition))].toSorted((a, b) => a - b), [0, 1]);
  });

  test("a topic that isn't there is created", async () => {
    assert.deepEqual(await publish("created", {}, "first"), {});
    assert.equal(await count("created"), 1);
  });

  test("any number of acknowledgements", async () => {
    const earlier = await count("events");
    assert.deepEqual(await publish("all"), {});
    assert.deepEqual(await publish("none"), {});
    for (let i = 0; i < 50 && (await count("events")) < earlier + 2; i++) await sleep(50);
    assert.equal(await count("events"), earlier + 2);
  });

  test("1,000,000 bytes are a message, one more isn't", async () => {
    const body = "x".repeat(1_000_000 - OVERHEAD);
    assert.deepEqual(await publish("events", {}, body), {});
    const { code, error } = await publish("events", {}, `${body}x`);
    assert.deepEqual({ code, error }, { code: "too-large", error: "events: the message has 1000001 bytes, the limit is 1000000" });
    const { code: header } = await publish("events", { message: { headers: [["a", "b"]] } }, body);
    assert.equal(header, "too-large");
  });

  test("of three hosts two are dead, and a leader is elsewhere", async () => {
    const started = Date.now();
    assert.deepEqual(await publish("third"), {});
    assert.deepEqual(await publish("elsewhere"), {});
    assert.ok(Date.now() - started < 3000);
  });

  test("TLS and SASL", async () => {
    const earlier = await count("events");
    const ways = ["tls", "tlsOfThePlatform", "plain", "scram256", "scram512"];
    for (const name of ways) assert.deepEqual(await publish(name), {}, name);
    assert.equal(await count("events"), earlier + ways.length);
  });

  /** @type {[string, string, RegExp][]} */
  const failures = [
    ["invalid", "unknown-name", /a b: the topic's name is invalid \(17\)/],
    ["small", "refused", /small: the message is too large for the topic \(10\): it has 2036 bytes/],
    ["large", "refused", /events: the message is too large for the topic \(10\)/],
    ["unknownIssuer", "unknown-issuer", /add the issuer to ca_certs/],
    ["tlsMissing", "wrong-protocol", /it speaks TLS/],
    ["wrongPlain", "wrong-credentials", /Authentication failed/],
    ["wrongScram", "wrong-credentials", /Authentication failed/],
    ["noSasl", "connection-lost", /./],
    ["saslRefused", "refused", /asks for no credentials at this address/],
    ["refused", "no-connection", /no connection: /],
    ["silent", "timed-out", /no answer within 3000 ms/],
    ["http", "wrong-protocol", /doesn't speak Kafka/],
  ];
  for (const [name, expected, text] of failures) {
    test(`failure: ${name}`, async () => {
      const body = name === "small" ? "x".repeat(2000) : name === "large" ? "x".repeat(2_000_000) : "";
      assertFailed(await publish(name, { millis: 3000 }, body), name, expected, text);
    });
  }

  test("50 receivers at once get 50 records, in order, and their positions are committed", async () => {
    const values = Array.from({ length: 60 }, (_, i) => `${i % 2} ${i}`);
    for (const partition of [0, 1]) await send("orders", values.filter((value) => value.startsWith(String(partition))), { partition });
    const received = await Promise.all(Array.from({ length: 50 }, () => receive("oldest")));
    const bodies = received.map(({ body, error }) => body ?? String(error));
    assert.equal(new Set(bodies).size, 50);
    for (const partition of ["0", "1"]) {
      const own = bodies.filter((body) => body.startsWith(partition)).map((body) => Number(body.slice(2))).toSorted((a, b) => a - b);
      assert.deepEqual(own, values.filter((value) => value.startsWith(partition)).slice(0, own.length).map((value) => Number(value.slice(2))));
      assert.equal((await committed("oldest"))[partition], own.length);
    }
  });

  test("what is committed survives the worker, what isn't settled comes again", async () => {
    const unsettled = [await receive("oldest", { settlement: "none" }), await receive("oldest", { settlement: "requeue" })];
    await again();
    const bodies = [];
    for (let i = 0; i < 10; i++) bodies.push((await receive("oldest")).body);
    for (const { body } of unsettled) assert.ok(bodies.includes(body), body);
    assert.equal(new Set(bodies).size, 10);
    assert.deepEqual(await committed("oldest"), { 0: 30, 1: 30 });
    assert.equal((await receive("oldest", { millis: 300 })).code, "no-message");
  });

  test("a receiver waits for its record, over TLS as well", async () => {
    const waiting = receive("oldest");
    await sleep(300);
    await send("orders", ["late"]);
    assert.equal((await waiting).body, "late");
    assert.match((await receive("secure")).body ?? "", /^[01] [01]$/);
  });

  test("a receiver whose time is up while it queues takes nothing", async () => {
    const first = receive("oldest", { millis: 10_000 });
    await sleep(100);
    const late = [receive("oldest", { millis: 300 }), receive("oldest", { millis: 300 })];
    await sleep(700);
    await send("orders", ["a", "b", "c"], { partition: 0 });
    const bodies = [(await first).body];
    assert.deepEqual((await Promise.all(late)).map(({ error }) => error), Array(2).fill("oldest: no message within 300 ms"));
    for (let i = 0; i < 2; i++) bodies.push((await receive("oldest")).body);
    assert.deepEqual(bodies, ["a", "b", "c"]);
  });

  test("a new group begins with what comes after its first receiver", async () => {
    assert.equal((await receive("newest", { millis: 1500 })).code, "no-message");
    await again();
    await send("orders", ["new"]);
    await send("events", ["other"]);
    const bodies = [(await receive("newest")).body, (await receive("newest")).body];
    assert.deepEqual(new Set(bodies), new Set(["new", "other"]));
  });

  test("a record is settled once", async () => {
    await send("orders", ["once"]);
    const { code, error } = await receive("newest", { settlement: "twice" });
    assert.equal(code, "not-held", error);
  });

  test("a group with members of its own is refused", async () => {
    const consumer = client.consumer({ groupId: "members" });
    await consumer.connect();
    await consumer.subscribe({ topic: "orders" });
    const joined = new Promise((resolve) => consumer.on("consumer.group_join", resolve));
    await consumer.run({ eachMessage: async () => {} });
    await joined;
    const { code, error } = await receive("members");
    assert.equal(code, "refused", error);
    assert.match(error ?? "", /^members: it refuses the operation: members: the group has members of its own/);
    await consumer.disconnect();
  });

  // The broker compresses what is sent plain.
  for (const codec of ["gzip", "snappy", "lz4", "zstd"]) {
    test(`batches that are compressed with ${codec} are read`, async () => {
      await admin.createTopics({ topics: [{ topic: codec, numPartitions: 1, configEntries: [{ name: "compression.type", value: codec }] }], waitForLeaders: true });
      const values = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
      await send(codec, values);
      for (const value of values) {
        const { body, error } = await receive(codec);
        assert.ok(body === value, error);
      }
    });
  }

  // As where the records up to there are deleted.
  test("a group whose position isn't there begins anew", async () => {
    await admin.createTopics({ topics: [{ topic: "lost", numPartitions: 1 }], waitForLeaders: true });
    await send("lost", ["0", "1"]);
    await admin.setOffsets({ groupId: "lost", topic: "lost", partitions: [{ partition: 0, offset: "100" }] });
    assert.equal((await receive("lost")).body, "0");
    assert.deepEqual(await committed("lost", "lost"), { 0: 1 });
  });

  test("groups of clusters that can't be reached", async () => {
    assert.equal((await receive("silentGroup", { millis: 500 })).code, "timed-out");
    assert.equal((await receive("refusedGroup")).code, "no-connection");
    assert.equal((await worker.receive({ broker: names.indexOf("oldest") })).code, "bad-call");
  });

  test("a broker that is killed and comes back", async () => {
    await kafka.stop();
    assert.equal((await publish("events", { millis: 2000 })).code, "no-connection");
    await kafka.restart("auto.create.topics.enable=false");
    const waiting = publish("events", { millis: 20_000 }, "back");
    assert.deepEqual(await waiting, {});
    assert.equal((await receive("newest")).body, "back");
    await send("orders", ["after"]);
    assert.equal((await receive("newest")).body, "after");
    const { code, error } = await publish("unknown");
    assert.deepEqual({ code, error }, { code: "unknown-name", error: "unknown: unknown name: unknown: no such topic or partition (3)" });
  });

  test("nothing is left of operations", async () => {
    for (let i = 0; i < 100 && (await worker.stats()).inFlight > 0; i++) await sleep(50);
    assert.equal((await worker.stats()).inFlight, 0);
  });
});
