// A gateway that calls itself: once is fine, round and round ends.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";
import { freePort } from "./support/upstream.mjs";

/** @typedef {import("./support/gateway.mjs").Context} Context */
/** @typedef {import("./support/gateway.mjs").Part} Part */

/**
 * A gateway whose endpoints know its address.
 *
 * @param {Context} t
 * @param {(own: string) => Part[]} endpoints
 * @param {number} [port]
 */
async function knowing(t, endpoints, port) {
  port ??= await freePort();
  const rest = { extra_config: { "telemetry/logging": { level: "INFO", stdout: true } } };
  return serve(t, config(endpoints(`http://127.0.0.1:${port}`), rest), { args: ["-p", String(port)] });
}

/**
 * How often a path was asked for, by the log.
 *
 * @param {import("./support/gateway.mjs").Gateway} gateway
 * @param {string} path
 */
const asked = (gateway, path) => gateway.output.split("\n").filter((line) => line.startsWith("[GIN]") && line.includes(path)).length;

/**
 * Waits until the gateways together have logged this many requests, and a moment for more.
 *
 * @param {import("./support/gateway.mjs").Gateway[]} gateways
 * @param {number} count
 */
async function logged(gateways, count) {
  const all = () => gateways.reduce((sum, gateway) => sum + asked(gateway, "/loop"), 0);
  for (let waits = 0; all() < count && waits < 300; waits += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(all(), count);
}

describe("a gateway that calls itself", () => {
  it("is answered", async (t) => {
    const upstream = await origin(t, { "/b": { json: { b: 1 } } });
    const gateway = await knowing(t, (own) => [
      endpoint("/outer", [{ host: [own], url_pattern: "/middle" }]),
      endpoint("/middle", [{ host: [own], url_pattern: "/inner" }]),
      endpoint("/inner", [{ host: [upstream.url], url_pattern: "/b" }]),
    ]);
    const answer = await gateway.get("/outer");
    assert.deepEqual([answer.status, answer.json], [200, { b: 1 }]);
  });

  /** @type {[string, Part, Part][]} */
  const rounds = [
    ["ends", {}, {}],
    ["ends without the lines of a gateway", { input_headers: ["X-A"] }, {}],
    ["ends where bodies pass through", {}, { output_encoding: "no-op" }],
  ];
  for (const [what, backend, around] of rounds) {
    it(`${what} where it goes round`, async (t) => {
      const gateway = await knowing(t, (own) => [endpoint("/loop", [{ host: [own], url_pattern: "/loop", ...backend }], around)]);
      assert.equal((await gateway.get("/loop")).status, 508);
      await gateway.logged(/\/loop goes round in a loop/);
      await logged([gateway], 7);
      // The next request is as good as ever.
      assert.equal((await gateway.get("/__health")).status, 200);
    });
  }

  it("ends over another gateway", async (t) => {
    const [here, there] = [await freePort(), await freePort()];
    const leads = (/** @type {number} */ port) => () => [endpoint("/loop", [{ host: [`http://127.0.0.1:${port}`], url_pattern: "/loop" }])];
    const first = await knowing(t, leads(there), here);
    const second = await knowing(t, leads(here), there);
    assert.equal((await first.get("/loop")).status, 508);
    await logged([first, second], 7);
  });

  it("ends over two backends", async (t) => {
    const gateway = await knowing(t, (own) => [
      endpoint("/loop", [{ host: [own], url_pattern: "/loop" }, { host: [own], url_pattern: "/loop?again" }]),
    ]);
    assert.equal((await gateway.get("/loop")).status, 508);
    await logged([gateway], 2 ** 7 - 1);
  });
});
