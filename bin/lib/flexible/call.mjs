// Calls a function with the argument types that it declares.
import { FunctionFault } from "./fault.mjs";
import { typeOf } from "./values.mjs";

/**
 * @typedef {import("./values.mjs").Value} Value
 * @typedef {import("./values.mjs").Result} Result
 */

/**
 * What the letters of a signature stand for.
 *
 * @typedef {{ s: string, i: bigint, f: number, b: boolean, m: Map<string, Value>, l: Value[], x: Value }} Letters
 */

/**
 * The parameters of a signature: a letter each; the last one with a star takes any number.
 *
 * @template {string} S
 * @typedef {S extends `${infer L extends keyof Letters}*` ? Letters[L][]
 *   : S extends `${infer L extends keyof Letters}${infer Rest}` ? [Letters[L], ...Parameters<Rest>] : []} Parameters
 */

/**
 * A function of a template. Its arguments have the types of its signature.
 *
 * @typedef {{ signature: string, run: (...args: Value[]) => Result }} TemplateFunction
 */

/** @type {Record<string, { name: string, fits: (value: Result) => boolean }>} */
const TYPES = {
  s: { name: "string", fits: (value) => typeof value === "string" },
  i: { name: "int", fits: (value) => typeof value === "bigint" },
  f: { name: "float64", fits: (value) => typeof value === "number" },
  b: { name: "bool", fits: (value) => typeof value === "boolean" },
  m: { name: "map[string]interface {}", fits: (value) => value instanceof Map },
  l: { name: "[]interface {}", fits: (value) => Array.isArray(value) },
};

/**
 * A function of a template: its signature such as "si" or "sx*", and what it does. `callFunction` sees to the types of the
 * arguments.
 *
 * @template {string} S
 * @param {S} signature
 * @param {(...args: Parameters<S>) => Result} run
 */
export const fn = (signature, run) => ({ signature, run: /** @type {TemplateFunction["run"]} */ (/** @type {unknown} */ (run)) });

/**
 * Calls a function. `nodes` are the arguments as written, of which literals fit more types.
 *
 * @param {string} name
 * @param {TemplateFunction} called
 * @param {Result[]} args
 * @param {import("./parser.mjs").Operand[]} nodes
 */
export function callFunction(name, { signature, run }, args, nodes) {
  const variadic = signature.endsWith("*");
  const letters = variadic ? signature.slice(0, -1) : signature;
  const least = variadic ? letters.length - 1 : letters.length;
  if (args.length < least || (!variadic && args.length > least)) {
    throw new FunctionFault(`wrong number of args for ${name}: want ${variadic ? "at least " : ""}${least} got ${args.length}`);
  }
  const values = args.map((value, index) => {
    const letter = letters.charAt(Math.min(index, letters.length - 1));
    const type = TYPES[letter];
    // "x" takes anything.
    if (type === undefined) return value ?? null;
    if (value !== undefined && type.fits(value)) return value;
    if (nodes[index]?.type === "number") {
      if (letter === "f") return Number(value);
      if (letter === "i" && typeof value === "number" && Number.isInteger(value)) return BigInt(value);
    }
    const reason = value === undefined ? `invalid value; expected ${type.name}` : `wrong type for value; expected ${type.name}; got ${typeOf(value)}`;
    throw new FunctionFault(`${reason}, in the call of ${name}`, { argument: index });
  });
  try {
    return run(...values);
  } catch (error) {
    if (error instanceof FunctionFault && !error.isSaid) {
      throw new FunctionFault(`error calling ${name}: ${error.message}`, { isSaid: true });
    }
    throw error;
  }
}
