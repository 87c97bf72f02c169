// Go's literals: strings, characters, numbers. Integers are BigInt, floats are Number.
import { TemplateFault } from "./fault.mjs";

/** @typedef {Pick<import("./lexer.mjs").Token, "type" | "text" | "at">} Token */

/** @type {Record<string, string>} */
const ESCAPES = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\", "'": "'", '"': '"' };

/**
 * The text of a quoted or raw string.
 *
 * @param {Token} token
 */
export function unquote({ type, text, at }) {
  const inner = text.slice(1, -1);
  if (type === "raw") return inner.replaceAll("\r", "");
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (whole, /** @type {string} */ body) => {
    const plain = Object.hasOwn(ESCAPES, body) ? ESCAPES[body] : undefined;
    if (plain !== undefined) return plain;
    const isOctal = /^[0-7]{3}$/.test(body);
    const code = isOctal ? Number.parseInt(body, 8) : Number.parseInt(body.slice(1), 16);
    if (body.length === 1 || Number.isNaN(code) || code > 0x10ffff) throw new TemplateFault(at, `invalid escape ${whole} in a string`);
    return String.fromCodePoint(code);
  });
}

/**
 * The number of a character constant.
 *
 * @param {Token} token
 */
export function char(token) {
  const [sign, ...more] = unquote(token);
  const point = sign?.codePointAt(0);
  if (point === undefined || more.length > 0) throw new TemplateFault(token.at, `malformed character constant: ${token.text}`);
  return BigInt(point);
}

/**
 * The value of a number: what is written with a point or an exponent is a float.
 *
 * @param {Token} token
 */
export function number({ text, at }) {
  const bad = () => new TemplateFault(at, `bad number syntax: ${JSON.stringify(text)}`);
  const plain = text.replaceAll("_", "");
  const [, sign, digits = ""] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  if (!/^0[xX]/.test(digits) && /[.eE]/.test(digits)) {
    const value = Number(plain);
    if (!Number.isFinite(value)) throw bad();
    return value;
  }
  try {
    const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
    if (value > 2n ** 63n - 1n) throw bad();
    return sign === "-" ? -value : value;
  } catch {
    throw bad();
  }
}
