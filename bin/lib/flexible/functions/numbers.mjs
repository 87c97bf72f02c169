// sprig's arithmetic. Integers have 64 bits, as in Go.
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";

/** @typedef {import("../values.mjs").Value} Value */

/** @param {bigint} value */
const wrap = (value) => BigInt.asIntN(64, value);

/**
 * Any value as an integer; anything else counts as 0.
 *
 * @param {Value | undefined} value
 */
export function toInt(value) {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isFinite(value) ? wrap(BigInt(Math.trunc(value))) : 0n;
  if (typeof value !== "string") return 0n;
  const [, sign, digits = ""] = /^([+-]?)(.*?)(?:\.0*)?$/s.exec(value.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, "")) ?? [];
  if (!/^(?:[1-9]\d*|0|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/.test(digits)) return 0n;
  const size = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const whole = sign === "-" ? -size : size;
  return wrap(whole) === whole ? whole : 0n;
}

/**
 * Any value as a float; anything else counts as 0.
 *
 * @param {Value} value
 */
export function toFloat(value) {
  if (typeof value === "string") return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : 0;
  return ["bigint", "boolean", "number"].includes(typeof value) ? Number(value) : 0;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 * @param {boolean} rest
 */
function divide(a, b, rest) {
  if (b === 0n) throw new FunctionFault("integer divide by zero");
  return wrap(rest ? a % b : a / b);
}

/**
 * Integers from `start` up or down to `stop`, without it.
 *
 * @param {bigint} start
 * @param {bigint} stop
 * @param {bigint} step
 */
function range(start, stop, step) {
  /** @type {bigint[]} */
  const list = [];
  if (stop < start ? step >= 0n : step <= 0n) return list;
  if ((stop - start) / step > 1_000_000n) throw new FunctionFault("more than a million numbers");
  for (let at = start; stop < start ? at > stop : at < stop; at += step) list.push(at);
  return list;
}

/**
 * The numbers of `seq STOP`, `seq START STOP` and `seq START STEP STOP`.
 *
 * @param {bigint[]} params
 */
function sequence(params) {
  const [first, second, third] = params;
  if (first === undefined || params.length > 3) return "";
  const [start, stop] = second === undefined ? [1n, first] : [first, third ?? second];
  const towards = stop < start ? -1n : 1n;
  const step = third === undefined || second === undefined ? towards : second;
  return range(start, stop + towards, step).join(" ");
}

/**
 * Floats are added and multiplied as decimals: 0.1 + 0.2 is 0.3.
 *
 * @param {[Value, ...Value[]]} values
 * @param {(a: number, b: number) => number} operate
 */
function decimals([start, ...others], operate, digits = 15) {
  const [first, rest] = [toFloat(start), others.map(toFloat)];
  return rest.reduce((sum, value) => Number(operate(sum, value).toPrecision(digits)), first);
}

/**
 * @param {number} a
 * @param {number} b
 */
function quotient(a, b) {
  if (b === 0) throw new FunctionFault("decimal division by 0");
  return a / b;
}

/**
 * @param {Value} value
 * @param {bigint} places
 */
function round(value, places, on = 0.5) {
  const power = 10 ** Number(places);
  const digit = power * toFloat(value);
  const part = digit - Math.trunc(digit);
  return (part >= on ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** @param {(a: bigint, b: bigint) => boolean} better */
const pickInt = (better) => fn("xx*", (...values) => values.map(toInt).reduce((best, value) => (better(value, best) ? value : best)));

export const numbers = {
  add: fn("x*", (...values) => values.map(toInt).reduce((sum, value) => wrap(sum + value), 0n)),
  add1: fn("x", (value) => wrap(toInt(value) + 1n)),
  sub: fn("xx", (a, b) => wrap(toInt(a) - toInt(b))),
  mul: fn("xx*", (...values) => values.map(toInt).reduce((product, value) => wrap(product * value))),
  div: fn("xx", (a, b) => divide(toInt(a), toInt(b), false)),
  mod: fn("xx", (a, b) => divide(toInt(a), toInt(b), true)),
  max: pickInt((a, b) => a > b),
  biggest: pickInt((a, b) => a > b),
  min: pickInt((a, b) => a < b),
  maxf: fn("xx*", (...values) => Math.max(...values.map(toFloat))),
  minf: fn("xx*", (...values) => Math.min(...values.map(toFloat))),
  add1f: fn("x", (value) => decimals([value, 1], (a, b) => a + b)),
  addf: fn("x*", (...values) => decimals([0, ...values], (a, b) => a + b)),
  subf: fn("xx*", (...values) => decimals(values, (a, b) => a - b)),
  mulf: fn("xx*", (...values) => decimals(values, (a, b) => a * b)),
  divf: fn("xx*", (...values) => decimals(values, quotient, 17)),
  ceil: fn("x", (value) => Math.ceil(toFloat(value))),
  floor: fn("x", (value) => Math.floor(toFloat(value))),
  round: fn("xif*", round),
  int: fn("x", toInt),
  int64: fn("x", toInt),
  float64: fn("x", toFloat),
  atoi: fn("s", (text) => (/^[+-]?\d+$/.test(text) ? toInt(text.replace(/^([+-]?)0+(?=\d)/, "$1")) : 0n)),
  until: fn("i", (count) => range(0n, count, count < 0n ? -1n : 1n)),
  untilStep: fn("iii", range),
  seq: fn("i*", (...params) => sequence(params)),
};
