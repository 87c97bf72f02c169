// The soak itself: a short run, and whether it sees what it looks for.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import http from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { hangUp, plan, random, send } from "../bench/soak/client.mjs";
import { KINDS } from "../bench/soak/config.mjs";
import { judge } from "../bench/soak/judge.mjs";
import { listening } from "./support/upstream.mjs";

const run = path.join(path.dirname(fileURLToPath(import.meta.url)), "../bench/soak/run.mjs");

test("some thousand requests of all kinds get their own answers", { skip: process.platform !== "linux" }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [run, "--short", "--no-build"], { encoding: "utf8", timeout: 100_000 });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^lost 0, hung 0, mixed 0, wrong 0, traps 0;/m);
  assert.match(stdout, /^last third: core [\d.]+ MB, workerd [\d.]+ MB$/m);
});

describe("an answer of a gateway that isn't well", () => {
  const json = (/** @type {unknown} */ value) => (/** @type {http.ServerResponse} */ answer) => answer.end(JSON.stringify(value));
  /** @type {Record<string, { kind?: string, id?: number, answer: (answer: http.ServerResponse) => void, end: string }>} */
  const cases = {
    "has another request's id": { answer: json({ id: "8" }), end: "mixed" },
    "has another request's id in one of its parts": { kind: "merge", answer: json({ a: { id: "9" }, b: { id: "9" }, c: { id: "8" } }), end: "mixed" },
    "lacks a part": { kind: "merge", answer: json({ a: { id: "9" }, b: { id: "9" } }), end: "wrong" },
    "is of another key": { kind: "cache", answer: json({ key: "key-8" }), end: "mixed" },
    "is another body": { kind: "upload", answer: json({ id: "9", body: "body-of-8" }), end: "mixed" },
    "has a status that isn't told": { answer: (answer) => answer.writeHead(500).end(), end: "wrong" },
    "is one that the policy refuses": { kind: "cel", id: 7, answer: json({ id: "7" }), end: "wrong" },
    "is no JSON": { answer: (answer) => answer.end("{"), end: "wrong" },
    "is cut": { answer: (answer) => answer.writeHead(200, { "content-length": 99 }).write("{", () => answer.destroy()), end: "lost" },
    "is a closed connection": { answer: (answer) => answer.destroy(), end: "lost" },
    "never comes": { answer: () => {}, end: "hung" },
    "is right": { answer: json({ id: "9" }), end: "good" },
  };
  /** @type {http.Server} */
  let server;
  let port = 0;
  before(async () => {
    server = http.createServer((request, answer) => {
      const name = new URL(request.url ?? "", "http://a").searchParams.get("case");
      cases[String(name)]?.answer(answer);
    });
    port = await listening(server);
  });
  after(() => {
    hangUp();
    server.closeAllConnections();
    server.close();
  });
  for (const [name, { kind = "concurrent", id = 9, end }] of Object.entries(cases)) {
    test(`${name}: ${end}`, async () => {
      const found = KINDS.find((other) => other.name === kind);
      assert.ok(found);
      const target = `${found.path}&case=${encodeURIComponent(name)}`;
      const result = await send(port, { kind: { ...found, path: target }, id }, 300);
      assert.equal(result.end, end, result.detail);
    });
  }
});

test("each fault and growth fails a soak, and nothing else", () => {
  const level = Array.from({ length: 9 }, () => ({ rss: 100, wasm: 2 }));
  const good = { ends: { good: 10, failed: 1, left: 1 }, samples: level, after: { good: 5, of: 5 }, traps: 0 };
  assert.deepEqual(judge(good, { memory: true }), []);
  for (const end of ["lost", "hung", "mixed", "wrong"]) {
    assert.deepEqual(judge({ ...good, ends: { good: 10, [end]: 1 } }, { memory: true }), [`1 ${end}`]);
  }
  assert.deepEqual(judge({ ...good, ends: { good: 99, late: 1 } }, { memory: true }), []);
  assert.deepEqual(judge({ ...good, ends: { good: 90, late: 10 } }, { memory: true }), ["10 late"]);
  assert.deepEqual(judge({ ...good, traps: 2 }, { memory: true }), ["2 traps"]);
  assert.deepEqual(judge({ ...good, after: { good: 4, of: 5 } }, { memory: true }), ["1 requests failed afterwards"]);
  assert.deepEqual(judge({ ...good, ends: { left: 3 } }, { memory: true }), ["no answer was good"]);
  const grown = (/** @type {object} */ end) => ({ ...good, samples: [...level.slice(0, 6), ...level.slice(6).map((sample) => ({ ...sample, ...end }))] });
  assert.match(judge(grown({ rss: 106 }), { memory: true })[0] ?? "", /^workerd's memory grew from 100.0 to 106.0 MB/);
  assert.deepEqual(judge(grown({ rss: 104 }), { memory: true }), []);
  assert.match(judge(grown({ wasm: 3 }), { memory: true })[0] ?? "", /^the core's memory grew from 2 to 3 MB/);
  assert.deepEqual(judge(grown({ rss: 200, wasm: 3 }), { memory: false }), []);
});

test("a seed gives the same requests again, with as many faults as asked for", () => {
  const plans = (/** @type {number} */ seed) => {
    const next = random(seed);
    return Array.from({ length: 2000 }, (_, id) => plan(KINDS, id, next, { faulty: 5, leaving: 2 }));
  };
  assert.deepEqual(plans(3), plans(3));
  const faulty = plans(3).filter(({ fault }) => fault !== undefined).length;
  const leaving = plans(3).filter(({ leaves }) => leaves !== undefined).length;
  assert.ok(faulty > 60 && faulty < 140, `${faulty} of 2000 origins are faulty`);
  assert.ok(leaving > 15 && leaving < 70, `${leaving} of 2000 clients leave`);
  assert.equal(new Set(plans(3).map(({ kind }) => kind.name)).size, KINDS.length);
});
