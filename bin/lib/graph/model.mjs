// What a configuration does, as a graph: endpoints, the steps around them, their backends, what merges into what.
import { formatDuration, parseDuration } from "../duration.mjs";
import { part, parts, rooted, text, texts } from "../parts.mjs";
import { ORDER } from "./order.mjs";

/**
 * @typedef {import("../parts.mjs").Part} Part
 *
 * @typedef {object} BackendNode
 * @property {string} method
 * @property {string} path
 * @property {string[]} hosts
 * @property {string[]} steps Namespaces, in order.
 * @property {string[]} shape What is done to the data, in order.
 * @property {string} group
 * @property {number[]} needs The backends whose answers the call takes values from.
 * @property {string[]} values The placeholders of those.
 * @property {boolean} shadow
 * @property {string} encoding
 *
 * @typedef {object} EndpointNode
 * @property {number} index
 * @property {string} method
 * @property {string} path
 * @property {string} timeout
 * @property {string[]} steps Namespaces, in order.
 * @property {boolean} sequential
 * @property {boolean} streams The only backend's answer continues as it comes.
 * @property {boolean} flatmap Whether the merged data are changed.
 * @property {string} output
 * @property {BackendNode[]} backends
 * @property {import("../core.mjs").Cost} [cost]
 *
 * @typedef {{ name: string, steps: string[], endpoints: EndpointNode[] }} Model
 */

/**
 * The namespaces of `extra_config` in the order of their steps; others, which have no place in it, last.
 *
 * @param {Part} extra
 * @param {string[]} order
 */
function steps(extra, order) {
  // One with several steps is drawn once, at its last.
  const known = order.filter((name, index) => Object.hasOwn(extra, name) && order.lastIndexOf(name) === index);
  return [...known, ...Object.keys(extra).filter((name) => !order.includes(name))];
}

/**
 * @param {unknown} value
 * @param {string} otherwise
 */
function duration(value, otherwise) {
  if (typeof value === "number") return formatDuration(value);
  return formatDuration(parseDuration(text(value, otherwise)) ?? 0);
}

/**
 * What is done to a backend's data, in order (docs/krakend/data.md §8).
 *
 * @param {Part} backend
 */
function shapeOf(backend) {
  const { flatmap_filter: flatmap } = part(part(backend.extra_config).proxy);
  const shape = [];
  if (backend.is_collection === true) shape.push("collection");
  if (text(backend.target, "")) shape.push(`target ${text(backend.target, "")}`);
  if (Array.isArray(flatmap) && flatmap.length > 0) {
    shape.push(...parts(flatmap).map(({ type, args }) => `${text(type, "?")} ${texts(args).join(" → ")}`));
  } else {
    const [allow, deny] = [texts(backend.allow), texts(backend.deny)];
    if (allow.length > 0) shape.push(`allow ${allow.join(", ")}`);
    else if (deny.length > 0) shape.push(`deny ${deny.join(", ")}`);
    shape.push(...Object.entries(part(backend.mapping)).map(([from, to]) => `${from} → ${text(to, "?")}`));
  }
  return shape;
}

/**
 * @param {Part} backend
 * @param {{ method: string, hosts: string[], encoding: string }} inherited
 * @returns {BackendNode}
 */
function backendNode(backend, { method, hosts, encoding }) {
  const extra = part(backend.extra_config);
  const pattern = text(backend.url_pattern, "/");
  const values = [...pattern.matchAll(/\{(resp(\d+)_[^{}]+)\}/g)];
  const own = texts(backend.host);
  // What `proxy` does here is part of the shape, but for the shadow.
  return {
    method: text(backend.method, method),
    path: rooted(pattern),
    hosts: own.length > 0 ? own : hosts,
    steps: steps(extra, ORDER.backend).filter((name) => name !== "proxy"),
    shape: shapeOf(backend),
    group: text(backend.group, ""),
    needs: [...new Set(values.map(([, , index]) => Number(index)))],
    values: values.map(([, value = ""]) => value),
    shadow: part(extra.proxy).shadow === true,
    encoding: text(backend.encoding, encoding),
  };
}

/**
 * The graph of a configuration.
 *
 * @param {unknown} config
 * @param {import("../core.mjs").Cost[]} [costs]
 * @returns {Model}
 */
export function graphOf(config, costs = []) {
  const root = part(config);
  const hosts = texts(root.host);
  const endpoints = parts(root.endpoints).map((endpoint, index) => {
    const extra = part(endpoint.extra_config);
    const proxy = part(extra.proxy);
    const method = text(endpoint.method, "GET");
    const output = text(endpoint.output_encoding, text(root.output_encoding, "json"));
    const encoding = output === "no-op" ? output : "json";
    return {
      index,
      method,
      path: rooted(text(endpoint.endpoint, "/")),
      timeout: duration(endpoint.timeout ?? root.timeout, "2s"),
      // Without static data `proxy` isn't a step of its own: sequence and flatmap are drawn as such.
      steps: steps(extra, ORDER.endpoint).filter((name) => name !== "proxy" || proxy.static !== undefined),
      sequential: proxy.sequential === true,
      streams: output === "no-op",
      flatmap: Array.isArray(proxy.flatmap_filter) && proxy.flatmap_filter.length > 0,
      output,
      backends: parts(endpoint.backend).map((backend) => backendNode(backend, { method, hosts, encoding })),
      cost: costs.find(({ path }) => path === `/endpoints/${index}`),
    };
  });
  return { name: text(root.name, "KrakenD configuration"), steps: steps(part(root.extra_config), ORDER.service), endpoints };
}

/**
 * What becomes of the backends' data.
 *
 * @param {EndpointNode} endpoint
 */
export function mergeText({ backends, streams, flatmap }) {
  if (streams) return "as it comes";
  const merge = backends.filter(({ shadow }) => !shadow).length > 1 ? "merge" : "pass";
  return flatmap ? `${merge}, flatmap` : merge;
}

/**
 * What a request costs at the edge, in two lines.
 *
 * @param {import("../core.mjs").Cost} cost
 */
export function costTexts({ calls, at_once: atOnce, cpu, memory }) {
  const count = `${calls} call${calls === 1 ? "" : "s"}`;
  const work = `${(cpu / 1000).toFixed(2)} ms of CPU`;
  return [calls > 1 ? `${count}, ${atOnce} at once` : count, memory > 0 ? `${work}, ${Math.round(memory / 1024)} KB` : work];
}
