// Requests that are odd, parallel or hostile, and what of them an origin sees; redirects; headers of one connection.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { config, endpoint, startGateway } from "./support/gateway.mjs";
import { startUpstream } from "./support/upstream.mjs";

/**
 * @typedef {import("./support/gateway.mjs").Part} Part
 * @typedef {import("./support/upstream.mjs").Recorded} Recorded
 */

/** @type {import("./support/upstream.mjs").Upstream} */
let origin;
/** @type {import("./support/upstream.mjs").Upstream} */
let other;
/** @type {import("./support/gateway.mjs").Gateway} */
let gateway;
const noop = (/** @type {string} */ pattern, /** @type {string} */ path, /** @type {Part} */ rest = {}) =>
  endpoint(pattern, [{ url_pattern: path, encoding: "no-op", ...rest.backend }], { output_encoding: "no-op", ...rest.endpoint });
const mark = (/** @type {string} */ name, /** @type {Part} */ value) => ({ [`header.${name}`]: { scope: ["response"], ...value } });
const marks = [
  mark("Append", { name: "X-More", value: "3" }),
  mark("Modifier", { name: "X-Set", value: "new" }),
  mark("Blacklist", { names: ["X-Gone"] }),
];
const all = { endpoint: { input_headers: ["*"], input_query_strings: ["*"] } };

before(async () => {
  origin = await startUpstream({ "/ok": { json: { ok: true } }, "/echo": { echo: true }, "/user/": { echo: true }, "/hop/": hop });
  other = await startUpstream({ "/echo": { echo: true } });
  const redirect = (/** @type {string} */ method, /** @type {Part} */ rest = {}) =>
    noop(`/redirect/{status}${rest.name ?? ""}`, "/redirect/{status}", {
      endpoint: { method, input_headers: ["Authorization", "Cookie", "X-Mine", "Content-Type"], ...rest.endpoint },
      backend: { method, ...rest.backend },
    });
  gateway = await startGateway(
    config(
      [
        endpoint("/ok", [{ url_pattern: "/ok" }]),
        endpoint("/echo", [{ url_pattern: "/echo" }], all.endpoint),
        endpoint("/user/{id}", [{ url_pattern: "/user/{id}/profile" }]),
        endpoint("/search/{id}", [{ url_pattern: "/user/search?q={id}" }]),
        noop("/pass", "/pass", all),
        noop("/marked", "/pass", { backend: { extra_config: { "modifier/martian": { "fifo.Group": { scope: ["response"], modifiers: marks } } } } }),
        endpoint("/thrice", [{ url_pattern: "/echo" }], { method: "POST", concurrent_calls: 3, input_headers: ["Content-Length"] }),
        noop("/hop/{n}", "/hop/{n}"),
        noop("/numbered/{n}", "/numbered/{n}"),
        endpoint("/merged/{n}", [{ url_pattern: "/numbered/{n}" }, { url_pattern: "/numbered/{n}", group: "again" }]),
        redirect("GET"),
        redirect("POST"),
        redirect("POST", { name: "/again", backend: { extra_config: { "backend/http/client": { send_body_on_redirect: true } } } }),
      ],
      { host: [origin.url], timeout: "3s" },
    ),
  );
});
after(async () => {
  await gateway?.stop();
  await Promise.all([origin?.stop(), other?.stop()]);
});

/** `/hop/3` leads to `/hop/2` and so on; `/hop/0` is the end. */
function hop(/** @type {Recorded} */ { path }) {
  const left = Number(path.slice(5));
  return left === 0 ? { body: "end" } : { status: 302, headers: { location: `/hop/${left - 1}` } };
}

const works = async () => assert.deepEqual((await gateway.get("/ok")).json, { ok: true });
/** @typedef {{ method?: string, lines?: string[], body?: string }} Raw */

const raw = async (/** @type {string} */ target, /** @type {Raw} */ { method = "GET", lines = [], body = "" } = {}) => {
  const answer = await gateway.raw([`${method} ${target} HTTP/1.1`, "Host: gateway", "Connection: close", ...lines, "", body].join("\r\n"));
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  return { status, head, body: rest.join("\r\n\r\n") };
};
/** What the origin is asked during some work. */
const calls = async (/** @type {() => Promise<unknown>} */ work) => {
  const from = origin.requests.length;
  await work();
  return origin.requests.slice(from);
};

describe("a request", () => {
  /** @type {Record<string, [args: [target: string, options?: Raw], status: number]>} */
  const cases = {
    "with a bad escape": [["/%"], 400],
    "with another bad escape": [["/user/%zz"], 400],
    "whose variable climbs": [["/user/%2e%2e"], 400],
    "whose variable climbs in capitals": [["/user/%2E%2E"], 400],
    "whose variable climbs, half escaped": [["/user/.%2e"], 400],
    "whose variable stays": [["/user/%2e"], 400],
    "whose variable climbs, escaped twice": [["/user/%252e%252e"], 400],
    "whose variable holds a slash, escaped twice": [["/user/a%252fb"], 400],
    "whose variable holds a question mark": [["/user/a%3fadmin=1"], 400],
    "whose variable holds a fragment": [["/user/a%23b"], 400],
    "that climbs by itself": [["/user/../secret"], 404],
    "that climbs above the root": [["/../../etc/passwd"], 404],
    "with a null byte": [["/user/%00"], 500],
    "with a line break": [["/user/a%0d%0aX-Evil:1"], 500],
    "of HEAD": [["/ok", { method: "HEAD" }], 405],
    "of OPTIONS": [["/ok", { method: "OPTIONS" }], 405],
    "of TRACE": [["/ok", { method: "TRACE" }], 405],
    "of a method nobody knows": [["/ok", { method: "BREW" }], 501],
    "without a path that is known": [["/unknown"], 404],
    "with a query nobody can parse": [["/echo?%zz=1&a=%&b;c=1"], 200],
    "with 500 header lines": [["/echo", { lines: Array.from({ length: 500 }, (_, i) => `X-Line-${i}: v`) }], 200],
    "with a header of 10,000 bytes": [["/echo", { lines: [`X-Long: ${"x".repeat(10_000)}`] }], 200],
    "with a target of 15,000 bytes": [[`/user/${"x".repeat(15_000)}`], 200],
    "with a body on GET": [["/ok", { lines: ["Content-Length: 3"], body: "abc" }], 200],
    "whose body is announced twice": [["/ok", { lines: ["Content-Length: 3", "Content-Length: 4"], body: "abcd" }], 400],
  };
  for (const [name, [args, status]] of Object.entries(cases)) {
    test(`${name}: ${status}`, async () => {
      let answer = { status: 0, head: "", body: "" };
      const asked = await calls(async () => (answer = await raw(...args)));
      assert.equal(answer.status, status, `${answer.head.slice(0, 500)}\n${answer.body.slice(0, 200)}`);
      if (status !== 200) assert.deepEqual(asked.map(({ url }) => url), [], "no call is made");
      await works();
    });
  }

  test("with more header lines than the platform takes is turned away, and the next works", async () => {
    const answer = await gateway.raw(`GET /echo HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nX-Long: ${"x".repeat(2 << 20)}\r\n\r\n`).catch(() => "");
    assert.doesNotMatch(answer, /^HTTP\/1\.1 200/);
    await works();
  });

  test("that is no HTTP is turned away, and the next works", async () => {
    const answer = await gateway.raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").catch(() => "");
    assert.doesNotMatch(answer, /^HTTP\/1\.1 200/);
    await works();
  });

  test("keeps its variable in its place", async () => {
    for (const [target, url] of /** @type {const} */ ([
      ["/user/a b".replace(" ", "%20"), "/user/a%20b/profile"],
      ["/user/..a", "/user/..a/profile"],
      ["/user/a..", "/user/a../profile"],
      ["/user/%C3%A9", "/user/%C3%A9/profile"],
      ["/search/..", "/user/search?q=.."],
    ])) {
      const asked = await calls(() => raw(target));
      if (target === "/search/..") assert.ok(asked.every((call) => call.path === "/user/search"), JSON.stringify(asked));
      else assert.deepEqual(asked.map((call) => call.url), [url]);
    }
  });
});

describe("headers of one connection", () => {
  const lines = [
    "Connection: X-Listed, keep-alive",
    "X-Listed: secret",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
    "Trailer: X-Later",
    "X-End: 1",
  ];
  const names = ["x-listed", "proxy-connection", "te", "trailer", "upgrade"];

  test("don't pass to the origin", async () => {
    const asked = await calls(async () => {
      assert.match(await gateway.raw(["GET /echo HTTP/1.1", "Host: gateway", ...lines, "Connection: close", "", ""].join("\r\n")), /^HTTP\/1\.1 200/);
    });
    const [first, ...more] = asked;
    assert.ok(first);
    assert.equal(more.length, 0);
    for (const name of names) assert.equal(first.headers[name], undefined, name);
    assert.equal(first.headers["keep-alive"], undefined);
    assert.equal(first.headers["x-end"], "1");
  });

  test("don't pass to the client", async () => {
    origin.routes["/pass"] = { raw: ["HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Length: 2", ...lines, "Upgrade: x", "", "ok"].join("\r\n") };
    const { status, body, head } = await raw("/pass");
    assert.deepEqual({ status, body }, { status: 200, body: "ok" });
    for (const name of names) assert.doesNotMatch(head, new RegExp(`^${name}:`, "im"), name);
    assert.doesNotMatch(head, /timeout=5/);
    assert.match(head, /^x-end: 1\r?$/im);
  });
});

test("every Set-Cookie line of an origin arrives", async () => {
  const cookies = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "c=3; HttpOnly"];
  origin.routes["/pass"] = { body: "ok", headers: { "set-cookie": cookies, "x-many": ["1", "2"] } };
  const { headers } = await gateway.get("/pass");
  assert.deepEqual(headers.getSetCookie(), cookies);
  assert.equal(headers.get("x-many"), "1, 2");
});

test("lines of one name stay apart where steps change others", async () => {
  const headers = { "set-cookie": ["a=1", "b=2"], "x-many": ["1", "2"], "x-more": ["1", "2"], "x-set": ["1", "2"], "x-gone": ["1", "2"] };
  origin.routes["/pass"] = { body: "ok", headers };
  const { status, head } = await raw("/marked");
  const lines = head.toLowerCase().split("\r\n").filter((/** @type {string} */ line) => /^(x-(?!krakend)|set-cookie)/.test(line));
  const expected = ["set-cookie: a=1", "set-cookie: b=2", "x-many: 1", "x-many: 2", "x-more: 1", "x-more: 2", "x-more: 3", "x-set: new"];
  assert.deepEqual({ status, lines: lines.sort() }, { status: 200, lines: expected });
});

test("a body that is copied is sent in chunks, an empty one too", async () => {
  const asked = await calls(() => raw("/thrice", { method: "POST", lines: ["Content-Length: 0"] }));
  assert.ok(asked.length > 0);
  for (const { headers } of asked) assert.deepEqual([headers["content-length"], headers["transfer-encoding"]], [undefined, "chunked"]);
});

test("parallel requests don't mix", async () => {
  origin.routes["/numbered/"] = ({ path }) => {
    const n = Number(path.slice(10));
    return { json: { n, text: String(n).repeat(2000) }, delay: (n * 37) % 50 };
  };
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  await Promise.all(
    numbers.map(async (n) => {
      const want = { n, text: String(n).repeat(2000) };
      if (n % 2) return assert.deepEqual((await gateway.get(`/numbered/${n}`)).json, want);
      assert.deepEqual((await gateway.get(`/merged/${n}`)).json, { ...want, again: want });
    }),
  );
});

describe("a redirect", () => {
  const to = (/** @type {number} */ status, /** @type {string} */ location) => {
    origin.routes[`/redirect/${status}`] = { status, headers: { location } };
    return `/redirect/${status}`;
  };
  const secrets = { authorization: "Bearer t", cookie: "a=1", "x-mine": "1" };

  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status} is followed with GET`, async () => {
      const { status: answered, json } = await gateway.get(to(status, "/echo?a=1"), secrets);
      assert.equal(answered, 200);
      assert.deepEqual({ method: json.method, query: json.query, referer: json.headers.referer }, { method: "GET", query: "a=1", referer: `${origin.url}/redirect/${status}` });
      assert.equal(json.headers.authorization, "Bearer t");
    });

    test(`${status} to another host drops what is secret`, async () => {
      // The same machine under another name.
      const { json } = await gateway.get(to(status, `${other.url.replace("127.0.0.1", "localhost")}/echo`), secrets);
      assert.deepEqual([json.headers.authorization, json.headers.cookie, json.headers["x-mine"]], [undefined, undefined, "1"]);
    });
  }

  for (const status of [301, 302, 303]) {
    test(`${status} makes a POST a GET without a body`, async () => {
      const { status: answered, json } = await gateway.post(to(status, "/echo"), "body");
      assert.deepEqual([answered, json.method, json.body], [200, "GET", ""]);
    });
  }
  for (const status of [307, 308]) {
    test(`${status} of a POST is the answer, as its body has gone`, async () => {
      const statuses = /** @type {number[]} */ ([]);
      const asked = await calls(async () => statuses.push((await gateway.post(to(status, "/echo"), "body")).status));
      assert.deepEqual([statuses, asked.length], [[status], 1]);
    });

    test(`${status} sends the body again where that is configured`, async () => {
      const { status: answered, json } = await gateway.post(`${to(status, "/echo")}/again`, "body");
      assert.deepEqual([answered, json.method, json.body], [200, "POST", "body"]);
    });
  }

  test("is followed ten times at most", async () => {
    const nine = await gateway.get("/hop/9");
    assert.deepEqual([nine.status, nine.text], [200, "end"]);
    assert.equal((await gateway.get("/hop/10")).status, 500);
    await works();
  });

  test("without a location is the answer", async () => {
    origin.routes["/redirect/302"] = { status: 302 };
    assert.equal((await gateway.get("/redirect/302")).status, 302);
    await works();
  });

  test("to another scheme is an error", async () => {
    assert.equal((await gateway.get(to(302, "ftp://127.0.0.1/"))).status, 500);
    assert.equal((await gateway.get(to(302, "file:///etc/passwd"))).status, 500);
    await works();
  });
});
