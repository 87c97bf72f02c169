// The bench itself: it compares every answer with the expected one, so a run of few requests shows that it works.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const run = path.join(path.dirname(fileURLToPath(import.meta.url)), "../bench/run.mjs");

const bench = (/** @type {string[]} */ ...args) => spawnSync(process.execPath, [run, ...args, "--no-build"], { encoding: "utf8", timeout: 120_000 });

test("a case is measured with all who take part", { skip: process.platform !== "linux" }, () => {
  const { status, stdout, stderr } = bench("^merge of 3 × 4 KB$", "--rounds", "1", "--requests", "20", "--warm-up", "10");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^\| merge of 3 × 4 KB (\|[^|]+){10}\|$/m);
});

test("a name that no case has is an error", { skip: process.platform !== "linux" }, () => {
  const { status, stderr } = bench("^nothing$");
  assert.equal(status, 1);
  assert.match(stderr, /no case is called like \^nothing\$/);
});
