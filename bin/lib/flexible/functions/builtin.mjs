// The functions of Go's template package itself.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { compareText, isTrue, print, printNested, typeOf } from "../values.mjs";
import { printf } from "../printf.mjs";

/**
 * @typedef {import("../values.mjs").Value} Value
 * @typedef {import("../values.mjs").Result} Result
 */

/** @type {Partial<Record<string, string>>} */
const KINDS = { bigint: "int", number: "float", string: "string", boolean: "bool" };

/**
 * The kinds that can be compared.
 *
 * @param {Result} value
 */
function basic(value) {
  return KINDS[typeof value] ?? (value === undefined || value === null ? "nil" : "other");
}

/**
 * @param {Value} first
 * @param {Value[]} others
 */
function equal(first, others) {
  if (others.length === 0) throw new FunctionFault("missing argument for comparison");
  const kind = basic(first);
  return others.some((other) => {
    if (basic(other) !== kind) {
      if (kind !== "nil" && basic(other) !== "nil") throw new FunctionFault("incompatible types for comparison");
      return false;
    }
    if (kind === "other") throw new FunctionFault(`non-comparable types ${typeOf(first)}, ${typeOf(other)}`);
    return kind === "nil" || first === other;
  });
}

/**
 * @param {Value} first
 * @param {Value} second
 */
function less(first, second) {
  const kind = basic(first);
  if (kind === "nil" || kind === "other" || kind === "bool" || basic(second) === "nil") throw new FunctionFault("invalid type for comparison");
  if (basic(second) !== kind) throw new FunctionFault("incompatible types for comparison");
  if (typeof first === "string" && typeof second === "string") return compareText(first, second) < 0;
  if (typeof first === "bigint" && typeof second === "bigint") return first < second;
  return Number(first) < Number(second);
}

/**
 * @param {Value} collection
 * @param {Value[]} keys
 */
function index(collection, keys) {
  /** @type {Result} */
  let here = collection;
  for (const key of keys) {
    if (here instanceof Map) {
      if (typeof key !== "string") throw new FunctionFault(`value has type ${typeOf(key)}; should be string`);
      here = here.get(key) ?? null;
    } else if (Array.isArray(here) || typeof here === "string") {
      if (typeof key !== "bigint") throw new FunctionFault(`cannot index slice/array with type ${typeOf(key)}`);
      /** @type {Value[]} */
      const list = typeof here === "string" ? [...Buffer.from(here)].map(BigInt) : here;
      if (key < 0n || key >= list.length) throw new FunctionFault(`index out of range: ${key}`);
      here = list[Number(key)];
    } else {
      throw new FunctionFault(here === null || here === undefined ? "index of untyped nil" : `can't index item of type ${typeOf(here)}`);
    }
  }
  return here;
}

/** @param {Value} value */
function length(value) {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Map) return BigInt(value.size);
  throw new FunctionFault(value === null ? "len of nil pointer" : `len of type ${typeOf(value)}`);
}

/**
 * As fmt.Sprint: blanks between operands when neither is a string.
 *
 * @param {Value[]} values
 */
function sprint(values) {
  return values.map((value, at) => (at > 0 && typeof value !== "string" && typeof values[at - 1] !== "string" ? " " : "") + printNested(value)).join("");
}

/**
 * The text of an escaping function's arguments.
 *
 * @param {Value[]} values
 */
const textOf = (values) => (values.length === 1 ? print(values[0]) : sprint(values));

/** @type {Record<string, string>} */
const HTML = { "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", '"': "&#34;", "\0": "\ufffd" };

export const builtin = {
  // The evaluator looks at these itself: they don't evaluate more than they need.
  and: fn("x*", (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1)),
  or: fn("x*", (...values) => values.find(isTrue) ?? values.at(-1)),
  not: fn("x", (value) => !isTrue(value)),
  eq: fn("xx*", (first, ...others) => equal(first, others)),
  ne: fn("xx", (first, second) => !equal(first, [second])),
  lt: fn("xx", less),
  le: fn("xx", (first, second) => less(first, second) || equal(first, [second])),
  gt: fn("xx", (first, second) => !less(first, second) && !equal(first, [second])),
  ge: fn("xx", (first, second) => !less(first, second)),
  index: fn("xx*", (collection, ...keys) => index(collection, keys)),
  len: fn("x", length),
  print: fn("x*", (...values) => sprint(values)),
  println: fn("x*", (...values) => `${values.map(printNested).join(" ")}\n`),
  printf: fn("sx*", (format, ...values) => printf(format, values)),
  html: fn("x*", (...values) => textOf(values).replace(/[<>&'"\0]/g, (sign) => HTML[sign] ?? sign)),
  urlquery: fn("x*", (...values) => {
    return encodeURIComponent(textOf(values)).replace(/%20/g, "+").replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  }),
};

