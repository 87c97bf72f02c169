// sprig's lists.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { compareText, deepEqual, isEmpty, kindOf, printNested } from "../values.mjs";
import { toInt } from "./numbers.mjs";

/** A function whose argument at `place` must be a list. */
const listed = (name, signature, place, run) =>
  fn(signature, (...args) => {
    const list = args.at(place);
    if (!Array.isArray(list)) throw new FunctionFault(`Cannot ${name} on type ${kindOf(list)}`);
    return run(...args);
  });

/** The texts of a list; one of a single value. */
export function texts(value) {
  if (value === null) return [];
  return Array.isArray(value) ? value.filter((item) => item !== null).map(printNested) : [printNested(value)];
}

const unique = (list) => list.filter((item, at) => list.findIndex((other) => deepEqual(item, other)) === at);
const within = (list, item) => list.some((other) => deepEqual(item, other));

function chunk(size, list) {
  if (size <= 0n) throw new FunctionFault("a chunk has at least one item");
  const chunks = [];
  for (let at = 0; at < list.length; at += Number(size)) chunks.push(list.slice(at, at + Number(size)));
  return chunks;
}

function slice(list, from = 0n, to = BigInt(list.length)) {
  const [start, end] = [toInt(from), toInt(to)];
  if (list.length === 0) return null;
  if (start < 0n || end < start || end > list.length) throw new FunctionFault("slice index out of bounds");
  return list.slice(Number(start), Number(end));
}

const append = listed("push", "xx", 0, (list, item) => [...list, item]);
const orNil = (list, run) => (list.length === 0 ? null : run(list));

export const lists = {
  list: fn("x*", (...items) => items),
  tuple: fn("x*", (...items) => items),
  first: listed("find first", "x", 0, (list) => list[0] ?? null),
  last: listed("find last", "x", 0, (list) => list.at(-1) ?? null),
  rest: listed("find rest", "x", 0, (list) => orNil(list, (items) => items.slice(1))),
  initial: listed("find initial", "x", 0, (list) => orNil(list, (items) => items.slice(0, -1))),
  append,
  push: append,
  prepend: listed("prepend", "xx", 0, (list, item) => [item, ...list]),
  concat: fn("x*", (...parts) => {
    const odd = parts.find((part) => !Array.isArray(part));
    if (odd !== undefined) throw new FunctionFault(`Cannot concat type ${kindOf(odd)} as list`);
    return parts.flat(1);
  }),
  reverse: listed("find reverse", "x", 0, (list) => list.toReversed()),
  uniq: listed("find uniq", "x", 0, unique),
  without: listed("find without", "xx*", 0, (list, ...omit) => list.filter((item) => !within(omit, item))),
  has: fn("xx", (needle, list) => {
    if (list !== null && !Array.isArray(list)) throw new FunctionFault(`Cannot find has on type ${kindOf(list)}`);
    return within(list ?? [], needle);
  }),
  slice: listed("slice", "xx*", 0, slice),
  compact: listed("compact", "x", 0, (list) => list.filter((item) => !isEmpty(item))),
  chunk: listed("chunk", "ix", 1, chunk),
  join: fn("sx", (separator, list) => texts(list).join(separator)),
  sortAlpha: fn("x", (list) => texts(list).sort(compareText)),
  toStrings: fn("x", texts),
};
