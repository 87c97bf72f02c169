// What large, swelling and endless bodies do to a gateway's memory, on workerd: the module's, and that of the process.
import assert from "node:assert/strict";
import test from "node:test";
import { kinds, row, weigh } from "../bench/lib/bodies.mjs";

/** The most that the module may take, and that the process may grow by, in MB. */
const MODULE = 48;
const GROWTH = 80;

/**
 * Statuses by kind: those of a client alone, and those that come besides when many ask at once.
 *
 * @type {Record<string, { alone: string[], many: string[] }>}
 */
const expected = {
  "5 MB [1,1,…] to a schema": { alone: ["413", "closed"], many: ["503"] },
  "10 MB [1,1,…] to a schema": { alone: ["413", "closed"], many: ["503"] },
  "30 MB [{},{},…], collection + flatmap": { alone: ["500"], many: ["503"] },
  "gzip of 60 MB": { alone: ["500"], many: ["503"] },
  "an origin that never ends": { alone: ["500"], many: ["503"] },
  "25 MB posted in chunks to two backends": { alone: ["413", "closed"], many: ["503"] },
  "5 MB posted to two backends": { alone: ["200"], many: ["503", "closed"] },
};

for (const [name, { alone, many }] of Object.entries(expected)) {
  test(name, { skip: process.platform !== "linux" && "memory is read from Linux's files" }, async (t) => {
    const kind = kinds[name];
    assert.ok(kind);
    for (const clients of [1, 16]) {
      const weight = await weigh(kind, clients);
      t.diagnostic(row(name, clients, weight));
      const allowed = clients === 1 ? alone : [...alone, ...many];
      for (const status of Object.keys(weight.statuses)) assert.ok(allowed.includes(status), `${clients} clients: ${status}`);
      assert.ok(weight.wasm <= MODULE, `the module takes ${weight.wasm} MB`);
      assert.ok(weight.growth <= GROWTH, `the process grows by ${weight.growth} MB`);
      assert.equal(weight.next, "200");
    }
  });
}
