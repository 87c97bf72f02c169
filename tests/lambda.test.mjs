// `backend/lambda` against a service that lets in what another program's signature agrees with, and fails as AWS does.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import aws4 from "aws4";
import { config, endpoint, startGateway } from "./support/gateway.mjs";
import { startFunction, unavailable } from "./support/function.mjs";
import { startUpstream } from "./support/upstream.mjs";

const KEY = "AKIDEXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REGION = "eu-north-1";
const PREFIX = "/2015-03-31/functions/";

/** What AWS answers: the error in a header and in the body. */
const failure = (/** @type {number} */ status, /** @type {string} */ kind, /** @type {string} */ Message, headers = {}) => ({
  status,
  json: { Type: "User", Message },
  headers: { "x-amzn-errortype": `${kind}:http://internal.amazon.com/coral/com.amazonaws.awsgirapi/`, ...headers },
});

/**
 * The functions, by the names that the service finds behind the signature.
 *
 * @type {Record<string, (request: import("./support/upstream.mjs").Recorded) => import("./support/upstream.mjs").Reply | Promise<import("./support/upstream.mjs").Reply>>}
 */
const FUNCTIONS = {
  echo: ({ headers, body }) => ({ json: { payload: body, type: headers["x-amz-invocation-type"], log: headers["x-amz-log-type"] }, headers: { "x-amz-executed-version": "$LATEST" } }),
  "arn:aws:lambda:eu-north-1:123456789012:function:echo:live": ({ body }) => ({ json: { arn: true, payload: body } }),
  "navn med æøå+/%": () => ({ json: { odd: true } }),
  raises: () => ({ json: { errorMessage: "boom", errorType: "Error", trace: [] }, headers: { "x-amz-function-error": "Unhandled" } }),
  list: () => ({ json: [1] }),
  text: () => ({ body: "no JSON" }),
  busy: () => failure(429, "TooManyRequestsException", "Rate Exceeded.", { "retry-after": "1" }),
  large: () => failure(413, "RequestTooLargeException", "too large"),
  broken: () => failure(500, "ServiceException", "An error occurred"),
  starting: () => failure(502, "EC2ThrottledException", "throttled"),
  // A real one, behind the same check of the signature.
  function: async ({ url, body }) => {
    const answer = await fetch(real.url + url, { method: "POST", body }).catch(() => null);
    return answer === null ? { reset: true } : { status: answer.status, body: await answer.text() };
  },
  slow: () => ({ hang: true }),
  reset: () => ({ reset: true }),
};

/** The function that is called; an error where the signature isn't the one that aws4 comes to. */
function invoke(/** @type {import("./support/upstream.mjs").Recorded} */ request) {
  const { headers, method, url, body } = request;
  const [, scope, names = ""] = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/.exec(headers.authorization ?? "") ?? [];
  if (scope === undefined) return failure(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  if (Math.abs(Date.now() - dateOf(String(headers["x-amz-date"]))) > 300_000) return failure(403, "InvalidSignatureException", "Signature expired");
  const signed = Object.fromEntries(names.split(";").map((name) => [name, headers[name]]));
  for (const name of Object.keys(headers)) {
    if (name.startsWith("x-amz-") && signed[name] === undefined) return failure(403, "InvalidSignatureException", `${name} isn't signed`);
  }
  if (sessions.expected !== headers["x-amz-security-token"]) return failure(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
  const again = aws4.sign(
    { service: "lambda", region: REGION, host: headers.host, method, path: url, headers: signed, body, extraHeadersToIgnore: { "content-type": true, "content-length": true } },
    { accessKeyId: KEY, secretAccessKey: SECRET },
  );
  if (again.headers?.Authorization !== headers.authorization) return failure(403, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
  const name = decodeURIComponent(url.slice(PREFIX.length, -"/invocations".length));
  const run = method === "POST" && url.startsWith(PREFIX) && url.endsWith("/invocations") ? FUNCTIONS[name] : undefined;
  return run === undefined ? failure(404, "ResourceNotFoundException", `Function not found: ${name}`) : run(request);
}

const dateOf = (text = "") => Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
/** @type {{ expected: string | undefined }} */
const sessions = { expected: undefined };
/** @type {{ url: string, stop: () => Promise<void> }} */
let real;

/** @type {import("./support/upstream.mjs").Upstream} */
let service;
/** @type {import("./support/gateway.mjs").Gateway[]} */
const gateways = [];
/** A gateway with these secrets; the endpoints are `/fixed` of one function and `/run/{function}` of any. */
async function gatewayWith(/** @type {Record<string, string>} */ env, rest = {}, timeout = "600ms") {
  const options = { endpoint: service.url, region: REGION, ...rest };
  const lambda = (/** @type {object} */ more) => [{ url_pattern: "/", extra_config: { "backend/lambda": { ...options, ...more } } }];
  // As in KrakenD, a parameter's name has a capital behind the router.
  const any = { function_param_name: "Function" };
  const shown = { extra_config: { router: { return_error_msg: true } } };
  const gateway = await startGateway(
    config(
      [
        endpoint("/fixed", lambda({ function_name: "echo" }), { method: "POST" }),
        endpoint("/run/{function}", lambda(any)),
        endpoint("/named/{Name}/{Other}", lambda({ function_param_name: "Name" })),
        endpoint("/post/{function}", lambda(any), { method: "POST" }),
        endpoint("/both/{function}", [...lambda(any), ...lambda({ function_name: "echo" })]),
        endpoint("/arn", lambda({ function_name: Object.keys(FUNCTIONS)[1] })),
        endpoint("/odd", lambda({ function_name: Object.keys(FUNCTIONS)[2] })),
      ],
      { host: [service.url], timeout, ...shown },
    ),
    { env },
  );
  gateways.push(gateway);
  return gateway;
}

before(async () => (service = await startUpstream({ "/": invoke })));
after(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await service?.stop();
});

describe("a call with the right secrets", () => {
  /** @type {import("./support/gateway.mjs").Gateway} */
  let gateway;
  before(async () => (gateway = await gatewayWith({ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET })));

  test("passes the signature with the parameters as its payload", async () => {
    const { status, json, headers } = await gateway.get("/named/echo/b%20c");
    assert.equal(status, 200);
    assert.deepEqual(json, { payload: '{"name":"echo","other":"b c"}\n', type: "RequestResponse", log: "Tail" });
    assert.equal(headers.get("x-amz-executed-version"), "$LATEST");
  });

  test("passes the signature with a body of any kind", async () => {
    for (const body of ['{"a":1}', "", "å\r\n\0", "x".repeat(100_000)]) {
      const { status, json } = await gateway.post("/fixed", body);
      assert.deepEqual([status, json?.payload], [200, body]);
    }
  });

  test("passes the signature with names that a path escapes, and that are escaped once more to be signed", async () => {
    assert.equal((await gateway.get("/arn")).json?.arn, true);
    assert.equal((await gateway.get("/odd")).json?.odd, true);
  });

  test("never asks for another function than the one named", async () => {
    for (const name of ["echo%2Finvocations%3F", "..", "%2e%2e%2Fecho", "echo%23"]) {
      const { status } = await gateway.get(`/run/${name}`);
      assert.ok(status === 404 || status === 400, `${name}: ${status}`);
    }
  });

  // The status is the service's; its text is shown as the router allows it.
  /** @type {Record<string, [status: number, text: RegExp]>} */
  const failures = {
    unknown: [404, /^ResourceNotFoundException: .*Function not found: unknown/],
    busy: [429, /^TooManyRequestsException: .*Rate Exceeded/],
    large: [413, /^RequestTooLargeException/],
    broken: [500, /^ServiceException/],
    starting: [502, /^EC2ThrottledException/],
    list: [500, /not an object/],
    text: [500, /./],
    slow: [500, /deadline|timeout|Timeout/],
    reset: [500, /./],
  };
  for (const [name, [status, text]] of Object.entries(failures)) {
    test(`shows a failure: ${name}`, async () => {
      const answer = await gateway.get(`/run/${name}`);
      assert.equal(answer.status, status);
      assert.match(answer.text, text);
      assert.doesNotMatch(answer.text + gateway.output, new RegExp(SECRET.slice(0, 12)));
    });
  }

  test("never repeats a call that failed", async () => {
    const from = service.requests.length;
    await gateway.get("/run/busy");
    assert.equal(service.requests.length - from, 1);
  });

  test("gives the error object of a function as its answer, as KrakenD does", async () => {
    const { status, json } = await gateway.get("/run/raises");
    assert.deepEqual([status, json], [200, { errorMessage: "boom", errorType: "Error", trace: [] }]);
  });

  test("leaves the other backends their part of a merged answer", async () => {
    const { status, json, headers } = await gateway.get("/both/busy");
    assert.deepEqual([status, json?.log, headers.get("x-krakend-completed")], [200, "Tail", "false"]);
  });

  test("signs parallel calls each by itself", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => gateway.post("/fixed", String(i))));
    assert.deepEqual(answers.map(({ json }) => json?.payload), Array.from({ length: 40 }, (_, i) => String(i)));
  });
});

describe("the service's own check", () => {
  const secrets = { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET };

  test("lets a session's token in, and signs it", async (t) => {
    const token = "FwoGZXIvYXdzEXAMPLE//token==";
    sessions.expected = token;
    t.after(() => (sessions.expected = undefined));
    const gateway = await gatewayWith({ ...secrets, AWS_SESSION_TOKEN: token });
    assert.equal((await gateway.post("/fixed", "a")).json?.payload, "a");
  });

  test("refuses another secret, another key and another region", async () => {
    for (const [env, rest] of /** @type {const} */ ([
      [{ ...secrets, AWS_SECRET_ACCESS_KEY: "other" }, {}],
      [{ ...secrets, AWS_ACCESS_KEY_ID: "other" }, {}],
      [secrets, { region: "us-east-1" }],
    ])) {
      const gateway = await gatewayWith(env, rest);
      const { status, text } = await gateway.post("/fixed", "a");
      assert.equal(status, 403);
      assert.match(text, /^InvalidSignatureException/);
    }
  });

  test("is not asked without secrets", async () => {
    const from = service.requests.length;
    const gateway = await gatewayWith({});
    const { status, text } = await gateway.post("/fixed", "a");
    assert.equal(status, 500);
    assert.match(text, /AWS_ACCESS_KEY_ID/);
    assert.equal(service.requests.length, from);
  });
});

describe("a function that AWS's own runtime runs", { skip: unavailable() }, () => {
  const source = `
import time
def handler(event, context):
    if isinstance(event, dict) and event.get("do") == "raise":
        raise ValueError("boom")
    if isinstance(event, dict) and event.get("do") == "sleep":
        time.sleep(1)
    return [event] if event == 1 else {"event": event, "n": 1.5, "text": "æ <&>"}
`;
  /** @type {import("./support/gateway.mjs").Gateway} */
  let gateway;
  before(async () => {
    real = await startFunction(source);
    gateway = await gatewayWith({ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET }, {}, "5s");
  });
  after(() => real?.stop());

  test("gets parameters and bodies, and gives its answer", async () => {
    assert.deepEqual((await gateway.get("/run/function")).json, { event: { function: "function" }, n: 1.5, text: "æ <&>" });
    const { status, json } = await gateway.post("/post/function", '{"a":[1,"æ",null]}');
    assert.deepEqual([status, json.event], [200, { a: [1, "æ", null] }]);
  });

  test("answers with its error, as KrakenD lets it", async () => {
    const { status, json } = await gateway.post("/post/function", '{"do":"raise"}');
    assert.deepEqual([status, json.errorMessage, json.errorType], [200, "boom", "ValueError"]);
    const unread = await gateway.post("/post/function", "no JSON");
    assert.deepEqual([unread.status, unread.json.errorType], [200, "Runtime.UnmarshalError"]);
  });

  test("fails where its answer is no object, and where it is late", async () => {
    assert.equal((await gateway.post("/post/function", "1")).status, 500);
    const hasty = await gatewayWith({ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET });
    assert.equal((await hasty.post("/post/function", '{"do":"sleep"}')).status, 500);
  });
});
