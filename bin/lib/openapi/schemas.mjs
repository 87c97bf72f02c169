// Schemas as a configuration writes them: objects, or JSON in base64; and the types of parameters.
import { Failure, messageOf } from "../errors.mjs";
import { isPart, part, text } from "../parts.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

/**
 * A schema that is an object, or the base64 of one.
 *
 * @param {unknown} value
 * @param {string} where
 * @returns {Part}
 */
export function schemaOf(value, where) {
  if (isPart(value)) return value;
  try {
    const schema = /** @type {unknown} */ (JSON.parse(Buffer.from(String(value), "base64").toString("utf8")));
    if (isPart(schema)) return schema;
  } catch (error) {
    throw new Failure(`${where}: expected a schema, or the base64 of one: ${messageOf(error)}`);
  }
  throw new Failure(`${where}: expected a schema, or the base64 of one`);
}

/** Where the document has its schemas. */
const SCHEMAS = "#/components/schemas/";

/** @type {Partial<Record<string, Part>>} */
const TYPES = { float: { type: "number", format: "float" }, "date-time": { type: "string", format: "date-time" } };

/**
 * The schema of a parameter.
 *
 * @param {Part} definition
 * @returns {Part}
 */
export function typed({ type, format, enum: values }) {
  const name = text(type, "string");
  const known = TYPES[name] ?? { type: name };
  return { ...known, ...(text(format, "") === "" ? {} : { format }), ...(Array.isArray(values) && values.length > 0 ? { enum: values } : {}) };
}

/**
 * The schemas that the document refers to. A schema with references to itself (`#/definitions/A`) becomes one of them: its
 * references would lead into the document otherwise.
 */
export class Components {
  /** @type {Map<string, Part>} */
  #schemas = new Map();

  /** @param {Record<string, Part>} schemas Those of the configuration, by name. */
  constructor(schemas) {
    for (const name of Object.keys(schemas)) this.#schemas.set(name, {});
    for (const [name, schema] of Object.entries(schemas)) this.#add(schema, name);
  }

  /**
   * What stands for a schema at its place.
   *
   * @param {Part} schema
   * @param {string} wanted The name that it gets if it needs one.
   * @returns {Part}
   */
  place(schema, wanted) {
    const { $schema: _, $id: __, ...own } = schema;
    if (!refersToItself(own)) return own;
    const name = this.#free(wanted);
    this.#add(own, name);
    return { $ref: `${SCHEMAS}${name}` };
  }

  /**
   * Adds a schema under its name, and its definitions under names of their own.
   *
   * @param {Part} schema
   * @param {string} name
   */
  #add({ definitions, $defs, ...own }, name) {
    this.#schemas.set(name, own);
    /** @type {Map<string, string>} */
    const places = new Map([["#", `${SCHEMAS}${name}`]]);
    const inner = Object.entries({ definitions, $defs }).flatMap(([list, schemas]) => Object.entries(part(schemas)).map(([key, value]) => {
      const free = this.#free(`${name}_${key}`);
      this.#schemas.set(free, {});
      places.set(`#/${list}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, `${SCHEMAS}${free}`);
      return /** @type {const} */ ([free, part(value)]);
    }));
    for (const [free, value] of [/** @type {const} */ ([name, own]), ...inner]) this.#schemas.set(free, part(moved(value, places)));
  }

  /**
   * A name that no schema has.
   *
   * @param {string} wanted
   */
  #free(wanted) {
    const plain = wanted.replaceAll(/[^\w.-]+/g, "_");
    let name = plain;
    for (let number = 2; this.#schemas.has(name); number++) name = `${plain}_${number}`;
    return name;
  }

  all() {
    return Object.fromEntries(this.#schemas);
  }
}

/** @param {unknown} value */
const isOwn = (value) => typeof value === "string" && value.startsWith("#") && !value.startsWith("#/components/");

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function refersToItself(value) {
  if (Array.isArray(value)) return value.some(refersToItself);
  return isPart(value) && (isOwn(value.$ref) || Object.values(value).some(refersToItself));
}

/**
 * The schema with its references as they are in the document.
 *
 * @param {unknown} value
 * @param {Map<string, string>} places
 * @returns {unknown}
 */
function moved(value, places) {
  if (Array.isArray(value)) return value.map((item) => moved(item, places));
  if (!isPart(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === "$ref" && isOwn(inner) ? led(String(inner), places) : moved(inner, places)]));
}

/**
 * @param {string} reference
 * @param {Map<string, string>} places
 */
function led(reference, places) {
  const [, start = "#", rest = ""] = /^(#(?:\/(?:definitions|\$defs)\/[^/]+)?)(.*)$/.exec(reference) ?? [];
  return `${places.get(start) ?? start}${rest}`;
}
