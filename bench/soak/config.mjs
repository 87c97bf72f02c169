// The gateway that is soaked: an endpoint for each kind of work, every answer of which names its request.
import { tokenEndpoint, verifier } from "../lib/token.mjs";

/** Deadlines are short, so that what hangs doesn't hold up the run. */
export const TIMEOUT_MS = 3000;

/**
 * One kind of work.
 *
 * @typedef {object} Kind
 * @property {string} name
 * @property {number} weight how often it is asked for, relative to the others
 * @property {string} path `ID` and `KEY` stand for the request's id and one of a few keys
 * @property {"GET" | "POST"} [method]
 * @property {boolean} [token] with a signed token
 * @property {(id: number) => number[]} statuses what may be answered while all origins are well
 * @property {(id: number) => number[]} faulty what may be answered besides while one of its origins isn't
 * @property {string[]} names the members of a complete answer that hold the id, or the key
 * @property {object} endpoint its part of the configuration
 */

const ok = () => [200];
const failing = () => [500];
const HEADERS = ["X-Soak-Id", "X-Soak-Fault"];

/** @param {string} path @param {object} [rest] */
const backend = (path, rest = {}) => ({ url_pattern: path, ...rest });

/** @param {object[]} backends @param {object} [rest] */
const endpoint = (backends, rest = {}) => ({ input_headers: HEADERS, input_query_strings: ["id", "key"], backend: backends, ...rest });

/** The ids whose requests the policy refuses. */
export const isRefused = (/** @type {number} */ id) => id % 7 === 0;

const LUA = `
local r = request.load()
r:headers('X-Soak-Lua', r:headers('X-Soak-Id'))
local n = 0
for w in string.gmatch(('ab '):rep(20), '%a+') do n = n + #w end
r:query(r:query() .. '')`;

const LUA_AFTER = `
local d = response.load():data()
d:set('lua', d:get('echo'))`;

/** @type {Kind[]} */
export const KINDS = [
  {
    name: "merge", weight: 6, path: "/merge?id=ID", statuses: ok, faulty: failing, names: ["a.id", "b.id", "c.id"],
    endpoint: endpoint(["a", "b", "c"].map((group) => backend("/doc", { group, allow: ["id"] }))),
  },
  {
    name: "concurrent", weight: 2, path: "/concurrent?id=ID", statuses: ok, faulty: failing, names: ["id"],
    endpoint: endpoint([backend("/doc")], { concurrent_calls: 2 }),
  },
  {
    name: "shadow", weight: 2, path: "/shadow?id=ID", statuses: ok, faulty: failing, names: ["id"],
    endpoint: endpoint([backend("/doc"), backend("/shadow", { extra_config: { proxy: { shadow: true } } })]),
  },
  {
    name: "sequence", weight: 4, path: "/sequence?id=ID", statuses: ok, faulty: failing, names: ["first.id", "second.id", "second.from"],
    endpoint: endpoint([backend("/doc", { group: "first" }), backend("/next/{resp0_first.id}", { group: "second" })], {
      extra_config: { proxy: { sequential: true } },
    }),
  },
  {
    name: "no-op", weight: 4, path: "/no-op?id=ID", statuses: ok, faulty: () => [200, 500, 503], names: ["id"],
    endpoint: endpoint([backend("/doc", { encoding: "no-op" })], { output_encoding: "no-op" }),
  },
  {
    name: "upload", weight: 2, path: "/upload?id=ID", method: "POST", statuses: ok, faulty: failing, names: ["id", "body"],
    endpoint: { ...endpoint([backend("/upload", { method: "POST" })]), method: "POST" },
  },
  {
    name: "token", weight: 4, path: "/token?id=ID", token: true, statuses: ok, faulty: failing, names: ["id", "subject"],
    endpoint: endpoint([backend("/doc", { mapping: { x_sub: "subject" } })], {
      input_headers: [...HEADERS, "X-Sub"],
      extra_config: { "auth/validator": { ...tokenEndpoint.extra_config["auth/validator"], propagate_claims: [["sub", "X-Sub"]] } },
    }),
  },
  {
    name: "client-credentials", weight: 2, path: "/credentials?id=ID", statuses: ok, faulty: failing, names: ["id"],
    endpoint: endpoint([
      backend("/doc", { extra_config: { "auth/client-credentials": { client_id: "soak", client_secret: "a secret", token_url: "ORIGIN/token" } } }),
    ]),
  },
  {
    name: "cache", weight: 4, path: "/cache?key=KEY", statuses: ok, faulty: failing, names: ["key"],
    endpoint: { input_query_strings: ["key"], backend: [backend("/cached", { extra_config: { "qos/http-cache": { max_items: 100, max_size: 100_000 } } })] },
  },
  {
    name: "limit", weight: 2, path: "/limit?id=ID", statuses: () => [200, 429, 503], faulty: failing, names: ["id"],
    endpoint: endpoint([backend("/doc")], {
      extra_config: { "qos/ratelimit/router": { max_rate: 400, client_max_rate: 20, strategy: "header", key: "X-Soak-Client", every: "1s" } },
    }),
  },
  {
    name: "breaker", weight: 1, path: "/breaker?id=ID", statuses: () => [200, 500], faulty: failing, names: ["id"],
    endpoint: endpoint([backend("/doc", { extra_config: { "qos/circuit-breaker": { interval: 5, timeout: 1, max_errors: 3 } } })]),
  },
  {
    name: "lua", weight: 3, path: "/lua?id=ID", statuses: ok, faulty: failing, names: ["id", "lua"],
    endpoint: endpoint([backend("/doc")], {
      input_headers: [...HEADERS, "X-Soak-Lua"],
      extra_config: { "modifier/lua-proxy": { pre: LUA, post: LUA_AFTER, allow_open_libs: true } },
    }),
  },
  {
    name: "cel", weight: 3, path: "/cel?id=ID", statuses: (id) => (isRefused(id) ? [500] : [200]), faulty: failing, names: ["id"],
    endpoint: endpoint([backend("/doc")], {
      extra_config: { "validation/cel": [{ check_expr: "int(req_headers['X-Soak-Id'][0]) % 7 != 0" }] },
    }),
  },
];

/** The whole configuration, and the files that it names. @param {string} origin */
export function configuration(origin) {
  const endpoints = KINDS.map(({ path, endpoint: options }) => ({ endpoint: path.split("?")[0], ...options }));
  // Failures are part of it: nobody reads a line for each.
  const extra_config = { "telemetry/logging": { level: "CRITICAL", stdout: true }, router: { disable_access_log: true } };
  const text = JSON.stringify({ version: 3, host: [origin], timeout: `${TIMEOUT_MS}ms`, extra_config, endpoints }).replaceAll("ORIGIN", origin);
  return { value: /** @type {object} */ (JSON.parse(text)), files: verifier.files };
}
