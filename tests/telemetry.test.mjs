// Traces and metrics (`telemetry/opentelemetry`), as the protocol's own decoder reads what a collector got.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collector } from "./support/collector.mjs";
import { config, endpoint, origin, serve } from "./support/gateway.mjs";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const traceparent = `00-${TRACE}-${SPAN}-01`;

/**
 * A gateway of three backends that reports to a collector.
 *
 * @param {import("./support/gateway.mjs").Context} t
 * @param {import("./support/gateway.mjs").Part} [options] Of the namespace.
 * @param {{ reply?: import("./support/upstream.mjs").Reply, exporter?: object, extra?: object, run?: object, endpoints?: import("./support/gateway.mjs").Part[] }} [rest]
 */
async function reporting(t, options = {}, rest = {}) {
  const there = await collector(t, rest.reply);
  const upstream = await origin(t, { "/a": { json: { a: 1 } }, "/b": { json: { b: 1 } }, "/c": { status: 503, body: "" } });
  const endpoints = rest.endpoints ?? [
    endpoint("/users/{id}", [{ url_pattern: "/a" }, { url_pattern: "/b?user={id}" }, { url_pattern: "/c" }]),
    endpoint("/one", [{ url_pattern: "/a" }]),
  ];
  const telemetry = { exporters: { otlp: [there.exporter(rest.exporter)] }, ...options };
  const whole = config(endpoints, { name: "shop", host: [upstream.url], extra_config: { "telemetry/opentelemetry": telemetry, ...rest.extra } });
  return { there, upstream, gateway: await serve(t, whole, rest.run) };
}

describe("traces", () => {
  test("a client's trace goes on through the gateway to each origin, and its spans say what happened", async (t) => {
    const { there, upstream, gateway } = await reporting(t);
    const answer = await gateway.get("/users/7?q=secret", { traceparent, tracestate: "vendor=1" });
    assert.deepEqual(answer.json, { a: 1, b: 1 });
    await there.until(() => there.spans.length === 8);
    const { spans } = there;
    assert.ok(spans.every((span) => span.trace === TRACE && span.state === "vendor=1"));
    const stage = (/** @type {string} */ name) => spans.filter((span) => span.attributes["krakend.stage"] === name);
    const [global] = stage("global");
    const [proxy] = stage("proxy");
    assert.ok(global && proxy);
    assert.deepEqual([global.name, global.kind, global.parent, global.status], ["/users/7", "SERVER", SPAN, "OK"]);
    assert.equal(global.attributes["http.route"], "/users/:id");
    assert.equal(global.attributes["http.response.status_code"], 200);
    assert.match(global.attributes["url.full"], /\/users\/7\?q=REDACTED$/);
    assert.deepEqual([proxy.name, proxy.kind, proxy.parent], ["/users/:id", "INTERNAL", global.id]);
    assert.equal(proxy.attributes["complete"], false);
    assert.match(proxy.attributes["error"], /invalid status code 503/);
    assert.match(proxy.status, /^ERROR: /);
    const backends = stage("backend");
    assert.deepEqual(new Set(backends.map((span) => span.name)), new Set(["/a", "/b?user=:id", "/c"]));
    assert.ok(backends.every((span) => span.parent === proxy.id && span.attributes["krakend.endpoint.route"] === "/users/:id"));
    const calls = stage("backend-request");
    assert.equal(calls.length, 3);
    for (const call of calls) {
      assert.equal(call.kind, "CLIENT");
      const backend = backends.find((span) => span.id === call.parent);
      assert.ok(backend);
      // Each origin was told the span of its own call.
      const path = new URL(call.attributes["url.full"]).pathname;
      const asked = upstream.requests.find((request) => request.path === path);
      assert.equal(asked?.headers["traceparent"], `00-${TRACE}-${call.id}-01`);
      assert.equal(asked?.headers["tracestate"], "vendor=1");
      assert.equal(call.attributes["http.response.status_code"], path === "/c" ? 503 : 200);
    }
    assert.deepEqual(there.resource, {
      "service.name": "shop",
      "service.version": "2.11.2",
      "telemetry.sdk.name": "fjord",
      "telemetry.sdk.language": "rust",
    });
    assert.equal(there.requests[0]?.headers["content-type"], "application/x-protobuf");
    // What isn't theirs goes to no collector.
    assert.equal(there.requests[0]?.headers["traceparent"], undefined);
  });

  test("a request without a trace begins one, one that isn't to be recorded isn't", async (t) => {
    const { there, upstream, gateway } = await reporting(t);
    await gateway.get("/one");
    await gateway.get("/one", { traceparent: traceparent.replace(/01$/, "00") });
    await gateway.get("/one", { traceparent: "nonsense" });
    await there.until(() => there.spans.length >= 8);
    const traces = new Set(there.spans.map((span) => span.trace));
    assert.equal(there.spans.length, 8);
    assert.equal(traces.size, 2);
    assert.ok(!traces.has(TRACE));
    const [first, second, third] = upstream.requests.map((request) => String(request.headers["traceparent"]));
    assert.match(first ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.match(second ?? "", new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    assert.ok(!(second ?? "").includes(SPAN));
    assert.match(third ?? "", /-01$/);
  });

  test("B3 by OTEL_PROPAGATORS, and no client's trace with disable_propagation", async (t) => {
    const b3 = await reporting(t, {}, { run: { env: { OTEL_PROPAGATORS: "b3,b3multi,baggage" } } });
    await b3.gateway.get("/one", { b3: `${TRACE}-${SPAN}-1`, baggage: "a=1", traceparent });
    const [asked] = b3.upstream.requests;
    assert.match(String(asked?.headers["b3"]), new RegExp(`^${TRACE}-[0-9a-f]{16}-1$`));
    assert.deepEqual([asked?.headers["x-b3-traceid"], asked?.headers["x-b3-sampled"], asked?.headers["baggage"]], [TRACE, "1", "a=1"]);
    assert.equal(asked?.headers["traceparent"], undefined);

    const own = await reporting(t, { layers: { global: { disable_propagation: true } } });
    await own.gateway.get("/one", { traceparent, tracestate: "vendor=1" });
    const [call] = own.upstream.requests;
    assert.ok(!String(call?.headers["traceparent"]).includes(TRACE));
    assert.equal(call?.headers["tracestate"], undefined);
  });

  test("a client's own lines don't stand beside the gateway's", async (t) => {
    const { upstream, gateway } = await reporting(t, {}, { endpoints: [endpoint("/one", [{ url_pattern: "/a" }], { input_headers: ["*"] })] });
    await gateway.get("/one", { traceparent });
    const lines = upstream.requests[0]?.rawHeaders.filter((name) => name.toLowerCase() === "traceparent");
    assert.equal(lines?.length, 1);
    assert.ok(!String(upstream.requests[0]?.headers["traceparent"]).includes(SPAN));
  });

  test("concurrent, sequential and shadow calls have spans of their own", async (t) => {
    const { there, upstream, gateway } = await reporting(t, {}, {
      endpoints: [
        endpoint("/concurrent", [{ url_pattern: "/a" }], { concurrent_calls: 2 }),
        endpoint("/sequential", [{ url_pattern: "/a" }, { url_pattern: "/b" }], { extra_config: { proxy: { sequential: true } } }),
        endpoint("/shadow", [{ url_pattern: "/a" }, { url_pattern: "/b", extra_config: { proxy: { shadow: true } } }]),
      ],
    });
    for (const path of ["/concurrent", "/sequential", "/shadow"]) await gateway.get(path, { traceparent });
    await there.until(() => there.spans.filter((span) => span.name === "/b").length === 4);
    const ids = there.spans.filter((span) => span.kind === "CLIENT").map((span) => span.id);
    const told = upstream.requests.map((request) => String(request.headers["traceparent"]).split("-")[2] ?? "");
    assert.equal(new Set(told).size, upstream.requests.length);
    assert.ok(told.every((id) => ids.includes(id)), JSON.stringify({ told, ids }));
  });

  test("skipped paths, header lines, static attributes", async (t) => {
    const { there, upstream, gateway } = await reporting(t, {
      skip_paths: ["/users/{id}"],
      layers: {
        global: { report_headers: true, skip_headers: ["X-Private"], traces_static_attributes: [{ key: "team", value: "blue" }] },
        backend: { traces: { round_trip: true, report_headers: true } },
      },
    });
    await gateway.get("/users/1", { traceparent });
    assert.equal(upstream.requests[0]?.headers["traceparent"], undefined);
    await gateway.get("/one", { "x-seen": "1", "x-private": "2", authorization: "Bearer 3" });
    await there.until(() => there.spans.length === 4);
    const text = JSON.stringify(there.spans);
    assert.ok(!text.includes("Bearer") && !text.includes("x-private"), text);
    const global = there.spans.find((span) => span.kind === "SERVER");
    assert.deepEqual(global?.attributes["http.request.header.x-seen"], ["1"]);
    assert.deepEqual(global?.attributes["http.request.header.authorization"], ["REDACTED"]);
    assert.equal(global?.attributes["team"], "blue");
    const call = there.spans.find((span) => span.kind === "CLIENT");
    assert.deepEqual(call?.attributes["http.response.header.content-type"], ["application/json"]);
  });

  test("a call that was given up is reported as canceled or expired", async (t) => {
    const there = await collector(t);
    const upstream = await origin(t, { "/slow": { hang: true } });
    const gateway = await serve(
      t,
      config([endpoint("/slow", [{ url_pattern: "/slow" }], { timeout: "200ms" })], {
        host: [upstream.url],
        extra_config: { "telemetry/opentelemetry": { exporters: { otlp: [there.exporter()] } } },
      }),
    );
    assert.equal((await gateway.get("/slow")).status, 500);
    await there.until(() => there.spans.length === 4);
    const call = there.spans.find((span) => span.kind === "CLIENT");
    assert.equal(call?.status, "ERROR: context deadline exceeded");
    assert.equal(there.spans.find((span) => span.kind === "SERVER")?.status, "ERROR: the answer is 500");
  });

  test("a share of the traces is recorded", async (t) => {
    const { there, upstream, gateway } = await reporting(t, { trace_sample_rate: 0 });
    await gateway.get("/one");
    assert.match(String(upstream.requests[0]?.headers["traceparent"]), /-00$/);
    await gateway.get("/one", { traceparent });
    await there.until(() => there.spans.length === 4);
    assert.ok(there.spans.every((span) => span.trace === TRACE));
  });
});

/** Everything that the gateway asks of others for itself, at one place. @type {import("./support/upstream.mjs").Routes} */
const HELPERS = {
  "/token": { json: { access_token: "t0k3n", token_type: "Bearer", expires_in: 3600 } },
  "/keys": { json: { keys: [] } },
  "/2015-03-31/functions/f/invocations": { json: { f: 1 } },
};

describe("calls that the gateway makes for itself", () => {
  const claims = Buffer.from(JSON.stringify({ exp: 4e9 })).toString("base64url");
  const head = Buffer.from(JSON.stringify({ alg: "RS256", kid: "k" })).toString("base64url");
  const authorization = `Bearer ${head}.${claims}.AAAA`;
  /** @type {[name: string, path: string, asked: string, parent: string, make: (url: string) => import("./support/gateway.mjs").Part][]} */
  const kinds = [
    ["a token", "/token", "/a", "backend", (url) => endpoint("/x", [{ url_pattern: "/a", extra_config: { "auth/client-credentials": { client_id: "me", client_secret: "$SECRET", token_url: `${url}/token` } } }])],
    ["a key set", "/keys", "/keys", "global", (url) => endpoint("/x", [{ url_pattern: "/a" }], { extra_config: { "auth/validator": { alg: "RS256", jwk_url: `${url}/keys`, disable_jwk_security: true } } })],
    ["a function of Lambda", "/2015-03-31/functions/f/invocations", "/2015-03-31/functions/f/invocations", "backend", (url) => endpoint("/x", [{ url_pattern: "/", extra_config: { "backend/lambda": { function_name: "f", endpoint: url, region: "eu-north-1" } } }])],
  ];
  for (const [name, path, last, around, make] of kinds) {
    test(`${name} is a span inside of the one that needs it, and its call names the span`, async (t) => {
      const there = await collector(t);
      const upstream = await origin(t, { ...HELPERS, "/a": { json: { a: 1 } } });
      const telemetry = { exporters: { otlp: [there.exporter()] } };
      const env = { SECRET: "s", AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "k" };
      const gateway = await serve(t, config([make(upstream.url)], { host: [upstream.url], extra_config: { "telemetry/opentelemetry": telemetry } }), { env });
      await gateway.get("/x", { traceparent, authorization });
      await there.until(() => there.spans.some((span) => span.kind === "SERVER"));
      assert.ok(upstream.requests.some((request) => request.path === last));
      const own = there.spans.filter((span) => span.attributes["krakend.stage"] === "own-request");
      assert.equal(own.length, 1, JSON.stringify(there.spans));
      const [call] = own;
      assert.deepEqual([call?.name, call?.kind, call?.trace, call?.status], [path, "CLIENT", TRACE, "OK"]);
      assert.equal(call?.attributes["http.response.status_code"], 200);
      const parent = there.spans.find((span) => span.id === call?.parent);
      assert.equal(parent?.attributes["krakend.stage"], around);
      const asked = upstream.requests.filter((request) => request.path === path);
      assert.deepEqual(asked.map(({ headers }) => headers["traceparent"]), [`00-${TRACE}-${call?.id}-01`]);
      assert.ok(!JSON.stringify(there.spans).includes("t0k3n"));
    });
  }

  test("one without an answer is reported with its reason", async (t) => {
    const there = await collector(t);
    const upstream = await origin(t, { "/a": { json: { a: 1 } } });
    const credentials = { client_id: "me", client_secret: "$SECRET", token_url: "http://127.0.0.1:1/token?key=1" };
    const backend = { url_pattern: "/a", extra_config: { "auth/client-credentials": credentials } };
    const telemetry = { exporters: { otlp: [there.exporter()] } };
    const gateway = await serve(t, config([endpoint("/x", [backend])], { host: [upstream.url], extra_config: { "telemetry/opentelemetry": telemetry } }), { env: { SECRET: "s" } });
    assert.equal((await gateway.get("/x")).status, 500);
    await there.until(() => there.spans.some((span) => span.kind === "SERVER"));
    const own = there.spans.filter((span) => span.attributes["krakend.stage"] === "own-request");
    // Basic authentication first, then the form.
    assert.equal(own.length, 2);
    assert.ok(own.every((span) => span.status.startsWith("ERROR: ") && span.attributes["url.full"] === "http://127.0.0.1:1/token?key=REDACTED"), JSON.stringify(own));
  });
});

describe("what endpoints and backends say themselves", () => {
  const labels = (/** @type {string} */ value) => [{ key: "team", value }];

  test("takes the place of the service's layers", async (t) => {
    const { there, gateway } = await reporting(
      t,
      {
        metric_reporting_period: 1,
        layers: {
          global: { traces_static_attributes: labels("service") },
          proxy: { traces_static_attributes: labels("service"), metrics_static_attributes: labels("service") },
        },
      },
      {
        endpoints: [
          endpoint("/plain", [{ url_pattern: "/a" }]),
          endpoint(
            "/own",
            [
              { url_pattern: "/a" },
              { url_pattern: "/b", extra_config: { "telemetry/opentelemetry": { backend: { traces: { disable_stage: true }, metrics: { disable_stage: true } } } } },
            ],
            {
              extra_config: {
                "telemetry/opentelemetry": {
                  global: { traces_static_attributes: labels("own") },
                  proxy: { metrics_static_attributes: labels("own") },
                  backend: { traces: { static_attributes: labels("own") } },
                },
              },
            },
          ),
          endpoint("/silent", [{ url_pattern: "/a" }], { extra_config: { "telemetry/opentelemetry": { proxy: { disable_traces: true, disable_metrics: true } } } }),
        ],
      },
    );
    for (const path of ["/plain", "/own", "/silent"]) await gateway.get(path);
    await there.until(() => there.spans.filter((span) => span.kind === "SERVER").length === 3);
    const told = (/** @type {string} */ path) => {
      const global = there.spans.find((span) => span.name === path && span.kind === "SERVER");
      const spans = there.spans.filter((span) => span.trace === global?.trace);
      return spans.map((span) => `${span.attributes["krakend.stage"]} ${span.name} ${span.attributes["team"] ?? "-"}`).sort();
    };
    assert.deepEqual(told("/plain"), ["backend /a -", "backend-request /a -", "global /plain service", "proxy /plain service"]);
    // The call of a backend without `round_trip` is none of its spans, and the layer of the pipe has lost its label.
    assert.deepEqual(told("/own"), ["backend /a own", "global /own own", "proxy /own -"]);
    assert.deepEqual(told("/silent"), ["backend /a -", "backend-request /a -", "global /silent service"]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await gateway.get("/plain");
    await there.until(() => there.metrics.length > 0);
    const points = (/** @type {string} */ name) => there.metrics.filter((metric) => metric.name === name).flatMap((metric) => metric.points);
    const proxy = points("krakend.proxy.duration").map(({ attributes }) => `${attributes["http.route"]} ${attributes["team"]}`);
    assert.deepEqual(new Set(proxy), new Set(["/plain service", "/own own"]));
    const backends = points("krakend.backend.duration").map(({ attributes }) => `${attributes["krakend.endpoint.route"]} ${attributes["http.route"]}`);
    assert.deepEqual(new Set(backends), new Set(["/plain /a", "/own /a", "/silent /a"]));
  });

  test("chooses the collectors, the period and the share of traces", async (t) => {
    const [first, second] = [await collector(t), await collector(t)];
    const upstream = await origin(t, { "/a": { json: { a: 1 } } });
    const own = (/** @type {object} */ exporters_override) => ({ extra_config: { "telemetry/opentelemetry": { exporters_override } } });
    const backend = [{ url_pattern: "/a" }];
    const gateway = await serve(
      t,
      config(
        [
          endpoint("/all", backend),
          endpoint("/second", backend, own({ trace_exporters: ["second"], metric_exporters: ["second"], metric_reporting_period: 1 })),
          endpoint("/none", backend, own({ trace_sample_rate: 0 })),
        ],
        {
          host: [upstream.url],
          extra_config: { "telemetry/opentelemetry": { exporters: { otlp: [first.exporter({ name: "first" }), second.exporter({ name: "second" })] } } },
        },
      ),
    );
    for (const path of ["/all", "/second", "/none"]) await gateway.get(path);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await gateway.get("/none");
    await second.until(() => second.spans.length === 8 && second.metrics.length > 0);
    const named = (/** @type {typeof first} */ there) => new Set(there.spans.filter((span) => span.kind === "SERVER").map((span) => span.name));
    assert.deepEqual(named(first), new Set(["/all"]));
    assert.deepEqual(named(second), new Set(["/all", "/second"]));
    assert.equal(first.metrics.length, 0);
    const routes = second.metrics.find((metric) => metric.name === "krakend.proxy.duration")?.points.map(({ attributes }) => attributes["http.route"]);
    assert.deepEqual(routes, ["/second"]);
    assert.match(String(upstream.requests.at(-1)?.headers["traceparent"]), /-00$/);
  });
});

describe("metrics", () => {
  const period = { metric_reporting_period: 1 };

  test("have KrakenD's names and buckets, and what came since the last report", async (t) => {
    const { there, gateway } = await reporting(t, period, { exporter: { disable_traces: true } });
    const again = async () => {
      await gateway.get("/users/7");
      await gateway.get("/nowhere");
    };
    await again();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await again();
    await there.until(() => there.metrics.length > 0);
    const named = (/** @type {string} */ name) => there.metrics.find((metric) => metric.name === name);
    const server = named("http.server.duration");
    assert.equal(server?.temporality, "DELTA");
    const routes = server?.points.map(({ attributes, count }) => `${attributes["http.route"]} ${attributes["http.request.method"]} ${attributes["http.response.status_code"]} ${count}`);
    assert.deepEqual(new Set(routes), new Set(["/users/:id GET 200 2", "404 Not Found GET 404 2"]));
    assert.equal(server?.points[0]?.bounds?.length, 20);
    assert.equal(server?.points[0]?.buckets?.length, 21);
    assert.equal(named("http.server.response.size")?.points[0]?.bounds?.[0], 128);
    const proxy = named("krakend.proxy.duration")?.points[0];
    assert.deepEqual([proxy?.attributes["error"], proxy?.attributes["canceled"], proxy?.attributes["complete"]], [true, false, false]);
    assert.equal(named("krakend.backend.duration")?.points.length, 3);
    const started = named("http.client.request.started.count");
    assert.deepEqual(started?.points.map((point) => point.value), [2, 2, 2]);
    assert.ok(named("http.client.duration") && named("http.client.response.size"));
    assert.equal(there.spans.length, 0);
  });

  test("have the newer names where they are asked for", async (t) => {
    const { there, gateway } = await reporting(t, { ...period, layers: { global: { semantic_convention: "1.27" }, backend: { metrics: { round_trip: true } } } });
    await gateway.get("/one");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await gateway.get("/one");
    await there.until(() => there.metrics.length > 0);
    const names = new Set(there.metrics.map((metric) => `${metric.name} ${metric.unit}`.trim()));
    assert.deepEqual([...names].sort(), [
      "http.client.request.body.size By",
      "http.client.request.duration s",
      "http.client.response.body.size By",
      "http.server.request.duration s",
      "http.server.response.body.size By",
      "krakend.backend.duration",
      "krakend.proxy.duration",
    ]);
  });
});

describe("a collector", () => {
  test("that hangs delays no answer", async (t) => {
    const { gateway } = await reporting(t, {}, { reply: { hang: true } });
    let slowest = 0;
    for (let round = 0; round < 30; round++) {
      const began = performance.now();
      assert.equal((await gateway.get("/one")).status, 200);
      slowest = Math.max(slowest, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(slowest < 1000, `${slowest} ms`);
  });

  test("that fails is told of once", async (t) => {
    const { there, gateway } = await reporting(t, {}, { reply: { status: 401, body: "" } });
    await gateway.get("/one");
    await gateway.logged(/1 reports? didn't arrive; the last at here \(http:\/\/127\.0\.0\.1:\d+\): it answered 401/);
    await gateway.get("/one");
    await there.until(() => there.requests.length === 2);
    assert.equal(gateway.output.match(/didn't arrive/g)?.length, 1);
  });

  test("gets secrets as header lines", async (t) => {
    const extra = { "telemetry/opentelemetry-security": { otlp: [{ name: "here", headers: { "x-key": "$OTLP_KEY", "x-plain": "text" } }] } };
    const { there, gateway } = await reporting(t, {}, { extra, run: { env: { OTLP_KEY: "s3cret" } } });
    await gateway.get("/one");
    await there.until(() => there.requests.length === 1);
    assert.deepEqual([there.requests[0]?.headers["x-key"], there.requests[0]?.headers["x-plain"]], ["s3cret", "text"]);
  });

  test("of gRPC gets nothing, and the log says what to write", async (t) => {
    const { there, gateway } = await reporting(t, {}, { exporter: { use_http: false } });
    assert.equal((await gateway.get("/one")).status, 200);
    await gateway.logged(/write use_http: true/);
    assert.equal(there.requests.length, 0);
  });

  test("gets the spans of several requests in one call", async (t) => {
    const { there, gateway } = await reporting(t);
    for (let round = 0; round < 5; round++) await gateway.get("/one");
    await there.until(() => there.spans.length === 20);
    assert.equal(there.requests.length, 1);
  });
});
