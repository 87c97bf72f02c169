// Go's values in a template.

/**
 * Integers are BigInt, floats Number, maps Map, lists Array, nil null.
 *
 * @typedef {null | boolean | string | bigint | number | Value[] | Map<string, Value>} Value
 */

/**
 * What an expression gives: the value of a missing key is undefined.
 *
 * @typedef {Value | undefined} Result
 */

/** @type {Partial<Record<string, string>>} */
const NAMES = { bigint: "int", number: "float64", boolean: "bool" };

/**
 * The type's name, as Go has it.
 *
 * @param {Result} value
 */
export function typeOf(value) {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (value instanceof Map) return "map[string]interface {}";
  return NAMES[typeof value] ?? typeof value;
}

/**
 * The kind of type.
 *
 * @param {Result} value
 */
export function kindOf(value) {
  if (value === null || value === undefined) return "invalid";
  if (Array.isArray(value)) return "slice";
  return value instanceof Map ? "map" : typeOf(value);
}

/**
 * What counts as true: all but zero values and what is empty.
 *
 * @param {Result} value
 */
export const isTrue = (value) => !isEmpty(value);

/**
 * Zero values, and what holds nothing.
 *
 * @param {Result} value
 */
export function isEmpty(value) {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return value === undefined || value === null || value === false || value === "" || value === 0 || value === 0n;
}

/**
 * By code points, as Go sorts by bytes.
 *
 * @param {string} a
 * @param {string} b
 */
export function compareText(a, b) {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return Buffer.compare(left, right);
}

/**
 * The keys of a map in order.
 *
 * @param {Map<string, Value>} map
 */
export const sortedKeys = (map) => [...map.keys()].sort(compareText);

/**
 * A float as `%v` writes it: with an exponent from a million on.
 *
 * @param {number} value
 */
export function formatFloat(value, most = 6) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa = "", exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= most)) return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  if (power < 0) return value.toFixed(Math.max(0, mantissa.replace(/[-.]/g, "").length - 1 - power));
  return String(value);
}

/**
 * A value as Go prints it.
 *
 * @param {Result} value
 */
export function print(value) {
  if (value === undefined || value === null) return "<no value>";
  return printNested(value);
}

/**
 * As `%v` prints it: nil is `<nil>`.
 *
 * @param {Result} value
 * @returns {string}
 */
export function printNested(value) {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatFloat(value);
  if (Array.isArray(value)) return `[${value.map(printNested).join(" ")}]`;
  if (value instanceof Map) return `map[${sortedKeys(value).map((key) => `${key}:${printNested(value.get(key))}`).join(" ")}]`;
  return String(value);
}

/**
 * The value of parsed JSON: numbers are floats.
 *
 * @param {unknown} value
 * @returns {Value}
 */
export function fromJson(value) {
  if (Array.isArray(value)) return value.map(fromJson);
  if (value !== null && typeof value === "object") return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** @type {Record<string, string>} */
const HTML = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029" };

/**
 * JSON as Go writes it: keys sorted, and without `raw` safe inside of HTML.
 *
 * @param {Result} value
 * @param {{ raw?: boolean, indent?: string }} [options]
 */
export function toJson(value, { raw = false, indent = "" } = {}) {
  const quote = (/** @type {string} */ text) => {
    const quoted = JSON.stringify(text.toWellFormed());
    return quoted.replace(raw ? /[\u2028\u2029]/g : /[<>&\u2028\u2029]/g, (sign) => HTML[sign] ?? sign);
  };
  /**
   * @param {Result} item
   * @param {string} margin
   * @returns {string}
   */
  const write = (item, margin) => {
    if (item === undefined || item === null) return "null";
    if (typeof item === "string") return quote(item);
    if (typeof item === "number" && !Number.isFinite(item)) return "null";
    const deeper = margin + indent;
    if (Array.isArray(item)) return block("[", item.map((child) => write(child, deeper)), "]", margin);
    if (!(item instanceof Map)) return Object.is(item, -0) ? "-0" : String(item);
    return block("{", sortedKeys(item).map((key) => `${quote(key)}:${indent && " "}${write(item.get(key), deeper)}`), "}", margin);
  };
  /**
   * @param {string} open
   * @param {string[]} parts
   * @param {string} close
   * @param {string} margin
   */
  const block = (open, parts, close, margin) => {
    const deeper = margin + indent;
    if (parts.length === 0) return open + close;
    if (!indent) return `${open}${parts.join(",")}${close}`;
    return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${margin}${close}`;
  };
  return write(value, "");
}

/**
 * Whether two values are the same through and through.
 *
 * @param {Result} a
 * @param {Result} b
 * @returns {boolean}
 */
export function deepEqual(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => deepEqual(item, b[index]));
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && deepEqual(item, b.get(key)));
  }
  return (a ?? null) === (b ?? null);
}

/**
 * A copy that shares nothing.
 *
 * @param {Value} value
 * @returns {Value}
 */
export function deepCopy(value) {
  if (Array.isArray(value)) return value.map(deepCopy);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, deepCopy(item)]));
  return value;
}
