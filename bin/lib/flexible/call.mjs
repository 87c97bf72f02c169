// Calls a function with the argument types that it declares.
import { FunctionFault } from "./fault.mjs";
import { typeOf } from "./values.mjs";

/** The letters of a signature: a type each; the last one with a star takes any number. */
const TYPES = {
  s: { name: "string", fits: (value) => typeof value === "string" },
  i: { name: "int", fits: (value) => typeof value === "bigint" },
  f: { name: "float64", fits: (value) => typeof value === "number" },
  b: { name: "bool", fits: (value) => typeof value === "boolean" },
  m: { name: "map[string]interface {}", fits: (value) => value instanceof Map },
  l: { name: "[]interface {}", fits: (value) => Array.isArray(value) },
  x: { name: "interface {}", fits: () => true },
};

/** A function of a template: its signature such as "si" or "sx*", and what it does. */
export const fn = (signature, run) => ({ signature, run });

/** Calls a function. `nodes` are the arguments as written, of which literals fit more types. */
export function callFunction(name, { signature, run }, args, nodes) {
  const variadic = signature.endsWith("*");
  const letters = variadic ? signature.slice(0, -1) : signature;
  const least = variadic ? letters.length - 1 : letters.length;
  if (args.length < least || (!variadic && args.length > least)) {
    throw new FunctionFault(`wrong number of args for ${name}: want ${variadic ? "at least " : ""}${least} got ${args.length}`);
  }
  const values = args.map((value, index) => {
    const type = TYPES[letters[Math.min(index, letters.length - 1)]];
    if (type === TYPES.x) return value ?? null;
    if (type.fits(value)) return value;
    if (nodes[index]?.type === "number") {
      if (type === TYPES.f) return Number(value);
      if (type === TYPES.i && Number.isInteger(value)) return BigInt(value);
    }
    const reason = value === undefined ? `invalid value; expected ${type.name}` : `wrong type for value; expected ${type.name}; got ${typeOf(value)}`;
    throw Object.assign(new FunctionFault(`${reason}, in the call of ${name}`), { argument: index });
  });
  try {
    return run(...values);
  } catch (error) {
    if (error instanceof FunctionFault && !error.isSaid) {
      throw Object.assign(new FunctionFault(`error calling ${name}: ${error.message}`), { isSaid: true });
    }
    throw error;
  }
}
