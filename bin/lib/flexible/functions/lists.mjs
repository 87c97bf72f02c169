// sprig's lists.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { compareText, deepEqual, isEmpty, kindOf, printNested } from "../values.mjs";
import { toInt } from "./numbers.mjs";

/**
 * @typedef {import("../values.mjs").Value} Value
 */

/**
 * A value that must be a list.
 *
 * @param {string} name What the function does, for the message.
 * @param {Value} value
 */
function asList(name, value) {
  if (!Array.isArray(value)) throw new FunctionFault(`Cannot ${name} on type ${kindOf(value)}`);
  return value;
}

/**
 * The texts of a list; one of a single value.
 *
 * @param {Value} value
 */
export function texts(value) {
  if (value === null) return [];
  return Array.isArray(value) ? value.filter((item) => item !== null).map(printNested) : [printNested(value)];
}

/** @param {Value[]} list */
const unique = (list) => list.filter((item, at) => list.findIndex((other) => deepEqual(item, other)) === at);
/**
 * @param {Value[]} list
 * @param {Value} item
 */
const within = (list, item) => list.some((other) => deepEqual(item, other));

/**
 * @param {bigint} size
 * @param {Value[]} list
 */
function chunk(size, list) {
  if (size <= 0n) throw new FunctionFault("a chunk has at least one item");
  /** @type {Value[]} */
  const chunks = [];
  for (let at = 0; at < list.length; at += Number(size)) chunks.push(list.slice(at, at + Number(size)));
  return chunks;
}

/**
 * @param {Value[]} list
 * @param {Value} [from]
 * @param {Value} [to]
 */
function slice(list, from = 0n, to = BigInt(list.length)) {
  const [start, end] = [toInt(from), toInt(to)];
  if (list.length === 0) return null;
  if (start < 0n || end < start || end > list.length) throw new FunctionFault("slice index out of bounds");
  return list.slice(Number(start), Number(end));
}

const append = fn("xx", (list, item) => [...asList("push", list), item]);

/**
 * A part of a list; nil if the whole is empty.
 *
 * @param {Value[]} list
 * @param {number} from
 * @param {number} [to]
 */
const part = (list, from, to) => (list.length === 0 ? null : list.slice(from, to));

export const lists = {
  list: fn("x*", (...items) => items),
  tuple: fn("x*", (...items) => items),
  first: fn("x", (list) => asList("find first", list)[0] ?? null),
  last: fn("x", (list) => asList("find last", list).at(-1) ?? null),
  rest: fn("x", (list) => part(asList("find rest", list), 1)),
  initial: fn("x", (list) => part(asList("find initial", list), 0, -1)),
  append,
  push: append,
  prepend: fn("xx", (list, item) => [item, ...asList("prepend", list)]),
  concat: fn("x*", (...parts) => {
    return parts.flatMap((list) => {
      if (!Array.isArray(list)) throw new FunctionFault(`Cannot concat type ${kindOf(list)} as list`);
      return list;
    });
  }),
  reverse: fn("x", (list) => asList("find reverse", list).toReversed()),
  uniq: fn("x", (list) => unique(asList("find uniq", list))),
  without: fn("xx*", (list, ...omit) => asList("find without", list).filter((item) => !within(omit, item))),
  has: fn("xx", (needle, list) => {
    if (list !== null && !Array.isArray(list)) throw new FunctionFault(`Cannot find has on type ${kindOf(list)}`);
    return within(list ?? [], needle);
  }),
  slice: fn("xx*", (list, from, to) => slice(asList("slice", list), from, to)),
  compact: fn("x", (list) => asList("compact", list).filter((item) => !isEmpty(item))),
  chunk: fn("ix", (size, list) => chunk(size, asList("chunk", list))),
  join: fn("sx", (separator, list) => texts(list).join(separator)),
  sortAlpha: fn("x", (list) => texts(list).sort(compareText)),
  toStrings: fn("x", texts),
};
