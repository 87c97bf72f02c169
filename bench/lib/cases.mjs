// The work that is measured. Each case says what it fetches, how the gateway is told to do it, what somebody writes by hand
// for it, and (as a function of the documents) what must come back.
import { SIZES } from "./documents.mjs";
import { clientAddress } from "./servers.mjs";
import { token, tokenEndpoint, verifier } from "./token.mjs";

/**
 * The work of a case.
 *
 * @typedef {object} Shape
 * @property {string} name
 * @property {{ bytes: number, seed: number }[]} documents What the backends answer.
 * @property {(index: number) => object} [backend] Options of a backend.
 * @property {object} [endpoint] Options of the endpoint.
 * @property {string} [combine] JavaScript for the answer, made of the parsed documents `p`: the peers run it, and it is expected.
 * @property {(origin: string) => string[]} [sequence] JavaScript for the URLs, which may use the answers before them.
 * @property {number} [others] Further endpoints.
 * @property {(origin: URL) => object} [service] The `extra_config` of the service. Fjord is measured without it, too, as `plain`.
 * @property {() => Record<string, string>} [headers]
 * @property {(number: number) => Record<string, string>} [each] Header lines of each request: those of one among many clients.
 * @property {boolean} [isCounted] The path goes on with the number of the request, and so does the URL of the peers' call.
 * @property {boolean} [isAlone] Each request has a connection of its own.
 * @property {Record<string, string>} [files] Files that the configuration names.
 * @property {string} [guard] JavaScript of a function `refuse(request)`.
 * @property {string} [passes] A header line that goes on to the backends.
 * @property {boolean} [noOp] The answer passes as it is.
 * @property {number} [status]
 * @property {string} [path]
 * @property {Goal} [goal] The CPU per request that is aimed at, as a ratio to `js`, to `floor` and to `plain`.
 *
 * @typedef {{ js?: number, floor?: number, plain?: number }} Goal
 */

const NAMES = ["a", "b", "c", "d", "e"];
const FIELDS = ["id", "title", "status"];

/**
 * `count` documents of one size.
 *
 * @param {number} count
 * @param {keyof typeof SIZES} size
 */
const documents = (count, size) => Array.from({ length: count }, (_, seed) => ({ bytes: SIZES[size], seed }));

/**
 * @template T
 * @param {number} count
 * @param {(index: number, name: string) => T} make
 */
const each = (count, make) => Array.from({ length: count }, (_, index) => make(index, NAMES[index] ?? ""));

/** @typedef {[size: keyof typeof SIZES, goal?: Goal]} Sized */

/** @type {Shape[]} */
const joined = [
  {
    name: "one backend, 0.4 KB",
    documents: documents(1, "0.4 KB"),
    combine: "p[0]",
    goal: { js: 1.0, floor: 1.1 },
  },
  { name: "one backend, 4 KB", documents: documents(1, "4 KB"), combine: "p[0]" },
  { name: "one backend, 70 KB", documents: documents(1, "70 KB"), combine: "p[0]" },
  .../** @type {[count: number, ...Sized][]} */ ([
    [3, "0.4 KB"],
    [3, "4 KB", { js: 0.82, floor: 1.12 }],
    [3, "70 KB", { js: 0.38, floor: 1.5 }],
    [3, "1 MB"],
    [5, "4 KB"],
  ]).map(([count, size, goal]) => ({
    name: `merge of ${count} × ${size}`,
    documents: documents(count, size),
    combine: `Object.assign(${each(count, (i) => `p[${i}]`).join(", ")})`,
    goal,
  })),
  .../** @type {Sized[]} */ ([
    ["4 KB", { js: 0.82, floor: 1.12 }],
    ["70 KB", { js: 0.38, floor: 1.5 }],
  ]).map(([size, goal]) => ({
    name: `group of 3 × ${size}`,
    documents: documents(3, size),
    backend: (/** @type {number} */ index) => ({ group: NAMES[index] }),
    combine: `({ ${each(3, (i, name) => `${name}: p[${i}]`).join(", ")} })`,
    goal,
  })),
  .../** @type {Sized[]} */ ([
    ["4 KB", { js: 0.85, floor: 1.15 }],
    ["70 KB", { js: 0.55, floor: 1.5 }],
  ]).map(([size, goal]) => ({
    name: `allow 3 fields of 3 × ${size}`,
    documents: documents(3, size),
    backend: (/** @type {number} */ index) => ({ group: NAMES[index], allow: FIELDS }),
    combine: `({ ${each(3, (i, name) => `${name}: { ${FIELDS.map((field) => `${field}: p[${i}].${field}`).join(", ")} }`).join(", ")} })`,
    goal,
  })),
  {
    name: "deny 2 fields of 3 × 4 KB",
    documents: documents(3, "4 KB"),
    backend: (/** @type {number} */ index) => ({ group: NAMES[index], deny: ["status", "meta"] }),
    combine: `Object.fromEntries(p.map(({ status, meta, ...rest }, i) => ["abc"[i], rest]))`,
  },
  {
    name: "nested allow of 3 × 4 KB",
    documents: documents(3, "4 KB"),
    backend: (/** @type {number} */ index) => ({ group: NAMES[index], allow: ["id", "meta.page", "meta.owner.name"] }),
    combine: `Object.fromEntries(p.map(({ id, meta }, i) => ["abc"[i], { id, meta: { page: meta.page, owner: { name: meta.owner.name } } }]))`,
  },
  {
    name: "mapping of 3 × 4 KB",
    documents: documents(3, "4 KB"),
    backend: (/** @type {number} */ index) => ({ group: NAMES[index], mapping: { title: "name", items: "results" } }),
    combine: `Object.fromEntries(p.map(({ title, items, ...rest }, i) => ["abc"[i], { ...rest, name: title, results: items }]))`,
  },
  {
    name: "flatmap of 4 KB",
    documents: documents(1, "4 KB"),
    backend: () => ({
      extra_config: {
        proxy: {
          flatmap_filter: [
            { type: "del", args: ["items.*.note"] },
            { type: "move", args: ["meta.owner", "owner"] },
          ],
        },
      },
    }),
    combine: `(({ items, meta: { owner, ...meta }, ...rest }) => ({ ...rest, meta, owner, items: items.map(({ note, ...item }) => item) }))(p[0])`,
  },
  {
    name: "sequence of 0.4 KB and 4 KB",
    documents: [
      { bytes: SIZES["0.4 KB"], seed: 0 },
      { bytes: SIZES["4 KB"], seed: 1000 },
    ],
    endpoint: { extra_config: { proxy: { sequential: true } } },
    backend: (/** @type {number} */ index) => (index === 0 ? {} : { url_pattern: `/${SIZES["4 KB"]}/{resp0_id}`, group: "next" }),
    /** Each call may use the answers before it. */
    sequence: (origin) => [`"${origin}/400/0"`, `"${origin}/4096/" + p[0].id`],
    combine: "({ ...p[0], next: p[1] })",
  },
  {
    name: "token checked, 0.4 KB",
    documents: documents(1, "0.4 KB"),
    endpoint: tokenEndpoint,
    headers: () => ({ authorization: `Bearer ${token()}` }),
    files: verifier.files,
    guard: verifier.script,
    combine: "p[0]",
  },
  {
    name: "merge of 3 × 4 KB, all traced and measured",
    documents: documents(3, "4 KB"),
    combine: `Object.assign(${each(3, (i) => `p[${i}]`).join(", ")})`,
    service: ({ hostname, port }) => ({ "telemetry/opentelemetry": { exporters: { otlp: [{ name: "bench", host: hostname, port: Number(port), use_http: true }] } } }),
    goal: { plain: 1.15 },
  },
  {
    name: "one of 1,000 endpoints, 0.4 KB",
    documents: documents(1, "0.4 KB"),
    others: 999,
    combine: "p[0]",
    goal: { js: 1.0, floor: 1.1 },
  },
];

/**
 * Answers that pass unchanged.
 *
 * @type {Shape[]}
 */
const passed = /** @type {const} */ (["4 KB", "70 KB", "1 MB"]).map((size) => ({
  name: `no-op, ${size}`,
  documents: documents(1, size),
  endpoint: { output_encoding: "no-op" },
  backend: () => ({ encoding: "no-op" }),
  noOp: true,
  combine: "p[0]",
  goal: size === "70 KB" ? { js: 1.1 } : undefined,
}));

/**
 * The work of other cases for many clients: a new address in each request, with a token that is passed on, or on a connection of its own.
 *
 * @type {Shape[]}
 */
const crowded = [
  { ...named("one backend, 0.4 KB"), name: "one backend, 0.4 KB, many clients", each: clientAddress },
  { ...named("merge of 3 × 4 KB"), name: "merge of 3 × 4 KB, many clients", each: clientAddress },
  {
    ...named("one backend, 0.4 KB"),
    name: "one backend, 0.4 KB, many clients with tokens",
    endpoint: { input_headers: ["Authorization"] },
    each: (number) => ({ ...clientAddress(number), Authorization: `Bearer ${"0123456789abcdef".repeat(8)}${number}` }),
    passes: "Authorization",
  },
  {
    ...named("one backend, 0.4 KB"),
    name: "one backend, 0.4 KB, many clients and URLs",
    endpoint: { endpoint: "/bench/{id}" },
    path: "/bench/",
    backend: () => ({ url_pattern: "/400/0?of={id}" }),
    each: clientAddress,
    isCounted: true,
  },
  { ...named("one backend, 0.4 KB"), name: "one backend, 0.4 KB, a connection each", each: clientAddress, isAlone: true },
];

/** @param {string} name */
function named(name) {
  const found = joined.find((shape) => shape.name === name);
  if (found === undefined) throw new Error(`no case is called ${name}`);
  return found;
}

/** @type {Shape} */
const missing = { name: "no such path", documents: [], status: 404, path: "/nothing", others: 9 };

export const cases = [...joined, ...crowded, ...passed, missing];

/**
 * The configuration of a case.
 *
 * @param {Pick<Shape, "documents" | "endpoint" | "backend" | "others" | "service">} shape
 * @param {string} origin
 */
export function configuration({ documents: answers, endpoint = {}, backend = () => ({}), others = 0, service }, origin) {
  const backends = answers.map(({ bytes, seed }, index) => ({ url_pattern: `/${bytes}/${seed}`, ...backend(index) }));
  const own = backends.length > 0 ? [{ endpoint: "/bench", ...endpoint, backend: backends }] : [];
  const extra = service === undefined ? {} : { extra_config: service(new URL(origin)) };
  return { version: 3, timeout: "3s", host: [origin], ...extra, endpoints: [...own, ...endpoints(others)] };
}

/**
 * Endpoints as a larger configuration has them.
 *
 * @param {number} count
 */
export function endpoints(count) {
  return each(count, (index) => ({
    endpoint: `/v${index % 3}/service${index % 40}/resource${index}/{id}`,
    method: ["GET", "GET", "GET", "POST", "PUT"][index % 5],
    input_headers: ["Authorization", "X-Trace"],
    input_query_strings: ["page", "limit"],
    backend: [
      { url_pattern: `/internal/resource${index}/{id}`, allow: ["id", "name", "items.price"], mapping: { name: "title" } },
      ...(index % 5 < 3 ? [{ url_pattern: `/related/{id}?of=${index}`, group: "related", deny: ["secret"] }] : []),
    ],
  }));
}
