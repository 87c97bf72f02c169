// What each step makes of a backend's data: the core itself answers for a backend that has the steps up to there.
import { Gateway } from "./simulate.mjs";

/**
 * @typedef {import("../messages.js").Stage} Stage
 * @typedef {import("../messages.js").Mock} Mock
 * @typedef {{ [name: string]: unknown }} Backend
 */

/** @param {unknown} value */
const isGiven = (value) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0) && !(typeof value === "object" && Object.keys(value).length === 0);

/**
 * The steps in their order (docs/krakend/data.md §8): what each is called, and the options that it takes.
 *
 * @param {Backend} backend
 * @returns {{ name: string, option: string, options: Backend }[]}
 */
export function stepsOf(backend) {
  const { encoding = "json", is_collection: collection, target, allow, deny, mapping, group } = backend;
  const { proxy } = /** @type {{ proxy?: { flatmap_filter?: unknown } }} */ (backend.extra_config ?? {});
  const flatmap = proxy?.flatmap_filter;
  const steps = [{ name: "decode", option: collection === true ? `${String(encoding)}, is_collection` : String(encoding), options: { encoding, is_collection: collection } }];
  /** @type {(name: string, value: unknown, options: Backend) => void} */
  const add = (name, value, options) => {
    if (isGiven(value)) steps.push({ name, option: typeof value === "string" ? value : JSON.stringify(value), options: /** @type {typeof steps[0]["options"]} */ (options) });
  };
  add("target", target, { target });
  if (isGiven(flatmap)) add("flatmap_filter", flatmap, { extra_config: { proxy: { flatmap_filter: flatmap } } });
  else {
    if (isGiven(allow)) add("allow", allow, { allow });
    else add("deny", deny, { deny });
    add("mapping", mapping, { mapping });
  }
  add("group", group, { group });
  return steps;
}

/**
 * @param {() => import("../../src/edge/fjord.mjs").Core} instantiate
 * @param {Backend} backend
 * @param {Mock} mock
 * @returns {Promise<Stage[]>}
 */
export async function stages(instantiate, backend, mock) {
  /** @type {Backend} */
  let options = {};
  /** @type {Stage[]} */
  const found = [];
  for (const { name, option, options: added } of stepsOf(backend)) {
    options = { ...options, ...added };
    const config = { version: 3, endpoints: [{ endpoint: "/step", backend: [{ host: ["http://origin"], url_pattern: "/", ...options }] }] };
    const gateway = new Gateway(instantiate, JSON.stringify(config), {}, {});
    const ask = { method: "GET", target: "/step", headers: /** @type {[string, string][]} */ ([]), body: "", address: "127.0.0.1" };
    const { status, body, log } = await gateway.answer(0, ask, [{ ...mock, status: 200, latency: 0, failure: "" }], []);
    const failed = status !== 200;
    found.push({ name, option, body: failed ? (log.find(({ level }) => level === "error")?.line ?? `status ${status}`) : body, failed });
    if (failed) break;
  }
  return found;
}
