// The console in a real Chromium: every feature, the engine's answers beside those of `fjord run`, nothing on the browser's console.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { at } from "../scripts/lib.mjs";
import { ORDER } from "../bin/lib/graph/order.mjs";
import { launch } from "./support/browser.mjs";
import { command, config, endpoint, folder, origin, runGateway, serve } from "./support/gateway.mjs";

/** Where screenshots go, if anybody wants to look at them: SCREENSHOTS=DIR. */
const { SCREENSHOTS } = process.env;

const found = await launch();
const browser = "browser" in found ? found.browser : undefined;
// Also where only tests outside the suite run.
after(() => browser?.close());

/** @typedef {import("playwright-core").Page} Page */

describe("the console", { skip: "reason" in found && found.reason }, () => {
  let url = "";
  /** @type {import("./support/gateway.mjs").Gateway | undefined} */
  let gateway;
  before(async () => {
    gateway = await runGateway(["-c", at("krakend.json"), "-p", "0"]);
    ({ url } = gateway);
  });
  after(async () => {
    await gateway?.stop();
  });

  /**
   * The page, ready. What the browser complains of, and every request to another place, is a failure of the test.
   *
   * @param {import("node:test").TestContext} t
   * @param {import("playwright-core").BrowserContextOptions & { hash?: string }} [options]
   */
  const open = async (t, { hash = "", ...options } = {}) => {
    assert.ok(browser);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
    const page = await context.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => /^(blob:|data:)/.test(request.url()) || request.url().startsWith(url) || complaints.push(`a request to ${request.url()}`));
    t.after(async () => {
      if (SCREENSHOTS) await page.screenshot({ path: path.join(SCREENSHOTS, `${t.name.replace(/\W+/g, "-")}.png`) });
      await context.close();
      assert.deepEqual(complaints, []);
    });
    await page.goto(`${url}/${hash}`);
    await page.waitForSelector("html[data-ready]");
    return page;
  };

  /** @param {Page} page @param {string} text */
  const write = async (page, text) => {
    await page.locator(".cm-content").click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.evaluate((written) => {
      const data = new DataTransfer();
      data.setData("text/plain", written);
      const editor = document.querySelector("#editor")?.shadowRoot?.querySelector(".cm-content");
      editor?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
  };

  /** @param {Page} page @param {Record<string, string>} files */
  const dropFiles = (page, files) =>
    page.evaluate((texts) => {
      const transfer = new DataTransfer();
      for (const [name, text] of Object.entries(texts)) transfer.items.add(new File([text], name));
      dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, files);

  /** @param {Page} page */
  const messages = (page) => page.locator("#findings .message").allTextContents();

  test("findings have the texts and places of fjord check, the audit those of fjord audit", async (t) => {
    const page = await open(t);
    const text = JSON.stringify({ version: 3, endpoints: [{ endpoint: "/a/{id}", backends: [], backend: [{ host: ["http://x.example"], url_pattern: "/{di}", encoding: "jsn" }] }] }, null, 2);
    await write(page, text);
    await page.locator("#findings .finding.error").first().waitFor();
    const { dir, remove } = folder({ "krakend.json": text });
    t.after(remove);
    const { diagnostics } = /** @type {import("../bin/lib/core.mjs").Report} */ (JSON.parse((await command(["check", "krakend.json", "--format", "json"], { cwd: dir })).stdout));
    const { recommendations } = /** @type {import("../bin/lib/audit.mjs").Report} */ (JSON.parse((await command(["audit", "krakend.json", "--format", "json"], { cwd: dir })).stdout));
    const expected = [...diagnostics, ...recommendations].map(({ message, file, line, column }) => `${message} ${file}:${line}:${column}`);
    const items = await page.locator("#findings .finding").evaluateAll((all) => all.map((one) => `${one.querySelector(".message")?.textContent} ${one.querySelector(".where")?.firstChild?.textContent}`));
    assert.ok(diagnostics.length >= 3 && recommendations.length >= 3);
    assert.deepEqual(items.toSorted(), expected.toSorted());
    assert.match((await page.locator("#status").textContent()) ?? "", /error/);
    await page.locator("#findings .finding button").first().click();
    assert.ok(await page.evaluate(() => document.querySelector("#editor")?.shadowRoot?.activeElement?.matches(".cm-content")));
    assert.ok((await page.locator(".cm-lintRange-error").count()) > 0);
  });

  test("completion and documentation come from the registry", async (t) => {
    const page = await open(t);
    await write(page, '{\n  "version": 3,\n  "endpoints": [\n    { "endpoint": "/a", "backend": [ { "host": ["http://x.example"],\n');
    await page.keyboard.type('"url');
    const option = page.locator(".cm-tooltip-autocomplete li", { hasText: "url_pattern" });
    await option.waitFor();
    await page.locator(".cm-completionInfo", { hasText: "The path and query" }).waitFor();
    // The editor takes no Enter for a choice that has only just come up.
    await page.waitForTimeout(150);
    await page.keyboard.press("Enter");
    assert.match((await page.locator(".cm-content").textContent()) ?? "", /"url_pattern": ""/);
    await page.locator(".cm-line", { hasText: '"version"' }).locator("span", { hasText: '"version"' }).hover();
    await page.locator(".cm-tooltip-hover .doc").waitFor();
  });

  test("YAML and templates with settings are read, and findings point into them", async (t) => {
    const page = await open(t);
    await dropFiles(page, { "krakend.yaml": "version: 3\nendpoints:\n  - endpoint: /y\n    backend:\n      - host: [http://x.example]\n        url_pattern: /\n        mthod: GET\n" });
    await page.locator(".where", { hasText: "krakend.yaml:7:9" }).waitFor();
    assert.ok((await messages(page)).includes("unknown option `mthod`"));
    await dropFiles(page, {
      "krakend.tmpl": '{\n  "version": 3,\n  "name": "{{ sha256sum .service.name | trunc 8 }}",\n  "endpoints": [\n    { "endpoint": "/t", "backend": [ { "host": ["{{ .service.host }}"], "url_pattern": "/" } ] }\n  ]\n}\n',
      "service.json": '{ "name": "x", "host": "http://from-settings.example" }',
    });
    await page.locator(".where", { hasText: "krakend.tmpl" }).first().waitFor();
    await page.locator(".environment summary").click();
    await page.locator("#environment").fill("FC_SETTINGS=.");
    await page.locator("#status", { hasText: "1 endpoint" }).waitFor();
    await page.click("#tab-picture");
    await page.locator("#picture svg text", { hasText: "http://from-settings.example" }).waitFor();
    assert.equal(await page.locator("#picture svg text", { hasText: /^[0-9a-f]{8}$/ }).textContent(), "2d711642");
  });

  test("a page that is there needs no network any more", async (t) => {
    const page = await open(t);
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await dropFiles(page, { "krakend.toml": 'version = 3\n[[endpoints]]\nendpoint = "/t"\n[[endpoints.backend]]\nhost = ["http://x.example"]\nurl_pattern = "/"\n' });
    await page.locator("#status", { hasText: "1 endpoint" }).waitFor();
    await page.click("#tab-try");
    await page.locator("#try button.strong").click();
    await page.locator("#answer .badge", { hasText: "200" }).waitFor();
  });

  test("the picture shows what merges into what, and goes home as SVG, Mermaid and DOT", async (t) => {
    const page = await open(t, { colorScheme: "dark", permissions: ["clipboard-read", "clipboard-write"] });
    await page.click("#tab-picture");
    const lanes = page.locator("#picture [data-endpoint]");
    assert.equal(await lanes.count(), 7);
    assert.match((await lanes.nth(2).textContent()) ?? "", /\{resp0_supplier_id\}.*merge/s);
    const { stdout } = await command(["graph", at("krakend.json"), "--theme", "dark"]);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "SVG", exact: true }).click()]);
    assert.equal(fs.readFileSync(await download.path(), "utf8"), stdout);
    await page.getByRole("button", { name: "Copy Mermaid" }).click();
    await page.locator("#toast.shown").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), (await command(["graph", at("krakend.json"), "-f", "mermaid"])).stdout);
    await page.getByRole("button", { name: "Try GET /v1/products/{id}/supplier" }).click();
    assert.equal(await page.locator("#endpoint option:checked").textContent(), "GET /v1/products/{id}/supplier");
  });

  test("a request is tried: answer, header lines, waterfall, steps, failures, simulated time", async (t) => {
    const page = await open(t);
    await page.click("#tab-try");
    const send = async () => {
      await page.locator("#try button.strong").click();
      await page.locator("#try button.strong:enabled").waitFor();
      await page.locator("#answer .badge").waitFor();
    };
    await send();
    assert.deepEqual(JSON.parse((await page.locator("#answer > pre").first().textContent()) ?? ""), await (await fetch(`${url}/v1/products`)).json());
    assert.match((await page.locator("#answer > pre").first().textContent()) ?? "", /4200\.0/);
    assert.match((await page.locator("#answer .answer-line").textContent()) ?? "", /200 in 75 ms, 2 calls/);
    assert.match((await page.locator("#answer dl").first().textContent()) ?? "", /x-krakend-completedtrue/);
    assert.deepEqual(await page.locator(".waterfall .who").allTextContents(), ["GET /demo/products.json", "GET /demo/offers.json", "answer"]);
    await page.locator(".stage", { hasText: "Backend 2" }).locator("summary").click();
    await page.locator(".stage ins", { hasText: '"today"' }).waitFor();

    // One of the two refuses: the rest is served.
    const second = page.locator(".mock", { hasText: "Backend 2" });
    await second.locator("select").selectOption("refused");
    await send();
    assert.match((await page.locator("#answer dl").first().textContent()) ?? "", /x-krakend-completedfalse/);
    // One never answers: three seconds are over at once.
    await second.locator("select").selectOption("silent");
    const started = Date.now();
    await send();
    assert.match((await page.locator("#answer .answer-line").textContent()) ?? "", /in 25\d\d ms/);
    assert.ok(Date.now() - started < 2000);
    await second.locator("select").selectOption("");

    // A parameter of the path, and a status that KrakenD counts as a failure.
    await page.locator("#endpoint").selectOption({ label: "GET /v1/price/{id}" });
    await page.locator(".mock").getByLabel("Status").fill("404");
    await send();
    assert.equal(await page.locator("#answer .badge").textContent(), "500");
  });

  test("the engine gives the answers of fjord run", async (t) => {
    const json = { "content-type": "application/json" };
    const bodies = { "/a": '{"id":1,"price":1.50,"n":{"x":[1,2,{"y":1e400}]},"u":"h\u00e9"}', "/b": '{"id":2,"list":[{"v":1},{"v":2}]}', "/l": '[{"v":1},{"v":2}]', "/xml": "<r a='1'><x>1</x><x>2</x></r>", "/empty": "" };
    const upstream = await origin(t, Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, { body, headers: name === "/xml" ? { "content-type": "text/xml" } : { ...json, "x-mine": "1", "set-cookie": "a=1" } }])));
    const one = (/** @type {string} */ name, rest = {}) => ({ host: [upstream.url], url_pattern: name, ...rest });
    const endpoints = [
      endpoint("/merge", [one("/a"), one("/b", { group: "b" })]),
      endpoint("/shape", [one("/a", { allow: ["n.x", "price"], mapping: { price: "cost" } })]),
      endpoint("/deny", [one("/a", { deny: ["n"], target: "" })]),
      endpoint("/list", [one("/l", { is_collection: true })], { output_encoding: "json-collection" }),
      endpoint("/xml", [one("/xml", { encoding: "xml" })]),
      endpoint("/as-xml", [one("/a")], { output_encoding: "xml" }),
      endpoint("/noop", [one("/b", { encoding: "no-op" })], { output_encoding: "no-op" }),
      endpoint("/partial", [one("/a"), one("/missing")]),
      endpoint("/empty", [one("/empty")]),
      endpoint("/sequence", [one("/a", { allow: ["id"] }), one("/b?of={resp0_id}", { group: "then" })], { extra_config: { proxy: { sequential: true } } }),
      endpoint("/flat", [one("/b", { extra_config: { proxy: { flatmap_filter: [{ type: "move", args: ["list.*.v", "list.*.w"] }] } } }), one("/a")]),
      endpoint("/lua", [one("/a")], { extra_config: { "modifier/lua-proxy": { post: "local r = response.load(); r:data():set('lua', 1)" } } }),
      endpoint("/limited", [one("/a")], { extra_config: { "qos/ratelimit/router": { max_rate: 1, every: "1h" } } }),
      endpoint("/rejected", [one("/a")], { extra_config: { "validation/cel": [{ check_expr: "'x' in req_params" }] } }),
      endpoint("/posted", [one("/b", { method: "GET" })], { method: "POST", extra_config: { "validation/json-schema": { type: "object", required: ["name"] } } }),
    ];
    const configuration = config(endpoints, { name: "twins" });
    const text = JSON.stringify(configuration);
    const running = await serve(t, configuration);
    const page = await open(t);
    const kept = /^(content-type|cache-control|x-krakend.*|x-mine|set-cookie)$/;
    for (const [index, { endpoint: target, method = "GET", backend }] of endpoints.entries()) {
      for (const body of method === "POST" ? ['{"name":"x"}', "{}"] : [""]) {
        const real = method === "GET" ? await running.get(target) : await running.post(target, body, json);
        const mocks = backend.map((/** @type {{ url_pattern: string }} */ { url_pattern: pattern }) => {
          const known = /** @type {Record<string, string>} */ (bodies)[pattern.replace(/\?.*/, "")];
          const type = pattern === "/xml" ? "text/xml" : "application/json";
          return { status: known === undefined ? 404 : 200, body: known ?? "", type, headers: pattern === "/xml" ? "" : "x-mine: 1\nset-cookie: a=1", latency: 5, failure: "" };
        });
        const ask = { method, target, headers: body === "" ? [] : [["content-type", "application/json"]], body, address: "127.0.0.1" };
        const asks = { project: { files: { "krakend.json": text }, main: "krakend.json", env: {} }, endpoint: index, ask, mocks, others: [] };
        const own = await page.evaluate(askEngine, { kind: "run", asks });
        const lines = (/** @type {Iterable<[string, string]>} */ all) => [...all].filter(([name]) => kept.test(name)).map(([name, value]) => `${name}: ${value}`).sort().join("\n");
        assert.deepEqual({ target, status: own.status, body: own.body, lines: lines(own.headers) }, { target, status: real.status, body: real.text, lines: lines(real.headers) });
      }
    }
    const limited = endpoints.findIndex(({ endpoint: target }) => target === "/limited");
    const ask = { method: "GET", target: "/limited", headers: [], body: "", address: "127.0.0.1" };
    const again = await page.evaluate(askEngine, { kind: "run", asks: { project: { files: { "krakend.json": text }, main: "krakend.json", env: {} }, endpoint: limited, ask, mocks: [], others: [] } });
    assert.equal(again.status, (await running.get("/limited")).status);
    assert.equal(again.status, 503);
  });

  test("a link holds the whole state, and a broken one says so", async (t) => {
    const page = await open(t, { permissions: ["clipboard-read", "clipboard-write"] });
    await write(page, JSON.stringify(config([endpoint("/shared/{x}", [{ host: ["http://x.example"], url_pattern: "/{x}" }])])));
    await page.locator("#status", { hasText: "1 endpoint" }).waitFor();
    await page.click("#tab-try");
    await page.getByRole("textbox", { name: "{x}" }).fill("from-a-link");
    await page.click("#share");
    await page.locator("#toast.shown").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /#fjord=[\w-]+$/);
    const other = await open(t, { hash: new URL(link).hash });
    assert.equal(await other.locator("#try .target").textContent(), "GET /shared/from-a-link");
    const broken = await open(t, { hash: new URL(link).hash.slice(0, 60) });
    await broken.locator("#toast", { hasText: "this link is broken" }).waitFor();
    await broken.locator("#status", { hasText: "7 endpoints" }).waitFor();
  });

  test("the gateway that serves the page answers in place", async (t) => {
    const page = await open(t);
    await page.click("#tab-live");
    await page.getByRole("button", { name: "Send GET /v1/partial" }).click();
    await page.locator("#live .badge", { hasText: "200" }).waitFor();
    assert.match((await page.locator("#live pre").textContent()) ?? "", /offers/);
    await page.getByRole("button", { name: "Send GET /v1/logo" }).click();
    await page.locator("#live img").waitFor();
  });

  test("a phone shows one view at a time, and the keyboard reaches all of them", async (t) => {
    const page = await open(t, { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    assert.ok(await page.locator("#edit").isVisible());
    await page.locator("#tab-edit").focus();
    for (const name of ["findings", "picture", "try"]) {
      await page.keyboard.press("ArrowRight");
      assert.ok(await page.locator(`#${name}`).isVisible(), name);
      assert.ok(await page.locator("#edit").isHidden());
      assert.equal(await page.locator('[role="tab"][aria-selected="true"]').getAttribute("id"), `tab-${name}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} is no wider than the screen`);
    }
    assert.equal(await page.locator("#toast").evaluate((toast) => getComputedStyle(toast).transitionDuration), "0s");
  });

  test("everything has a name that a screen reader can say", async (t) => {
    const page = await open(t);
    for (const tab of ["findings", "picture", "try", "live"]) {
      await page.click(`#tab-${tab}`);
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll("button, input:not([hidden]), select, textarea, a, [role=tab]")]
          .filter((one) => one instanceof HTMLElement && one.offsetParent !== null)
          .filter((one) => {
            const labels = one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement ? one.labels : null;
            return !(one.getAttribute("aria-label") || one.textContent?.trim() || (labels && labels.length > 0));
          })
          .map((one) => one.outerHTML),
      );
      assert.deepEqual(nameless, [], tab);
    }
  });

  test("the policy lets no foreign and no inline code in", async (t) => {
    const page = await open(t);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    assert.match(policy ?? "", /script-src 'self' 'wasm-unsafe-eval';/);
    assert.doesNotMatch(policy ?? "", /unsafe-inline|unsafe-eval(?!')|\*/);
    assert.equal(await page.evaluate(() => document.querySelectorAll("script:not([src]), style, [style], [onclick]").length), 0);
  });
});

test("the steps are drawn in the order in which the core runs them", () => {
  const text = fs.readFileSync(at("src/plan/order.rs"), "utf8");
  // The module of a namespace is named after it.
  const list = (/** @type {string} */ name) => [...(new RegExp(`static ${name}: .*?\\];`, "s").exec(text)?.[0] ?? "").matchAll(/step\(&([\w:]+)::[A-Z]+,/g)].map(([, module = ""]) => module.replaceAll("::", "/").replaceAll("_", "-"));
  assert.deepEqual(ORDER.service, [...list("ROUTING"), ...list("OUTER"), ...list("GLOBAL")]);
  assert.deepEqual(ORDER.endpoint, [...list("HANDLERS"), ...list("LAYERS"), ...list("DATA")]);
  assert.deepEqual(ORDER.backend, [...list("WHEN"), ...list("BACKEND"), ...list("AROUND"), ...list("HOP")]);
});

test("a file that shadows an endpoint is an error of the build", async (t) => {
  const { dir, remove } = folder({
    "krakend.json": JSON.stringify(config([endpoint("/logo.svg", [{ host: ["http://x.example"], url_pattern: "/" }])])),
    "wrangler.toml": '[assets]\ndirectory = "www"\nbinding = "ASSETS"\n',
    "www/logo.svg": "<svg/>",
  });
  t.after(remove);
  const refused = await command(["build", "krakend.json"], { cwd: dir });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the asset \/logo\.svg answers such a request before the gateway sees it\nNot built/);
  fs.appendFileSync(path.join(dir, "wrangler.toml"), "run_worker_first = true\n");
  assert.equal((await command(["build", "krakend.json"], { cwd: dir })).code, 0);
});

test("fjord graph refuses what it can't draw", async () => {
  assert.match((await command(["graph", at("krakend.json"), "-f", "png"])).stderr, /expected svg, mermaid or dot/);
  assert.match((await command(["graph", at("krakend.json"), "-e", "/nowhere"])).stderr, /no such endpoint/);
  const { stdout } = await command(["graph", at("krakend.json"), "-f", "dot", "-e", "/v1/products"]);
  assert.match(stdout, /^digraph "Fjord's example" \{/);
  assert.equal(stdout.match(/subgraph/g)?.length, 1);
});

/**
 * In the page: asks an engine of its own.
 *
 * @param {{ kind: string, asks: unknown }} message
 * @returns {Promise<import("../console/messages.js").Answer>}
 */
function askEngine(message) {
  const shared = /** @type {{ engine?: Worker }} */ (/** @type {unknown} */ (globalThis));
  const engine = (shared.engine ??= new Worker("/console/engine.js", { type: "module" }));
  return new Promise((resolve, reject) => {
    const take = (/** @type {MessageEvent} */ { data }) => {
      engine.removeEventListener("message", take);
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.gets);
    };
    engine.addEventListener("message", take);
    engine.postMessage({ id: 1, ...message });
  });
}
