// Go's printf, for the values that templates have.
import { formatFloat, printNested, typeOf } from "./values.mjs";

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+)?)?(.)?/gsu;

/** `format` with its verbs replaced by `values`. */
export function printf(format, values) {
  let next = 0;
  const text = format.replace(VERB, (whole, flags, width, precision, verb) => {
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const digits = whole.includes(".") ? Number(precision ?? 0) : undefined;
    return pad(convert(verb, flags, digits, values[next++]), flags, Number(width ?? 0), verb);
  });
  if (next >= values.length) return text;
  const extra = values.slice(next).map((value) => (value === null ? "<nil>" : `${typeOf(value)}=${printNested(value)}`));
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

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

const signed = (flags, value, written) => (flags.includes("+") && (typeof value === "bigint" || typeof value === "number") && value >= 0 ? `+${written}` : written);

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

function integer(verb, flags, value) {
  const base = { d: 10, b: 2, o: 8, x: 16, X: 16 }[verb];
  if (verb === "c") return String.fromCodePoint(Number(value));
  if (verb === "q") return `'${String.fromCodePoint(Number(value))}'`;
  if (base === undefined) return undefined;
  const prefix = flags.includes("#") ? { x: "0x", X: "0X", o: "0", b: "0b" }[verb] ?? "" : "";
  const digits = (value < 0n ? -value : value).toString(base);
  const written = (value < 0n ? "-" : "") + prefix + (verb === "X" ? digits.toUpperCase() : digits);
  return signed(flags, value, written);
}

function float(verb, flags, digits, value) {
  const exponent = (written) => written.replace(/e([+-])(\d)$/, "e$10$2");
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

function goSyntax(value) {
  if (typeof value === "string") return quote(value);
  return value === null ? "<nil>" : printNested(value);
}

/** A text in quotes, as Go's %q. */
export function quote(value) {
  const named = { "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", '"': '\\"', "\\": "\\\\" };
  const hex = (code, width) => code.toString(16).padStart(width, "0");
  const escaped = value.replace(/["\\]|[\p{C}\p{Z}]/gu, (sign) => {
    if (sign === " ") return sign;
    if (named[sign]) return named[sign];
    const code = sign.codePointAt(0);
    if (code < 0x80) return `\\x${hex(code, 2)}`;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped}"`;
}

function pad(written, flags, width, verb) {
  const missing = Math.min(width, 1_000_000) - [...written].length;
  if (missing <= 0) return written;
  if (flags.includes("-")) return written + " ".repeat(missing);
  if (!flags.includes("0") || ["s", "v", "q", "T"].includes(verb)) return (flags.includes("0") && verb !== "T" ? "0" : " ").repeat(missing) + written;
  const sign = /^[+-]/.exec(written)?.[0] ?? "";
  return sign + "0".repeat(missing) + written.slice(sign.length);
}
