// sprig's dictionaries.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { deepCopy, isEmpty, kindOf, printNested, sortedKeys } from "../values.mjs";

/** @typedef {import("../values.mjs").Value} Value */

/** @param {Value[]} parts */
function dict(...parts) {
  /** @type {Map<string, Value>} */
  const map = new Map();
  for (let at = 0; at < parts.length; at += 2) map.set(printNested(parts[at]), parts[at + 1] ?? (at + 1 < parts.length ? null : ""));
  return map;
}

/**
 * Puts the members of `source` into `target`, which changes; members that are there stay, unless they are empty.
 *
 * @param {Map<string, Value>} target
 * @param {Map<string, Value>} source
 * @param {boolean} overwrite
 */
function merge(target, source, overwrite) {
  for (const [key, value] of source) {
    const there = target.get(key);
    if (there instanceof Map && value instanceof Map) merge(there, value, overwrite);
    else if (overwrite || isEmpty(there)) target.set(key, value);
  }
  return target;
}

/** @param {boolean} overwrite */
const merged = (overwrite) => fn("mm*", (target, ...sources) => sources.reduce((sum, source) => merge(sum, source, overwrite), target));

/**
 * The value at the end of a path, or the default: `dig "a" "b" "default" $map`.
 *
 * @param {Value[]} args
 */
function dig(...args) {
  if (args.length < 3) throw new FunctionFault("dig needs at least three arguments");
  const [otherwise, map] = args.slice(-2);
  /** @type {import("../values.mjs").Result} */
  let here = map;
  for (const key of args.slice(0, -2)) {
    if (!(here instanceof Map)) throw new FunctionFault(`${printNested(key)} is looked up in a ${kindOf(here)}`);
    if (typeof key !== "string" || !here.has(key)) return otherwise;
    here = here.get(key);
  }
  return here;
}

/**
 * @param {Map<string, Value>} map
 * @param {(key: string) => boolean} wanted
 */
const chosen = (map, wanted) => new Map([...map].filter(([key]) => wanted(key)));

export const maps = {
  dict: fn("x*", dict),
  get: fn("ms", (map, key) => (map.has(key) ? map.get(key) : "")),
  set: fn("msx", (map, key, value) => map.set(key, value)),
  unset: fn("ms", (map, key) => {
    map.delete(key);
    return map;
  }),
  hasKey: fn("ms", (map, key) => map.has(key)),
  pluck: fn("sm*", (key, ...from) => from.filter((map) => map.has(key)).map((map) => map.get(key) ?? null)),
  // Go's order is a different one each time: a sorted one is among them.
  keys: fn("m*", (...from) => from.flatMap(sortedKeys)),
  values: fn("m", (map) => sortedKeys(map).map((key) => map.get(key) ?? null)),
  pick: fn("ms*", (map, ...keys) => chosen(map, (key) => keys.includes(key))),
  omit: fn("ms*", (map, ...keys) => chosen(map, (key) => !keys.includes(key))),
  merge: merged(false),
  mergeOverwrite: merged(true),
  deepCopy: fn("x", deepCopy),
  dig: fn("x*", dig),
};
