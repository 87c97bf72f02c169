// Calls of HTTPS origins that nobody waits for any more: none of them may stay.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeCertificates } from "./support/certificates.mjs";
import { httpsOrigin, profile, startWorker } from "./support/origins.mjs";

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
