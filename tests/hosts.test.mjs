// Virtual hosts and address filters on workerd: the host and the address are those of the connection, whatever a client writes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

/** @typedef {import("./support/gateway.mjs").Context} Context */

const upstream = (/** @type {Context} */ t) => origin(t, { "/plain": { json: { of: "plain" } }, "/shop": { json: { of: "shop" } }, "/admin": { json: { of: "admin" } } });

test("each virtual host has its endpoints, and no path leads to another's", async (t) => {
  const { url } = await upstream(t);
  const of = (/** @type {string} */ path, /** @type {string} */ backend) => endpoint(path, [{ host: [url], url_pattern: `/${backend}` }]);
  const gateway = await serve(
    t,
    config([of("/x", "plain"), of("/__virtual/shop/x", "shop"), of("/__virtual/admin/x", "admin")], {
      extra_config: { "server/virtualhost": { aliased_hosts: { shop: "shop.example", admin: "admin.example:8443" } } },
    }),
  );
  const ask = async (/** @type {string} */ target, /** @type {string[]} */ ...lines) => {
    const answer = await gateway.raw([`GET ${target} HTTP/1.1`, "Connection: close", ...lines, "", ""].join("\r\n"));
    return [Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), /"of":"(\w+)"/.exec(answer)?.[1]];
  };
  assert.deepEqual(await ask("/x", "Host: other.example"), [200, "plain"]);
  assert.deepEqual(await ask("/x", "Host: SHOP.example"), [200, "shop"]);
  assert.deepEqual(await ask("/x", "Host: shop.example:80"), [200, "shop"]);
  assert.deepEqual(await ask("/x", "Host: admin.example:8443"), [200, "admin"]);
  assert.deepEqual(await ask("/x", "Host: admin.example"), [200, "plain"]);
  for (const target of ["/__virtual/admin/x", "/__virtual/admin/%78", "/%5f_virtual/admin/x", "/a/../__virtual/admin/x", "/../admin/x", "//__virtual/admin/x"]) {
    for (const host of ["other.example", "shop.example"]) {
      const [status, name] = await ask(target, `Host: ${host}`, "X-Forwarded-Host: admin.example:8443", "X-Host: admin.example:8443");
      assert.notEqual(name, "admin", `${target} of ${host}: ${status}`);
      assert.notEqual(status, 200, `${target} of ${host}`);
    }
  }
});

test("an address filter asks for the address of the connection", async (t) => {
  const { url } = await upstream(t);
  const filtered = (/** @type {object} */ filter) =>
    config([endpoint("/x", [{ host: [url], url_pattern: "/plain" }])], {
      extra_config: { router: { forwarded_by_client_ip: false }, "plugin/http-server": { name: ["ip-filter"], "ip-filter": filter } },
    });
  const lines = { "X-Forwarded-For": "9.9.9.9", "X-Real-IP": "9.9.9.9", Forwarded: "for=9.9.9.9" };
  const status = async (/** @type {{ url: string }} */ gateway, /** @type {string} */ path) => (await fetch(gateway.url + path, { headers: lines })).status;
  const denies = await serve(t, filtered({ CIDR: ["127.0.0.0/8", "::1"], allow: false, client_ip_headers: ["X-Forwarded-For"] }));
  assert.deepEqual([await status(denies, "/x"), await status(denies, "/__health"), await status(denies, "/nowhere")], [403, 403, 403]);
  const allows = await serve(t, filtered({ CIDR: ["127.0.0.1", "::1"], allow: true }));
  assert.equal(await status(allows, "/x"), 200);
});
