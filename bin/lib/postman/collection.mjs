// A Postman collection of a configuration.
import { part, parts, rooted, text, texts } from "../parts.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

/** @typedef {{ name: string, description?: string, item: unknown[] }} Folder */

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/**
 * The collection.
 *
 * @param {unknown} configuration
 */
export function collection(configuration) {
  const config = part(configuration);
  const { name, description, version, folder } = documentation(config);
  /** @type {Folder} */
  const root = { name: text(name, text(config.name, "API")), item: [] };
  const described = new Map(parts(folder).map((known) => [names(text(known.name, "")).join("/"), text(known.description, "")]));
  for (const endpoint of parts(config.endpoints)) {
    const own = documentation(endpoint);
    folderAt(root, names(text(own.folder, "")), described).item.push(item(endpoint, own));
  }
  const port = typeof config.port === "number" ? config.port : 8080;
  return {
    info: { name: root.name, ...words(description), ...(text(version, "") === "" ? {} : { version }), schema: SCHEMA },
    item: root.item,
    variable: [{ key: "HOST", value: `http://localhost:${port}`, type: "string" }],
  };
}

/** @param {Part} owner */
const documentation = (owner) => part(part(owner.extra_config)["documentation/postman"]);

/** @param {unknown} description */
const words = (description) => (text(description, "") === "" ? {} : { description: text(description, "") });

/**
 * The names on the way to a folder.
 *
 * @param {string} path
 */
const names = (path) => path.split("/").filter((name) => name !== "");

/**
 * The folder, made if it isn't there.
 *
 * @param {Folder} root
 * @param {string[]} way
 * @param {Map<string, string>} described
 */
function folderAt(root, way, described) {
  let at = root;
  way.forEach((name, depth) => {
    const known = at.item.find((/** @type {unknown} */ one) => part(one).name === name && Array.isArray(part(one).item));
    const next = /** @type {Folder | undefined} */ (known) ?? { name, ...words(described.get(way.slice(0, depth + 1).join("/"))), item: [] };
    if (known === undefined) at.item.push(next);
    at = next;
  });
  return at;
}

/**
 * @param {Part} endpoint
 * @param {Part} own
 */
function item(endpoint, own) {
  const method = text(endpoint.method, "GET").toUpperCase();
  const path = rooted(text(endpoint.endpoint, "/"));
  const variables = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, key = ""]) => ({ key, value: "" }));
  // Postman writes a parameter as `:name`, and takes whole segments only.
  const segments = names(path).map((segment) => segment.replace(/^\{([^{}]+)\}$/, ":$1").replaceAll(/\{([^{}]+)\}/g, "{{$1}}"));
  const query = texts(endpoint.input_query_strings).filter((key) => key !== "*").map((key) => ({ key, value: "", disabled: true }));
  const header = texts(endpoint.input_headers).filter((key) => key !== "*").map((key) => ({ key, value: "", disabled: true }));
  const suffix = query.length > 0 ? `?${query.map(({ key }) => `${key}=`).join("&")}` : "";
  return {
    name: text(own.name, `${method} ${path}`),
    request: {
      method,
      ...words(own.description),
      header,
      ...body(endpoint, method),
      url: { raw: `{{HOST}}/${segments.join("/")}${suffix}`, host: ["{{HOST}}"], path: segments, ...(query.length > 0 ? { query } : {}), ...(variables.length > 0 ? { variable: variables } : {}) },
    },
    response: [],
  };
}

/**
 * The example of documentation/openapi, if it has one.
 *
 * @param {Part} endpoint
 * @param {string} method
 */
function body(endpoint, method) {
  if (method === "GET" || method === "HEAD") return {};
  const [definition] = parts(part(part(endpoint.extra_config)["documentation/openapi"]).request_definition);
  if (definition?.example === undefined) return {};
  const raw = typeof definition.example === "string" ? definition.example : JSON.stringify(definition.example, null, 2);
  const isJson = /[/+]json/.test(text(definition.content_type, ""));
  return { body: { mode: "raw", raw, ...(isJson ? { options: { raw: { language: "json" } } } : {}) } };
}
