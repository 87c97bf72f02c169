// Cuts a Go template into text and the tokens of its actions, each with its offset.
import { TemplateFault } from "./fault.mjs";

const OPEN = "{{";
const CLOSE = "}}";
const BLANK = /[ \t\r\n]/;

/**
 * A token is glued when there is no blank before it.
 *
 * @typedef {"string" | "raw" | "char" | "number" | "field" | "variable" | "word" | "declare" | "sign"} TokenType
 * @typedef {{ type: TokenType, text: string, at: number, glued: boolean }} Token
 */

/**
 * The parts of a template.
 *
 * @typedef {{ type: "text", at: number, text: string }} Text
 * @typedef {{ type: "action", at: number, end: number, tokens: Token[] }} Action
 */

/**
 * The end of an action or of a comment, which has no tokens.
 *
 * @typedef {{ end: number, trimsRight: boolean, tokens?: Token[] }} Closed
 */

/**
 * Cuts a template into its parts.
 *
 * @param {string} source
 */
export function lex(source) {
  /** @type {(Text | Action)[]} */
  const parts = [];
  let at = 0;
  let trimNext = false;
  while (at <= source.length) {
    const open = source.indexOf(OPEN, at);
    const end = open < 0 ? source.length : open;
    const trimsLeft = open >= 0 && source[open + 2] === "-" && BLANK.test(source[open + 3] ?? "");
    pushText(parts, source, at, end, trimNext, trimsLeft);
    if (open < 0) return parts;
    const action = lexAction(source, open, open + 2 + (trimsLeft ? 1 : 0));
    if (action.tokens) parts.push({ type: "action", at: open, end: action.end, tokens: action.tokens });
    at = action.end;
    trimNext = action.trimsRight;
  }
  return parts;
}

/**
 * @param {(Text | Action)[]} parts
 * @param {string} source
 * @param {number} from
 * @param {number} to
 * @param {boolean} trimStart
 * @param {boolean} trimEnd
 */
function pushText(parts, source, from, to, trimStart, trimEnd) {
  if (trimStart) while (from < to && BLANK.test(source.charAt(from))) from++;
  if (trimEnd) while (to > from && BLANK.test(source.charAt(to - 1))) to--;
  if (to > from) parts.push({ type: "text", at: from, text: source.slice(from, to) });
}

/**
 * The end of an action at `at`, or undefined.
 *
 * @param {string} source
 * @param {number} at
 * @returns {Closed | undefined}
 */
function closing(source, at) {
  if (source.startsWith(CLOSE, at)) return { end: at + 2, trimsRight: false };
  // The blank before the dash has been read.
  if (source.startsWith(`-${CLOSE}`, at) && BLANK.test(source.charAt(at - 1))) return { end: at + 3, trimsRight: true };
  return undefined;
}

/** @type {[type: TokenType | "blank", rule: RegExp][]} */
const RULES = [
  ["blank", /[ \t\r\n]+/y],
  ["string", /"(?:[^"\\\n]|\\.)*"/y],
  ["raw", /`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\.)[^'\n]*'/y],
  ["number", /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ["field", /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["variable", /\$[\p{L}\p{Nd}_]*/uy],
  ["word", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["declare", /:=/y],
  ["sign", /[|()=,.]/y],
];

/** What may be behind a name. */
const ENDS_NAME = /[ \t\r\n.,|:()=]|\}\}|$/y;

/**
 * @param {string} source
 * @param {number} open
 * @param {number} start
 * @returns {Closed}
 */
function lexAction(source, open, start) {
  const comment = /[ \t\r\n]*\/\*/y;
  comment.lastIndex = start;
  if (comment.test(source)) return skipComment(source, open, comment.lastIndex);
  /** @type {Token[]} */
  const tokens = [];
  let at = start;
  let glued = false;
  for (;;) {
    const close = closing(source, at);
    if (close) return { ...close, tokens };
    if (at >= source.length) throw new TemplateFault(open, "unclosed action");
    const [type, text] = nextToken(source, at);
    if (type !== "blank") tokens.push({ type, text, at, glued });
    glued = type !== "blank";
    at += text.length;
    if (["field", "variable", "word", "number"].includes(type)) {
      ENDS_NAME.lastIndex = at;
      if (!ENDS_NAME.test(source)) throw new TemplateFault(at, `bad character ${JSON.stringify(source[at])}`);
    }
  }
}

/**
 * @param {string} source
 * @param {number} at
 * @returns {[type: TokenType | "blank", text: string]}
 */
function nextToken(source, at) {
  for (const [type, rule] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(source);
    if (found) return [type, found[0]];
  }
  const sign = source[at];
  if (sign === '"') throw new TemplateFault(at, "unterminated quoted string");
  if (sign === "`") throw new TemplateFault(at, "unterminated raw quoted string");
  if (sign === "'") throw new TemplateFault(at, "unterminated character constant");
  throw new TemplateFault(at, `unexpected ${JSON.stringify(sign)} in an action`);
}

/**
 * @param {string} source
 * @param {number} open
 * @param {number} inside
 */
function skipComment(source, open, inside) {
  const end = source.indexOf("*/", inside);
  if (end < 0) throw new TemplateFault(open, "unclosed comment");
  let at = end + 2;
  while (BLANK.test(source[at] ?? "")) at++;
  const close = closing(source, at);
  if (!close) throw new TemplateFault(end, "comment ends before closing delimiter");
  return close;
}
