// `fjord check -d`: the tree of endpoints and backends, to the letter. UPDATE_SNAPSHOTS=1 writes the snapshot anew.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { formatDuration, parseDuration } from "../bin/lib/duration.mjs";
import { tree } from "../bin/lib/tree.mjs";
import { fjord, root } from "./support/gateway.mjs";

const config = {
  version: 3,
  name: "Shop",
  timeout: "90s",
  host: ["https://api.example.com"],
  extra_config: { router: { return_error_msg: true } },
  endpoints: [
    {
      endpoint: "/v1/products/{id}",
      timeout: "1500ms",
      concurrent_calls: 2,
      input_query_strings: ["page", "q"],
      backend: [
        { url_pattern: "/p/{id}", allow: ["name"], mapping: { name: "title", b: "a" } },
        { url_pattern: "/stock", host: ["https://stock.example.com"], extra_config: { "qos/http-cache": { shared: true } } },
      ],
    },
    { endpoint: "/raw", method: "POST", output_encoding: "no-op", backend: [{ url_pattern: "/", encoding: "no-op" }] },
  ],
};

describe("the tree of a configuration", () => {
  test("shows more with each level", () => {
    const text = JSON.stringify(config);
    const costs = [
      { path: "/endpoints/0", calls: 4, worst: 44, at_once: 4, cpu: 560, memory: 81_920 },
      { path: "/endpoints/1", calls: 1, worst: 1, at_once: 1, cpu: 270, memory: 0 },
    ];
    const shown = [1, 2, 3].map((level) => `-${"d".repeat(level)}\n${tree(text, { level, costs })}\n`).join("\n");
    const file = path.join(root, "tests/snapshots/tree.txt");
    if (process.env.UPDATE_SNAPSHOTS) fs.writeFileSync(file, shown);
    assert.equal(shown, fs.readFileSync(file, "utf8"));
  });

  test("has colours, and an indentation of one's own", () => {
    const shown = tree(JSON.stringify(config), { indent: "  ", color: true });
    assert.match(shown, /^ {2}- \x1b\[34;1mGET\x1b\[0m \x1b\[36;1m\/v1\/products\/\{id\}\x1b\[0m$/m);
  });

  test("comes before the last line, from standard input too", () => {
    const { status, stdout } = spawnSync(process.execPath, [fjord, "check", "-tdlnc", "-"], { input: JSON.stringify(config), encoding: "utf8" });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /2 API endpoint\(s\):\n\t- GET \/v1\/products\/\{id\}\n[^]*\nSyntax OK!\n$/);
    assert.match(stdout, /At the edge: 8 calls \(48 if all are redirected\), 4 at once, about 0\.8 ms of CPU/);
  });
});

test("durations are written as Go writes them", () => {
  const cases = { "90s": "1m30s", "1500ms": "1.5s", "1h": "1h0m0s", "0": "0s", "100us": "100µs", "1.5ms": "1.5ms", "12ns": "12ns", "-3m": "-3m0s" };
  for (const [text, written] of Object.entries(cases)) assert.equal(formatDuration(parseDuration(text) ?? NaN), written);
  for (const text of ["", "3", "1 s", "s", "1d"]) assert.equal(parseDuration(text), undefined, text);
});
