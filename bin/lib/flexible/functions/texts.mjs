// sprig's strings. Go counts bytes.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { quote } from "../printf.mjs";
import { printNested } from "../values.mjs";

/**
 * @param {string} text
 * @param {number} from
 * @param {number} [to]
 */
const bytes = (text, from, to) => Buffer.from(text).subarray(from, to).toString();
/** @param {string} text */
const size = (text) => Buffer.byteLength(text);

/**
 * @param {bigint} count
 * @param {string} text
 */
function trunc(count, text) {
  const [wanted, length] = [Number(count), size(text)];
  if (wanted < 0) return length + wanted > 0 ? bytes(text, length + wanted) : text;
  return length > wanted ? bytes(text, 0, wanted) : text;
}

/**
 * @param {bigint} start
 * @param {bigint} end
 * @param {string} text
 */
function substr(start, end, text) {
  const [from, to, length] = [Number(start), Number(end), size(text)];
  if (from > length || (from < 0 && to < 0)) throw new FunctionFault("slice bounds out of range");
  if (from < 0) return bytes(text, 0, to);
  if (to < 0 || to > length) return bytes(text, from);
  if (to < from) throw new FunctionFault("slice bounds out of range");
  return bytes(text, from, to);
}

/**
 * @param {bigint} count
 * @param {string} text
 */
function repeat(count, text) {
  if (count < 0n) throw new FunctionFault("negative repeat count");
  if (BigInt(text.length) * count > 10_000_000n) throw new FunctionFault("a string of more than 10 MB");
  return text.repeat(Number(count));
}

/**
 * Removes all signs of `set` at both ends.
 *
 * @param {string} set
 * @param {string} text
 */
function trimAll(set, text) {
  const signs = [...text];
  const isIn = (/** @type {string | undefined} */ sign) => sign !== undefined && set.includes(sign);
  while (isIn(signs[0])) signs.shift();
  while (isIn(signs.at(-1))) signs.pop();
  return signs.join("");
}

/**
 * @param {string} separator
 * @param {string} text
 */
const splitText = (separator, text) => (separator === "" ? [...text] : text.split(separator));

/**
 * @param {string} separator
 * @param {bigint} count
 * @param {string} text
 */
function splitCount(separator, count, text) {
  const parts = splitText(separator, text);
  const most = Number(count);
  if (most < 0 || parts.length <= most) return parts;
  if (most === 0) return [];
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

/**
 * The parts of a text as a dictionary.
 *
 * @param {string[]} parts
 */
const numbered = (parts) => new Map(parts.map((part, at) => [`_${at}`, part]));
/**
 * @param {bigint} count
 * @param {string} text
 */
const indent = (count, text) => {
  const margin = repeat(count, " ");
  return margin + text.replaceAll("\n", `\n${margin}`);
};
/** @param {string} text */
const title = (text) => text.replace(/(^|[^\p{L}\p{N}_])(\p{L})/gu, (_, before, /** @type {string} */ sign) => before + sign.toUpperCase());
/** @param {string} word */
const upperFirst = (word) => word.replace(/^./su, upper);

/**
 * Go has no letters that become two.
 *
 * @param {string} text
 */
const upper = (text) => text.replace(/./gsu, (sign) => ([...sign.toUpperCase()].length === 1 ? sign.toUpperCase() : sign));

/**
 * The words of a name in any writing: "fooBar", "foo_bar", "HTTPServer".
 *
 * @param {string} text
 */
const words = (text) => text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2").split(/[\s_-]+/).filter(Boolean);

/** @param {string} text */
function swapCase(text) {
  return [...text].map((sign) => (sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase())).join("");
}

/**
 * @param {bigint} width
 * @param {string} text
 */
function abbrev(width, text) {
  if (width < 4n || text.length <= width) return text;
  return `${text.slice(0, Number(width) - 3)}...`;
}

/**
 * @param {import("../values.mjs").Value[]} values
 * @param {(value: import("../values.mjs").Value) => string} write
 */
const nonNil = (values, write) => values.filter((value) => value !== null).map(write).join(" ");

export const texts = {
  trim: fn("s", (text) => text.trim()),
  trimAll: fn("ss", trimAll),
  trimall: fn("ss", trimAll),
  trimPrefix: fn("ss", (prefix, text) => (prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: fn("ss", (suffix, text) => (suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text)),
  upper: fn("s", upper),
  lower: fn("s", (text) => text.toLowerCase()),
  title: fn("s", title),
  untitle: fn("s", (text) => text.replace(/(^|\s)(\S)/gu, (_, before, /** @type {string} */ sign) => before + sign.toLowerCase())),
  snakecase: fn("s", (text) => words(text).join("_").toLowerCase()),
  kebabcase: fn("s", (text) => words(text).join("-").toLowerCase()),
  camelcase: fn("s", (text) => text.split(/[\s_-]+/).filter(Boolean).map((word) => upperFirst(word === word.toUpperCase() ? word.toLowerCase() : word)).join("")),
  swapcase: fn("s", swapCase),
  trunc: fn("is", trunc),
  substr: fn("iis", substr),
  abbrev: fn("is", abbrev),
  repeat: fn("is", repeat),
  nospace: fn("s", (text) => text.replace(/\s/g, "")),
  initials: fn("s", (text) => text.split(/\s+/).filter(Boolean).map((word) => [...word].at(0)).join("")),
  contains: fn("ss", (part, text) => text.includes(part)),
  hasPrefix: fn("ss", (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn("ss", (suffix, text) => text.endsWith(suffix)),
  quote: fn("x*", (...values) => nonNil(values, (value) => quote(printNested(value)))),
  squote: fn("x*", (...values) => nonNil(values, (value) => `'${printNested(value)}'`)),
  cat: fn("x*", (...values) => nonNil(values, printNested)),
  indent: fn("is", indent),
  nindent: fn("is", (count, text) => `\n${indent(count, text)}`),
  replace: fn("sss", (old, fresh, text) => (old === "" ? [...text].map((sign) => fresh + sign).join("") + fresh : text.replaceAll(old, () => fresh))),
  plural: fn("ssi", (one, many, count) => (count === 1n ? one : many)),
  split: fn("ss", (separator, text) => numbered(splitText(separator, text))),
  splitn: fn("sis", (separator, count, text) => numbered(splitCount(separator, count, text))),
  splitList: fn("ss", splitText),
  toString: fn("x", printNested),
};
