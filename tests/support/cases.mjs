// Cases of tests/gateway, whose origins are simulated there, with origins that are servers.
import assert from "node:assert/strict";
import fs from "node:fs";
import { startUpstream } from "./upstream.mjs";

const folder = new URL("../gateway/cases/", import.meta.url);

/**
 * A case, as the files have it.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {{ endpoint: string, backend: object[] }} config
 * @property {Record<string, CaseReply>} [origins]
 * @property {string} [request]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body]
 * @property {Expected} [expect]
 *
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown }} CaseReply
 *
 * @typedef {object} Expected
 * @property {number} [status]
 * @property {Record<string, string | string[]>} [headers]
 * @property {unknown} [body]
 * @property {string[]} [calls]
 * @property {Record<string, string | null> | Record<string, string | null>[]} [sent]
 * @property {unknown} [sent_body]
 */

/**
 * Gives a case of one endpoint an origin of its own and, as many are in one configuration, a path of its own below
 * `prefix`.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} prefix
 */
export async function realCase(file, name, prefix) {
  const cases = /** @type {Case[]} */ (JSON.parse(fs.readFileSync(new URL(`${file}.json`, folder), "utf8")));
  const found = cases.find((other) => other.name === name);
  assert.ok(found?.request, `${file}.json has no case "${name}" of one request`);
  /** @type {Record<string, import("./upstream.mjs").Reply>} */
  let answers = {};
  const upstream = await startUpstream({ "/": ({ method, url }) => answers[`${method} ${upstream.url}${url}`] });
  const { config, origins, request = "", headers, body, expect = {} } = /** @type {Case} */ (
    JSON.parse(JSON.stringify(found).replaceAll("http://a", upstream.url))
  );
  answers = Object.fromEntries(Object.entries(origins ?? {}).map(([call, reply]) => [call, replyOf(reply)]));
  const [method, target] = request.split(" ");
  const backend = config.backend.map((one) => ({ host: [upstream.url], ...one }));
  return {
    endpoint: { ...config, endpoint: prefix + config.endpoint, backend },
    stop: () => upstream.stop(),
    /** @param {string} url */
    async check(url) {
      const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const answer = await fetch(url + prefix + target, { method, headers, body: sent, redirect: "manual" });
      compare(answer, await answer.text(), upstream, expect);
    },
  };
}

/** @param {CaseReply} reply */
const replyOf = ({ status, headers, body = "" }) => ({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

/**
 * @param {Response} answer
 * @param {string} text
 * @param {import("./upstream.mjs").Upstream} upstream
 * @param {Expected} expected
 */
function compare(answer, text, upstream, { status = 200, headers = {}, body, calls, sent, sent_body: sentBody }) {
  assert.equal(answer.status, status, text);
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) assert.deepEqual(answer.headers.getSetCookie(), value);
    else assert.equal(answer.headers.get(name), value, name);
  }
  if (typeof body === "string") assert.equal(text, body);
  else if (body !== undefined) assert.deepEqual(JSON.parse(text), body);
  const { requests } = upstream;
  if (calls) assert.deepEqual(requests.map((request) => `${request.method} ${upstream.url}${request.url}`), calls);
  for (const [index, lines] of [sent ?? []].flat().entries()) {
    for (const [name, value] of Object.entries(lines)) assert.equal(requests[index]?.headers[name.toLowerCase()] ?? null, value, name);
  }
  if (typeof sentBody === "string") assert.equal(requests[0]?.body, sentBody);
  else if (sentBody !== undefined) assert.deepEqual(JSON.parse(requests[0]?.body ?? ""), sentBody);
}
