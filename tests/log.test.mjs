// What workerd writes for its developers, as users see it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkerdLog } from "../bin/lib/run/log.mjs";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

const reason = "workerd/jsg/util.c++:320: error: e = rust/worker/ffi.rs:104: failed: no such name\n";
const stack = (/** @type {string} */ id) => `stack: /bin/workerd@1 /bin/workerd@2; sentryErrorContext = jsgInternalError; wdErrId = ${id}\n`;
const refers = (/** @type {string} */ id) => `[ENDPOINT: /a] Get "http://a/": internal error; reference = ${id}\n`;
const answered = '[ENDPOINT: /a] Get "http://a/": no such name\n';

/** @type {[name: string, chunks: string[], said: string][]} */
const cases = [
  ["a reason takes the place of its reference", [reason, stack("a1"), refers("a1")], answered],
  ["in pieces of any size", [...(reason + stack("a1") + refers("a1"))], answered],
  ["each its own, in any order", [reason.replace("name", "host"), stack("a1"), reason, stack("b2"), refers("b2"), refers("a1")], answered + answered.replace("name", "host")],
  ["a reference without a reason stays", [refers("c3")], refers("c3")],
  ["a reason without a reference is said", [reason, stack("a1")], "workerd: no such name\n"],
  ["a reason without a stack is said", [reason, "other\n"], "workerd: no such name\nother\n"],
  ["other lines stay as they are", ["a\n\nb\n", "stack: x\n"], "a\n\nb\nstack: x\n"],
  ["the last line may have no end", ["a"], "a\n"],
];
for (const [name, chunks, said] of cases) {
  test(name, () => {
    let out = "";
    const log = new WorkerdLog((text) => (out += text));
    for (const chunk of chunks) log.take(chunk);
    log.end();
    assert.equal(out, said);
  });
}

test("a reason that nobody refers to is said after a while", async () => {
  /** @type {string} */
  const said = await new Promise((resolve) => {
    const log = new WorkerdLog(resolve);
    log.take(reason + stack("a1"));
    setTimeout(() => {}, 600);
  });
  assert.equal(said, "workerd: no such name\n");
});

test("workerd writes its reasons in this form", async (t) => {
  const plain = await origin(t, { "/": { json: {} } });
  const gateway = await serve(t, config([endpoint("/dns", [{ host: ["http://nothing.invalid"], url_pattern: "/" }]), endpoint("/tls", [{ host: [plain.url.replace("http:", "https:")], url_pattern: "/" }])]));
  for (const asked of ["/dns", "/tls"]) assert.equal((await gateway.get(asked)).status, 500);
  await gateway.logged(/\/tls\].* reference = /);
  let out = "";
  const log = new WorkerdLog((text) => (out += text));
  log.take(gateway.output);
  log.end();
  assert.match(out, /\[ENDPOINT: \/dns\] Get "http:\/\/nothing\.invalid\/": failed to lookup address information/);
  assert.match(out, /\[ENDPOINT: \/tls\] Get "https:[^"]+": TLS handshake failed/);
  assert.doesNotMatch(out, /workerd\/|stack:|reference/);
});
