// The bench itself: it compares every answer with the expected one, so a run of few requests shows that it works.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "../bench/lib/client.mjs";
import { regressions } from "../bench/lib/results.mjs";
import { listening } from "./support/upstream.mjs";

const run = path.join(path.dirname(fileURLToPath(import.meta.url)), "../bench/run.mjs");

const bench = (/** @type {string[]} */ ...args) => spawnSync(process.execPath, [run, ...args, "--no-build"], { encoding: "utf8", timeout: 120_000 });

test("a case is measured with all who take part", { skip: process.platform !== "linux" }, () => {
  const { status, stdout, stderr } = bench("^merge of 3 × 4 KB$", "--rounds", "1", "--requests", "20", "--warm-up", "10");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^\| merge of 3 × 4 KB (\|[^|]+){11}\|$/m);
});

test("a name that no case has is an error", { skip: process.platform !== "linux" }, () => {
  const { status, stderr } = bench("^nothing$");
  assert.equal(status, 1);
  assert.match(stderr, /no case is called like \^nothing\$/);
});

/**
 * A client of a server that does with each connection what it's told.
 *
 * @param {import("node:test").TestContext} t
 * @param {(socket: net.Socket) => void} serve
 */
async function clientOf(t, serve) {
  const server = net.createServer((socket) => serve(socket.on("error", () => {})));
  const port = await listening(server);
  const client = await Client.open(port, { path: "/" }, 2);
  t.after(() => {
    client.close();
    server.close();
  });
  return client;
}

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("the client goes on where a server closes connections, whenever it does", { timeout: 10_000 }, async (t) => {
  const client = await clientOf(t, (socket) => {
    let asked = 0;
    socket.on("data", () => {
      asked++;
      // The second request of each connection meets an end.
      if (asked > 1) socket.destroy();
      else socket.write(ANSWER);
    });
  });
  const { times } = await client.many(50, ({ body }) => assert.equal(body.toString(), "ok"));
  assert.equal(times.length, 50);
  const hasty = await clientOf(t, (socket) => socket.on("data", () => socket.end(ANSWER)));
  await hasty.many(50, ({ body }) => assert.equal(body.toString(), "ok"));
});

test("the client fails where a server gives no answer", { timeout: 10_000 }, async (t) => {
  const client = await clientOf(t, (socket) => socket.on("data", () => socket.destroy()));
  await assert.rejects(client.once());
  const half = await clientOf(t, (socket) => socket.on("data", () => socket.end(ANSWER.slice(0, -1))));
  await assert.rejects(half.once());
});

test("what is worse than before is told by case and peer", () => {
  const results = (/** @type {number} */ median) => {
    const spread = { median, low: median, high: median };
    return { cases: { work: { sides: {}, ratios: { fjord: { js: spread, floor: { ...spread, median: 1 } } } } } };
  };
  assert.deepEqual(regressions(results(1.06), results(1), 0.05), ["work: 1.06 of js, was 1.00"]);
  assert.deepEqual(regressions(results(1.04), results(1), 0.05), []);
});
