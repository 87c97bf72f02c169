// Calls of HTTPS origins that nobody waits for any more: none of them may stay.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeCertificates } from "./support/certificates.mjs";
import { httpsOrigin, profile, startWorker, tcpServer } from "./support/origins.mjs";

/** @import { Socket } from "node:net" */
/** @import { Call } from "./support/origins.mjs" */

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const MEGABYTE = 1 << 20;

const certificates = makeCertificates();
after(() => certificates.remove());

test("1,000 abandoned calls leave nothing", async (t) => {
  const worker = await startWorker(t, [profile({ ca: [certificates.pem("ca.pem")] })]);
  const silent = await httpsOrigin(t, certificates.pair("ec"), () => {});
  const dripping = await httpsOrigin(t, certificates.pair("ec"), (_, response) => void response.write(Buffer.alloc(100_000)));
  const many = async (/** @type {number} */ count, /** @type {() => Promise<void>} */ call) => {
    for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: 50 }, call));
  };
  const answered = (/** @type {Call} */ call) => async () => void (await worker.call(call));
  const left = (/** @type {Call} */ call) => async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await assert.rejects((async () => (await worker.pass(call, { signal: controller.signal })).arrayBuffer())());
  };
  // The client leaves within the body.
  const dripped = left({ url: dripping.url, millis: 400, cutAfter: 400 });
  const unanswered = [
    // The caller answers first, then the module's own limit strikes.
    answered({ url: silent.url, millis: 300, giveUpAfter: 250 }),
    // The client leaves before the head.
    left({ url: silent.url, millis: 400 }),
    answered({ url: silent.url, millis: 100 }),
  ];
  const settle = async () => {
    for (let i = 0; i < 600; i++) {
      const { inFlight } = await worker.stats();
      if (inFlight === 0 && silent.sockets() + dripping.sockets() === 0) return;
      await sleep(50);
    }
  };
  // Memory never shrinks. It is taken for those that are in flight together, most where bodies arrive, so these come first.
  await many(250, dripped);
  await settle();
  const before = (await worker.stats()).memory;
  for (const kind of unanswered) await many(250, kind);
  await settle();
  const { memory, inFlight } = await worker.stats();
  t.diagnostic(`${(memory - before) >> 10} KB more memory, ${inFlight} calls, ${silent.sockets() + dripping.sockets()} sockets`);
  assert.equal(inFlight, 0);
  assert.equal(silent.sockets() + dripping.sockets(), 0);
  // A call that stays takes 12 KB: 750 of them, 9 MB.
  assert.ok(memory - before < 4 * MEGABYTE, `${memory - before} bytes`);
});

test("600 abandoned operations on brokers leave nothing", async (t) => {
  /** @type {Set<Socket>} */
  const open = new Set();
  /** A server that says this, and no more. */
  const server = async (/** @type {string} */ greeting) => {
    const port = await tcpServer(t, (socket) => {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.write(greeting);
      socket.resume();
    });
    return [["127.0.0.1", port]];
  };
  const login = { user: "guest", password: "guest", vhost: "/" };
  const protocols = [
    { amqp: { login, publisher: { exchange: { existing: "x" }, mandatory: true, returns_are_errors: true, header_arrays: false }, source: { existing: "x" } } },
    { nats: { subject: "x" } },
    { kafka: { publisher: { topic: "x", acks: 1, max_bytes: 1000 }, source: { group: "x", topics: ["x"], oldest: true } } },
  ];
  /** @type {object[]} */
  const brokers = [];
  for (const protocol of protocols) brokers.push({ name: "silent", hosts: await server("nats" in protocol ? 'INFO {"max_payload":1000}\r\n' : ""), protocol });
  const worker = await startWorker(t, [], [], brokers);
  const settle = async () => {
    for (let i = 0; i < 600 && ((await worker.stats()).inFlight > 0 || open.size > 0); i++) await sleep(50);
  };
  const rounds = async (/** @type {number} */ count) => {
    for (let i = 0; i < count; i++) {
      await Promise.allSettled(
        brokers.flatMap((_, broker) => {
          const controller = new AbortController();
          setTimeout(() => controller.abort(), 100);
          return [
            // The worker answers first, then the module's own limit strikes.
            worker.publish({ broker, millis: 300, giveUpAfter: 250 }),
            worker.receive({ broker, millis: 300, giveUpAfter: 250 }),
            worker.publish({ broker, millis: 100 }),
            // The client leaves.
            worker.receive({ broker, millis: 300 }, { signal: controller.signal }),
          ];
        }),
      );
    }
    await settle();
  };
  await rounds(10);
  const before = (await worker.stats()).memory;
  await rounds(40);
  const { memory, inFlight } = await worker.stats();
  t.diagnostic(`${(memory - before) >> 10} KB more memory, ${inFlight} operations, ${open.size} sockets`);
  assert.equal(inFlight, 0);
  assert.equal(open.size, 0);
  assert.ok(memory - before < MEGABYTE, `${memory - before} bytes`);
});
