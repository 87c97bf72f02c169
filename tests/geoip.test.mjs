// Where clients are: what the platform tells of a request enters the core where the configuration asks for it, and nothing else does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleFor } from "../bin/lib/modules.mjs";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { config, endpoint, origin } from "./support/gateway.mjs";

/** @import { Context } from "./support/gateway.mjs" */

const EDGE = { colo: "MAD", asn: 64500, country: "ES", city: "Alcalá", isEUCountry: "1", region: "Madrid", regionCode: "MD", latitude: "40.48", longitude: "-3.36", timezone: "Europe/Madrid", tlsVersion: "TLSv1.3" };

/**
 * A gateway for whose requests the platform tells what a header line says.
 *
 * @param {Context} t
 * @param {string} upstream
 * @param {object} service
 */
async function gateway(t, upstream, service) {
  const backend = [{ host: [upstream], url_pattern: "/b" }];
  const policies = { req: { policies: ["geoIP().Country.IsoCode == 'ES'"], error: { status: 403, body: "not here" } } };
  const text = JSON.stringify(config([endpoint("/a", backend, { input_headers: ["X-Geoip"] }), ...("extra_config" in service ? [endpoint("/spain", backend, { extra_config: { "security/policies": policies } })] : [])], service));
  const { url } = moduleFor({ module: "full" });
  const { port, stop } = await startWorkerd({ config: { text, files: {} }, address: "127.0.0.1:0", vars: {}, module: url, cfHeader: "Platform" });
  t.after(stop);
  return (/** @type {string} */ target, /** @type {object} */ cf, /** @type {Record<string, string>} */ headers = {}) =>
    fetch(`http://127.0.0.1:${port}${target}`, { headers: { ...headers, "Platform": JSON.stringify(cf).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`) } });
}

test("backends and policies get the place that the platform tells", async (t) => {
  const upstream = await origin(t, { "/b": { json: { ok: true } } });
  const ask = await gateway(t, upstream.url, { extra_config: { "plugin/http-server": { name: ["geoip"], geoip: { citydb_path: "city.mmdb" } } } });

  assert.equal((await ask("/a", EDGE, { "X-Geoip": "forged" })).status, 200);
  const told = /** @type {{ Country: object, City: object, Location: object }} */ (JSON.parse(String(upstream.requests[0]?.headers["x-geoip"])));
  assert.deepEqual([told.Country, told.City], [{ IsInEuropeanUnion: true, IsoCode: "ES", Names: {} }, { Names: { en: "Alcalá" } }]);
  assert.deepEqual(told.Location, { Latitude: 40.48, Longitude: -3.36, MetroCode: 0, TimeZone: "Europe/Madrid" });

  // The next request, with the same lines, is at another place.
  assert.equal((await ask("/a", { ...EDGE, country: "PT" }, { "X-Geoip": "forged" })).status, 200);
  assert.match(String(upstream.requests[1]?.headers["x-geoip"]), /"IsoCode":"PT"/);
  assert.equal((await ask("/a", { colo: "MAD" }, { "X-Geoip": "forged" })).status, 200);
  assert.equal(upstream.requests[2]?.headers["x-geoip"], undefined);

  for (const [cf, status] of /** @type {const} */ ([[EDGE, 200], [{ ...EDGE, country: "US" }, 403], [{ colo: "MAD" }, 403], [EDGE, 200]])) {
    assert.equal((await ask("/spain", cf)).status, status);
  }
});

test("nobody is asked where nothing asks for it", async (t) => {
  const upstream = await origin(t, { "/b": { json: { ok: true } } });
  const ask = await gateway(t, upstream.url, {});
  assert.equal((await ask("/a", EDGE, { "X-Geoip": "mine" })).status, 200);
  assert.equal(upstream.requests[0]?.headers["x-geoip"], "mine");
});
