// The schema of an answer, as far as the configuration says: static data, and the fields that `allow` names, after `mapping` and `group`.
import { isPart, part, parts, text, texts } from "../parts.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

/** With one of these the data have a form of their own. */
const RESHAPE = ["modifier/lua-proxy", "modifier/lua-endpoint", "modifier/jmespath", "modifier/response-body-generator", "modifier/lua-backend", "auth/signer", "workflow"];

/**
 * The schema; undefined if nothing is known.
 *
 * @param {Part} endpoint
 * @param {string} output
 * @returns {Part | undefined}
 */
export function inferred(endpoint, output) {
  if (output === "json-collection") return { type: "array" };
  if (output === "string") return { type: "string" };
  if (output !== "json") return undefined;
  const extra = part(endpoint.extra_config);
  const proxy = part(extra.proxy);
  const schema = { type: "object" };
  if (reshapes(extra) || Array.isArray(proxy.flatmap_filter)) return schema;
  /** @type {Part} */
  const properties = {};
  for (const backend of parts(endpoint.backend)) add(properties, backend);
  const { data, strategy } = part(proxy.static);
  // Other strategies may never answer.
  if (isPart(data) && strategy === "always") for (const [name, value] of Object.entries(data)) properties[name] = shape(value);
  return Object.keys(properties).length > 0 ? { ...schema, properties } : schema;
}

/** @param {Part} extra */
const reshapes = (extra) => RESHAPE.some((name) => Object.hasOwn(extra, name));

/**
 * The fields of a backend.
 *
 * @param {Part} properties
 * @param {Part} backend
 */
function add(properties, backend) {
  const extra = part(backend.extra_config);
  if (reshapes(extra) || Array.isArray(part(extra.proxy).flatmap_filter) || backend.is_collection === true) return;
  /** @type {Part} */
  let own = {};
  for (const field of texts(backend.allow)) {
    let at = own;
    for (const name of field.split(".")) at = nested(at, name);
  }
  own = Object.fromEntries(Object.entries(own).map(([name, inner]) => [name, finished(part(inner))]));
  const mapping = part(backend.mapping);
  own = Object.fromEntries(Object.entries(own).map(([name, schema]) => [text(mapping[name], name), schema]));
  if (Object.keys(own).length === 0) return;
  const group = text(backend.group, "");
  if (group === "") Object.assign(properties, own);
  else properties[group] = { type: "object", properties: own };
}

/**
 * @param {Part} fields
 * @param {string} name
 */
function nested(fields, name) {
  const inner = isPart(fields[name]) ? fields[name] : {};
  fields[name] = inner;
  return inner;
}

/**
 * A field that was named is anything, one with named fields an object.
 *
 * @param {Part} fields
 * @returns {Part}
 */
function finished(fields) {
  const names = Object.entries(fields);
  return names.length === 0 ? {} : { type: "object", properties: Object.fromEntries(names.map(([name, inner]) => [name, finished(part(inner))])) };
}

/**
 * The schema of a value that is always the same.
 *
 * @param {unknown} value
 * @returns {Part}
 */
function shape(value) {
  if (Array.isArray(value)) return { type: "array" };
  if (isPart(value)) return { type: "object", properties: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)])) };
  return value === null ? {} : { type: typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "string" };
}
