// What the core writes and the script reads: texts of any characters, in one blob that the script cuts by lengths.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

/** The scripts of the build. They are typed as workerd's; here is what this test uses of them, as Node has it. */
const load = (/** @type {string} */ name) => import(new URL(`../build/${name}`, import.meta.url).href);
/**
 * @typedef {{ answer: (request: Request, env: object, ctx: { waitUntil: () => void }) => Response | Promise<Response> }} Gateway
 * @type {{ Driver: new (instantiate: () => object, config: string, files: string) => Gateway }}
 */
const { Driver } = await load("driver.mjs");
/** @type {typeof import("../src/edge/fjord.mjs")} */
const { instantiate } = await load("modules/tools/fjord.mjs");

const module = new WebAssembly.Module(fs.readFileSync(new URL("../build/modules/tools/fjord.wasm", import.meta.url)));

// Workers have it.
Object.assign(globalThis, { IdentityTransformStream: TransformStream });

/** Each line of the body becomes a line of the log; the query, the header and the body of the call come after them in the blob. */
const script = `
local r = request.load()
local text = r:body()
for line in string.gmatch(text, '[^\\n]+') do print('<' .. line .. '>') end
r:url(r:url() .. '?length=' .. #text)
r:headers('X-Length', tostring(#text))
r:body(text .. '!')`;

const config = JSON.stringify({
  version: 3,
  host: ["http://origin.test"],
  endpoints: [
    {
      endpoint: "/a",
      method: "POST",
      backend: [{ url_pattern: "/b", method: "POST", extra_config: { "modifier/lua-backend": { pre: script, allow_open_libs: true } } }],
    },
  ],
});

/** Of one, two and three bytes, of four bytes and two UTF-16 units, and what decoders like to drop or join. */
const CHARACTERS = ["a", "7", " ", "\t", "\u0001", "\u007f", "é", "ß", "\u0800", "漢", "\ud7ff", "\ue000", "\ufeff", "\ufffd", "\uffff", "😀", "\u{10ffff}", "e\u0301", "👩‍👧"];

/** Numbers below a limit, the same in each run. */
function random() {
  let state = 0x2545f491;
  return (/** @type {number} */ below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test("texts of any characters arrive whole, and nothing after them is displaced", async (t) => {
  /** @type {string[]} */
  const logged = [];
  for (const level of /** @type {const} */ (["debug", "info", "log", "warn", "error"])) {
    t.mock.method(console, level, (/** @type {string} */ line) => logged.push(line));
  }
  /** @type {{ url: string, headers: Headers, body: string }[]} */
  const calls = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string | Request} */ call, /** @type {RequestInit | undefined} */ init) => {
    const request = new Request(call, { ...init, duplex: "half" });
    calls.push({ url: request.url, headers: request.headers, body: Buffer.from(await request.arrayBuffer()).toString() });
    // Announced: parts of a body are read as workerd has it.
    return new Response('{"ok":true}', { headers: { "content-type": "application/json", "content-length": "11" } });
  });
  const gateway = new Driver(() => instantiate(module), config, "{}");
  const next = random();
  const texts = () => Array.from({ length: next(6) }, () => Array.from({ length: 1 + next(12) }, () => CHARACTERS[next(CHARACTERS.length)]).join(""));
  for (let round = 0; round < 300; round++) {
    const wanted = texts();
    const text = wanted.join("\n");
    const [from, first] = [logged.length, calls.length];
    const sent = new TextEncoder().encode(text);
    const headers = { "content-type": "text/plain", "content-length": String(sent.length) };
    const request = new Request("http://gateway.test/a", { method: "POST", body: sent, headers });
    const answer = await gateway.answer(request, {}, { waitUntil() {} });
    assert.equal(answer.status, 200, JSON.stringify({ text, logged: logged.slice(from) }));
    assert.deepEqual(await answer.json(), { ok: true });
    const said = logged.slice(from).join("\n");
    for (const line of wanted) assert.ok(said.includes(`<${line}>`), JSON.stringify({ line, said }));
    const length = Buffer.byteLength(text);
    const call = calls[first];
    assert.ok(call);
    const { url, headers: lines, body } = call;
    assert.deepEqual({ url, length: lines.get("x-length"), body }, { url: `http://origin.test/b?length=${length}`, length: String(length), body: `${text}!` });
  }
});
