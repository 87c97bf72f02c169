// An OpenAPI document of a configuration: what clients see of its endpoints, and nothing that isn't known.
import { Failure } from "../errors.mjs";
import { isPart, part, parts, rooted, text, texts } from "../parts.mjs";
import { inferred } from "./inferred.mjs";
import { Components, schemaOf, typed } from "./schemas.mjs";
import { Security } from "./security.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

/** @typedef {(schema: Part, what: string) => Part} Place What stands for a schema of an operation at its place. */

/** OpenAPI has no other methods. */
const METHODS = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

/** OpenAPI describes these elsewhere, and wants them ignored as parameters. */
const ELSEWHERE = ["accept", "content-type", "authorization"];

/** @type {Partial<Record<string, string>>} */
const MEDIA = { json: "application/json", "json-collection": "application/json", xml: "application/xml", yaml: "application/yaml", string: "text/plain" };

/**
 * The document. With an audience it has the endpoints that are for it, or for everybody.
 *
 * @param {unknown} configuration
 * @param {{ audience?: string }} [options]
 */
export function openapi(configuration, { audience } = {}) {
  const config = part(configuration);
  const service = documentation(config);
  const security = new Security(config, service);
  const named = Object.entries(part(service.components_schemas)).map(([name, schema]) => /** @type {const} */ ([name, schemaOf(schema, `components_schemas.${name}`)]));
  const components = new Components(Object.fromEntries(named));
  /** @type {Record<string, Record<string, Part>>} */
  const paths = {};
  /** @type {Map<string, string>} */
  const operations = new Map();
  for (const endpoint of parts(config.endpoints)) {
    const own = documentation(endpoint);
    if (audience !== undefined && !texts(own.audience).some((name) => name === audience || name === "*")) continue;
    const method = text(endpoint.method, "GET").toUpperCase();
    if (!METHODS.includes(method)) continue;
    const { path, names } = template(`${prefix(service)}${rooted(text(endpoint.endpoint, "/"))}`);
    const where = `${method} ${path}`;
    const id = text(own.operation_id, "");
    if (id !== "") {
      const other = operations.get(id);
      if (other !== undefined) throw new Failure(`operation_id ${JSON.stringify(id)} is that of ${other} and of ${where}: each operation needs its own`);
      operations.set(id, where);
    }
    const item = (paths[path] ??= {});
    item[method.toLowerCase()] = operation({ config, endpoint, own, method, path, names, security, components });
  }
  return filled({
    openapi: "3.1.0",
    info: info(config, service),
    servers: servers(service),
    tags: parts(service.tag_definition).map(({ name, description }) => filled({ name, description })),
    paths,
    components: filled({ schemas: components.all(), securitySchemes: security.schemes() }),
  });
}

/** @param {Part} owner */
const documentation = (owner) => part(part(owner.extra_config)["documentation/openapi"]);

/** @param {Part} service */
const prefix = (service) => rooted(text(service.base_path, "")).replace(/\/+$/, "");

/**
 * The object without members that say nothing.
 *
 * @param {Part} value
 * @returns {Part}
 */
function filled(value) {
  const says = (/** @type {unknown} */ item) => item !== undefined && item !== "" && !(Array.isArray(item) && item.length === 0) && !(isPart(item) && Object.keys(item).length === 0);
  return Object.fromEntries(Object.entries(value).filter(([name, item]) => name === "paths" || says(item)));
}

/**
 * The path as OpenAPI has it, and the names of its parameters. A wildcard takes a name: OpenAPI has none for several segments.
 *
 * @param {string} path
 */
function template(path) {
  const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
  if (!path.endsWith("/*")) return { path, names };
  let rest = "path";
  while (names.includes(rest)) rest += "_";
  return { path: `${path.slice(0, -1)}{${rest}}`, names: [...names, rest] };
}

/**
 * @param {Part} config
 * @param {Part} service
 */
function info(config, service) {
  return filled({
    title: text(config.name, "API"),
    version: text(service.version, "1.0.0"),
    description: service.description,
    termsOfService: service.terms_of_service,
    contact: filled({ name: service.contact_name, url: service.contact_url, email: service.contact_email }),
    license: text(service.license_name, "") === "" ? undefined : filled({ name: service.license_name, url: service.license_url }),
  });
}

/** @param {Part} service */
function servers(service) {
  const declared = parts(service.servers).filter(({ url }) => typeof url === "string");
  if (declared.length > 0) {
    return declared.map(({ url, description, variables }) => {
      const given = Object.entries(part(variables)).map(([name, value]) => [name, isPart(value) ? value : { default: String(value) }]);
      return filled({ url, description, variables: Object.fromEntries(given) });
    });
  }
  const host = text(service.host, "");
  if (host === "") return [];
  const schemes = texts(service.schemes);
  return (schemes.length > 0 ? schemes : ["http"]).map((scheme) => ({ url: `${scheme}://${host}` }));
}

/**
 * @param {{ config: Part, endpoint: Part, own: Part, method: string, path: string, names: string[], security: Security, components: Components }} at
 * @returns {Part}
 */
function operation({ config, endpoint, own, method, path, names, security, components }) {
  /** @type {Place} */
  const place = (schema, what) => components.place(schema, `${method.toLowerCase()}${path.replaceAll(/[{}]/g, "")}_${what}`);
  return filled({
    operationId: own.operation_id,
    summary: own.summary,
    description: own.description,
    tags: texts(own.tags),
    parameters: parameters(endpoint, own, names),
    requestBody: ["GET", "HEAD", "TRACE"].includes(method) ? undefined : requestBody(endpoint, own, place),
    responses: responses(config, endpoint, own, place),
    security: security.of(endpoint),
  });
}

/**
 * The parameters that the endpoint lets in; others never arrive.
 *
 * @param {Part} endpoint
 * @param {Part} own
 * @param {string[]} names
 */
function parameters(endpoint, own, names) {
  const listed = (/** @type {string} */ place, /** @type {string[]} */ let_in, /** @type {Part[]} */ definitions) => {
    const all = let_in.includes("*");
    const fold = (/** @type {string} */ name) => (place === "header" ? name.toLowerCase() : name);
    const known = new Map(definitions.map((definition) => [fold(text(definition.name, "")), definition]));
    const wanted = all ? definitions.map(({ name }) => text(name, "")) : let_in;
    return [...new Set(wanted)]
      .filter((name) => name !== "" && !(place === "header" && ELSEWHERE.includes(name.toLowerCase())))
      .filter((name) => known.get(fold(name))?.hide !== true)
      .map((name) => parameter(name, place, known.get(fold(name)), place === "query" && known.has(fold(name))));
  };
  const paths = new Map(parts(own.param_definition).map((definition) => [text(definition.name, ""), definition]));
  return [
    ...[...new Set(names)].map((name) => ({ ...parameter(name, "path", paths.get(name), true), required: true })),
    ...listed("query", texts(endpoint.input_query_strings), parts(own.query_definition)),
    ...listed("header", texts(endpoint.input_headers), parts(own.header_definition)),
  ];
}

/**
 * @param {string} name
 * @param {string} place
 * @param {Part | undefined} definition
 * @param {boolean} isRequired What holds if the definition doesn't say.
 */
function parameter(name, place, definition = {}, isRequired) {
  const { required = isRequired } = definition;
  return filled({
    name,
    in: place,
    required: required === true ? true : undefined,
    description: definition.description,
    schema: typed(definition),
    ...shown(definition),
  });
}

/**
 * The examples of a definition: those with names, or the one without.
 *
 * @param {Part} definition
 */
function shown({ example, examples }) {
  const named = Object.entries(part(examples)).map(([key, value]) => /** @type {const} */ ([key, isPart(value) && "value" in value ? value : { value }]));
  return named.length > 0 ? { examples: Object.fromEntries(named) } : { example };
}

/**
 * What is checked describes the body better than what is said about it.
 *
 * @param {Part} endpoint
 * @param {Part} own
 * @param {Place} place
 */
function requestBody(endpoint, own, place) {
  const schema = part(endpoint.extra_config)["validation/json-schema"];
  if (isPart(schema)) return { required: true, content: { "application/json": { schema: place(schema, "body") } } };
  const definitions = parts(own.request_definition);
  if (definitions.length === 0) return undefined;
  const description = definitions.map((definition) => text(definition.description, "")).find((words) => words !== "");
  return filled({ description, content: Object.fromEntries(definitions.map((definition) => [text(definition.content_type, "application/json"), media(definition, place)])) });
}

/**
 * @param {Part} definition
 * @param {Place} place
 */
function media({ ref, example_schema: schema, ...rest }, place) {
  if (typeof ref === "string" && ref !== "") return filled({ schema: { $ref: ref.startsWith("#/") ? ref : `#/components/schemas/${ref}` }, ...shown(rest) });
  return filled({ schema: schema === undefined ? undefined : place(schemaOf(schema, "example_schema"), "example"), ...shown(rest) });
}

/**
 * @param {Part} config
 * @param {Part} endpoint
 * @param {Part} own
 * @param {Place} place
 */
function responses(config, endpoint, own, place) {
  const output = text(endpoint.output_encoding, text(config.output_encoding, "json"));
  const type = MEDIA[output];
  /** @type {Record<string, Part>} */
  const found = {};
  if (own.disable_default_response_definitions !== true) {
    const body = filled({ schema: inferred(endpoint, output), example: own.example });
    found["200"] = filled({ description: "OK", content: type === undefined ? undefined : { [type]: body } });
    found["500"] = { description: "Internal Server Error" };
  }
  for (const [status, value] of Object.entries(part(own.response_definition))) {
    const definition = part(value);
    found[status] = { description: text(definition.description, ""), content: { [text(definition.content_type, type ?? "application/json")]: media(definition, place) } };
  }
  // A document needs one.
  return Object.keys(found).length > 0 ? found : { default: { description: "" } };
}
