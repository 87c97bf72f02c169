// sprig's defaults, encodings, hashes, paths and questions about types.
import crypto from "node:crypto";
import { posix } from "node:path";
import { messageOf } from "../../errors.mjs";
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { deepEqual, fromJson, isEmpty, isTrue, kindOf, toJson, typeOf } from "../values.mjs";

/** @param {string} name */
const hash = (name) => fn("s", (text) => crypto.createHash(name).update(text).digest("hex"));

/**
 * @param {string} text
 * @param {boolean} strict
 */
function parse(text, strict) {
  try {
    return fromJson(JSON.parse(text));
  } catch (error) {
    if (strict) throw new FunctionFault(messageOf(error));
    return null;
  }
}

/** @param {string} text */
function decode64(text) {
  const isRight = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (isRight) return Buffer.from(text, "base64").toString();
  const odd = text.search(/[^A-Za-z0-9+/]/);
  return `illegal base64 data at input byte ${odd < 0 ? text.length - (text.length % 4) : odd}`;
}

/** @param {string} text */
function adler32(text) {
  let a = 1;
  let b = 0;
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return String(b * 65536 + a);
}

/** @param {string} path */
const clean = (path) => posix.normalize(path).replace(/(.)\/$/, "$1");

export const data = {
  default: fn("xx*", (otherwise, ...given) => (isEmpty(given[0]) ? otherwise : given[0])),
  empty: fn("x", isEmpty),
  coalesce: fn("x*", (...values) => values.find(isTrue) ?? null),
  all: fn("x*", (...values) => values.every(isTrue)),
  any: fn("x*", (...values) => values.some(isTrue)),
  ternary: fn("xxb", (yes, no, condition) => (condition ? yes : no)),
  fail: fn("s", (message) => {
    throw new FunctionFault(message);
  }),
  fromJson: fn("s", (text) => parse(text, false)),
  mustFromJson: fn("s", (text) => parse(text, true)),
  toJson: fn("x", (value) => toJson(value)),
  toPrettyJson: fn("x", (value) => toJson(value, { indent: "  " })),
  toRawJson: fn("x", (value) => toJson(value, { raw: true })),
  b64enc: fn("s", (text) => Buffer.from(text).toString("base64")),
  b64dec: fn("s", decode64),
  sha1sum: hash("sha1"),
  sha256sum: hash("sha256"),
  sha512sum: hash("sha512"),
  adler32sum: fn("s", adler32),
  base: fn("s", (path) => posix.basename(path) || (path ? "/" : ".")),
  dir: fn("s", (path) => clean(path.slice(0, path.lastIndexOf("/") + 1))),
  clean: fn("s", clean),
  ext: fn("s", (path) => /\.[^./]*$/.exec(path)?.[0] ?? ""),
  isAbs: fn("s", (path) => path.startsWith("/")),
  typeOf: fn("x", typeOf),
  typeIs: fn("sx", (name, value) => typeOf(value) === name),
  typeIsLike: fn("sx", (name, value) => typeOf(value) === name),
  kindOf: fn("x", kindOf),
  kindIs: fn("sx", (name, value) => kindOf(value) === name),
  deepEqual: fn("xx", deepEqual),
};
