// Go's printf, for the values that templates have.
import { formatFloat, printNested, typeOf } from "./values.mjs";

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+)?)?(.)?/gsu;

/**
 * @typedef {import("./values.mjs").Value} Value
 * @typedef {import("./values.mjs").Result} Result
 */

/**
 * `format` with its verbs replaced by `values`.
 *
 * @param {string} format
 * @param {Value[]} values
 */
export function printf(format, values) {
  let next = 0;
  /**
   * @param {string} whole
   * @param {string} flags
   * @param {string | undefined} width
   * @param {string | undefined} precision
   * @param {string | undefined} verb
   */
  const formatted = (whole, flags, width, precision, verb) => {
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const digits = whole.includes(".") ? Number(precision ?? 0) : undefined;
    return pad(convert(verb, flags, digits, values[next++]), flags, Number(width ?? 0), verb);
  };
  const written = format.replace(VERB, formatted);
  if (next >= values.length) return written;
  const extra = values.slice(next).map((value) => (value === null ? "<nil>" : `${typeOf(value)}=${printNested(value)}`));
  return `${written}%!(EXTRA ${extra.join(", ")})`;
}

/**
 * @param {string} verb
 * @param {string} flags
 * @param {number | undefined} digits
 * @param {Result} value
 * @returns {string}
 */
function convert(verb, flags, digits, value) {
  if (verb === "T") return typeOf(value);
  if (verb === "v") return flags.includes("#") ? goSyntax(value) : signed(flags, value, printNested(value));
  const bad = () => (value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeOf(value)}=${printNested(value)})`);
  // Verbs reach into lists and maps.
  if (Array.isArray(value)) return `[${value.map((item) => convert(verb, flags, digits, item)).join(" ")}]`;
  switch (typeof value) {
    case "string":
      return text(verb, flags, digits, value) ?? bad();
    case "bigint":
      return integer(verb, flags, value) ?? bad();
    case "number":
      return float(verb, flags, digits, value) ?? bad();
    case "boolean":
      return verb === "t" ? String(value) : bad();
    default:
      return bad();
  }
}

/**
 * @param {string} flags
 * @param {Result} value
 * @param {string} written
 */
const signed = (flags, value, written) => (flags.includes("+") && (typeof value === "bigint" || typeof value === "number") && value >= 0 ? `+${written}` : written);

/**
 * @param {string} verb
 * @param {string} flags
 * @param {number | undefined} digits
 * @param {string} value
 */
function text(verb, flags, digits, value) {
  const cut = digits === undefined ? value : [...value].slice(0, digits).join("");
  if (verb === "s") return cut;
  if (verb === "q") return flags.includes("#") && !cut.includes("`") ? `\`${cut}\`` : quote(cut);
  if (verb === "x" || verb === "X") {
    const hex = Buffer.from(cut).toString("hex");
    return verb === "X" ? hex.toUpperCase() : hex;
  }
  return undefined;
}

/** @type {Partial<Record<string, number>>} */
const BASES = { d: 10, b: 2, o: 8, x: 16, X: 16 };
/** @type {Partial<Record<string, string>>} */
const PREFIXES = { x: "0x", X: "0X", o: "0", b: "0b" };

/**
 * @param {string} verb
 * @param {string} flags
 * @param {bigint} value
 */
function integer(verb, flags, value) {
  const base = BASES[verb];
  if (verb === "c") return String.fromCodePoint(Number(value));
  if (verb === "q") return `'${String.fromCodePoint(Number(value))}'`;
  if (base === undefined) return undefined;
  const prefix = flags.includes("#") ? (PREFIXES[verb] ?? "") : "";
  const digits = (value < 0n ? -value : value).toString(base);
  const written = (value < 0n ? "-" : "") + prefix + (verb === "X" ? digits.toUpperCase() : digits);
  return signed(flags, value, written);
}

/**
 * @param {string} verb
 * @param {string} flags
 * @param {number | undefined} digits
 * @param {number} value
 */
function float(verb, flags, digits, value) {
  const exponent = (/** @type {string} */ written) => written.replace(/e([+-])(\d)$/, "e$10$2");
  switch (verb) {
    case "f":
    case "F":
      return signed(flags, value, value.toFixed(Math.min(digits ?? 6, 100)));
    case "e":
      return signed(flags, value, exponent(value.toExponential(Math.min(digits ?? 6, 100))));
    case "g":
      return signed(flags, value, digits === undefined ? formatFloat(value) : formatFloat(Number(value.toPrecision(Math.min(Math.max(digits, 1), 100))), Math.max(digits, 1)));
    default:
      return undefined;
  }
}

/** @param {Result} value */
function goSyntax(value) {
  if (typeof value === "string") return quote(value);
  return value === null ? "<nil>" : printNested(value);
}

/** @type {Partial<Record<string, string>>} */
const NAMED = { "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", '"': '\\"', "\\": "\\\\" };

/**
 * A text in quotes, as Go's %q.
 *
 * @param {string} value
 */
export function quote(value) {
  const hex = (/** @type {number} */ code, /** @type {number} */ width) => code.toString(16).padStart(width, "0");
  const escaped = value.replace(/["\\]|[\p{C}\p{Z}]/gu, (sign) => {
    if (sign === " ") return sign;
    const name = NAMED[sign];
    if (name !== undefined) return name;
    const code = sign.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${hex(code, 2)}`;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped}"`;
}

/**
 * @param {string} written
 * @param {string} flags
 * @param {number} width
 * @param {string} verb
 */
function pad(written, flags, width, verb) {
  const missing = Math.min(width, 1_000_000) - [...written].length;
  if (missing <= 0) return written;
  if (flags.includes("-")) return written + " ".repeat(missing);
  if (!flags.includes("0") || ["s", "v", "q", "T"].includes(verb)) return (flags.includes("0") && verb !== "T" ? "0" : " ").repeat(missing) + written;
  const sign = /^[+-]/.exec(written)?.[0] ?? "";
  return sign + "0".repeat(missing) + written.slice(sign.length);
}
