// A configuration from an OpenAPI document: an endpoint for each operation, whose answers pass as they come.
import { Failure } from "../errors.mjs";
import { isPart, part, parts, text } from "../parts.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** The references that are followed one after the other. */
const MAX_REFERENCES = 100;

/**
 * Whether this is an OpenAPI document.
 *
 * @param {unknown} value
 */
export const isOpenapi = (value) => isPart(value) && typeof value.openapi === "string";

/**
 * The configuration, and what is left to do.
 *
 * @param {unknown} document
 * @param {string} file
 */
export function imported(document, file) {
  const root = part(document);
  if (!text(root.openapi, "").startsWith("3.")) throw new Failure(`${file}: OpenAPI ${text(root.openapi, "?")} isn't read; version 3 is`);
  /** @type {Set<string>} */
  const advice = new Set();
  const server = serverOf(root, advice);
  const endpoints = Object.entries(part(root.paths)).flatMap(([path, item]) => {
    const shared = resolve(root, item);
    return METHODS.filter((method) => isPart(shared[method])).map((method) => endpoint({ root, path, shared, method, prefix: server.path, advice }));
  });
  if (endpoints.length === 0) throw new Failure(`${file} has no operations`);
  const info = part(root.info);
  const config = {
    $schema: "./node_modules/fjord/build/krakend.schema.json",
    version: 3,
    name: text(info.title, "API"),
    timeout: "3s",
    host: [server.host],
    // What the document says of statuses and bodies holds if they pass unchanged.
    output_encoding: "no-op",
    extra_config: { "documentation/openapi": { version: text(info.version, "1.0.0"), ...(text(info.description, "") === "" ? {} : { description: info.description }) } },
    endpoints,
  };
  return { config, advice: [...advice] };
}

/**
 * The address of the first server, its variables filled in, in two parts.
 *
 * @param {Part} root
 * @param {Set<string>} advice
 */
function serverOf(root, advice) {
  const [first = {}] = parts(root.servers);
  const variables = part(first.variables);
  const url = text(first.url, "").replaceAll(/\{([^{}]+)\}/g, (_, /** @type {string} */ name) => text(part(variables[name]).default, ""));
  if (!URL.canParse(url)) {
    advice.add(`host: the document has no server with a whole URL; write the address of your service`);
    return { host: "https://api.example.com", path: url.startsWith("/") ? url.replace(/\/+$/, "") : "" };
  }
  const { origin, pathname } = new URL(url);
  return { host: origin, path: pathname.replace(/\/+$/, "") };
}

/**
 * What a reference within the document leads to.
 *
 * @param {Part} root
 * @param {unknown} value
 * @returns {Part}
 */
function resolve(root, value) {
  let found = part(value);
  for (let count = 0; typeof found.$ref === "string" && count < MAX_REFERENCES; count++) found = part(at(root, found.$ref));
  return found;
}

/**
 * @param {Part} root
 * @param {string} reference
 */
function at(root, reference) {
  if (!reference.startsWith("#/")) return undefined;
  /** @type {unknown} */
  let value = root;
  for (const step of reference.slice(2).split("/")) value = part(value)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
  return value;
}

/**
 * @param {{ root: Part, path: string, shared: Part, method: string, prefix: string, advice: Set<string> }} from
 */
function endpoint({ root, path, shared, method, prefix, advice }) {
  const operation = part(shared[method]);
  const parameters = [...parts(shared.parameters), ...parts(operation.parameters)].map((one) => resolve(root, one));
  const named = (/** @type {string} */ place) => [...new Set(parameters.filter((one) => one.in === place).map((one) => text(one.name, "")))].filter((name) => name !== "");
  const headers = named("header");
  const body = resolve(root, operation.requestBody);
  const types = Object.keys(part(body.content));
  const asked = operation.security ?? root.security;
  const needs = parts(asked).flatMap((requirement) => Object.keys(requirement));
  for (const name of needs) advice.add(`security ${name}: the document asks for it, and the endpoints let everybody in until they have auth/validator, auth/api-keys or auth/basic`);
  // The list takes the place of Content-Type, which passes without one.
  if (headers.length > 0 && types.length > 0) headers.push("Content-Type");
  if (needs.length > 0) headers.push("Authorization", ...(headers.length === 0 && types.length > 0 ? ["Content-Type"] : []));
  const schema = jsonSchema(root, body);
  const words = Object.fromEntries(
    Object.entries({ summary: operation.summary, description: operation.description, tags: operation.tags, operation_id: operation.operationId }).filter(([, value]) => value !== undefined),
  );
  const extra = { ...(Object.keys(words).length > 0 ? { "documentation/openapi": words } : {}), ...(schema === undefined ? {} : { "validation/json-schema": schema }) };
  const query = named("query");
  return {
    endpoint: path,
    method: method.toUpperCase(),
    ...(query.length > 0 ? { input_query_strings: query } : {}),
    ...(headers.length > 0 ? { input_headers: [...new Set(headers)] } : {}),
    ...(Object.keys(extra).length > 0 ? { extra_config: extra } : {}),
    backend: [{ url_pattern: `${prefix}${path}` }],
  };
}

/**
 * The schema of a body that must be there and must be JSON; undefined for others, which it would turn away.
 *
 * @param {Part} root
 * @param {Part} body
 */
function jsonSchema(root, body) {
  const types = Object.entries(part(body.content));
  const [only] = types;
  if (body.required !== true || types.length !== 1 || only === undefined || only[0] !== "application/json") return undefined;
  const { schema } = part(only[1]);
  if (!isPart(schema)) return undefined;
  /** @type {Part} */
  const definitions = {};
  const copied = part(copy(root, schema, definitions));
  return Object.keys(definitions).length > 0 ? { ...copied, definitions } : copied;
}

/**
 * A schema in the words of draft 7: components become definitions, and `nullable` a type.
 *
 * @param {Part} root
 * @param {unknown} value
 * @param {Part} definitions
 * @returns {unknown}
 */
function copy(root, value, definitions) {
  if (Array.isArray(value)) return value.map((item) => copy(root, item, definitions));
  if (!isPart(value)) return value;
  if (typeof value.$ref === "string") {
    const name = value.$ref.split("/").at(-1) ?? "";
    if (!Object.hasOwn(definitions, name)) {
      // It may lead back to itself.
      definitions[name] = {};
      definitions[name] = copy(root, at(root, value.$ref) ?? {}, definitions);
    }
    return { $ref: `#/definitions/${name}` };
  }
  const entries = Object.entries(value).filter(([name]) => !["nullable", "example", "discriminator", "xml", "externalDocs"].includes(name));
  const made = Object.fromEntries(entries.map(([name, inner]) => [name, copy(root, inner, definitions)]));
  if (value.nullable === true && typeof made.type === "string") made.type = [made.type, "null"];
  return made;
}
