// sprig's regular expressions. Go's syntax is RE2's: most of it is JavaScript's too.
import { messageOf } from "../../errors.mjs";
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";

/** @param {string} source */
function compile(source) {
  const [, flags = ""] = /^\(\?([ims]+)\)/.exec(source) ?? [];
  const body = source
    .replace(/^\(\?[ims]+\)/, "")
    .replaceAll("(?P<", "(?<")
    .replace(/\\([Az])/g, (_, sign) => (sign === "A" ? "(?<![^])" : "(?![^])"));
  // Look-around and back references are unknown to RE2.
  if (/\(\?<?[=!]/.test(source) || /\\[1-9]/.test(source)) throw new FunctionFault(`error parsing regexp: invalid or unsupported Perl syntax: \`${source}\``);
  try {
    return new RegExp(body, `g${flags}u`);
  } catch {
    try {
      return new RegExp(body, `g${flags}`);
    } catch (error) {
      throw new FunctionFault(`error parsing regexp: ${messageOf(error)}`);
    }
  }
}

/**
 * A replacement in which $1, ${1} and ${name} stand for groups; a name is as long as it can be.
 *
 * @param {string} replacement
 * @param {RegExpExecArray} match
 */
function expand(replacement, match) {
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (_, /** @type {string | undefined} */ braced, /** @type {string | undefined} */ bare) => {
    const name = braced ?? bare;
    if (name === undefined) return "$";
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
  });
}

/**
 * @param {string[]} list
 * @param {bigint} count
 */
const limit = (list, count) => (count < 0n ? list : list.slice(0, Number(count)));

/**
 * @param {string} source
 * @param {string} text
 * @param {string} replacement
 */
function replaceAll(source, text, replacement) {
  let out = "";
  let last = 0;
  for (const match of text.matchAll(compile(source))) {
    out += text.slice(last, match.index) + expand(replacement, match);
    last = match.index + match[0].length;
  }
  return out + text.slice(last);
}

/**
 * @param {string} source
 * @param {string} text
 * @param {bigint} count
 */
function split(source, text, count) {
  if (count === 0n) return [];
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(compile(source))) {
    if (count > 0n && parts.length === Number(count) - 1) break;
    if (match[0].length === 0 && (match.index === 0 || match.index >= text.length)) continue;
    parts.push(text.slice(last, match.index));
    last = match.index + match[0].length;
  }
  return [...parts, text.slice(last)];
}

const plain = {
  regexMatch: fn("ss", (source, text) => compile(source).test(text)),
  regexFind: fn("ss", (source, text) => compile(source).exec(text)?.[0] ?? ""),
  regexFindAll: fn("ssi", (source, text, count) => limit([...text.matchAll(compile(source))].map(([found]) => found), count)),
  regexReplaceAll: fn("sss", replaceAll),
  regexReplaceAllLiteral: fn("sss", (source, text, replacement) => text.replace(compile(source), () => replacement)),
  regexSplit: fn("ssi", split),
};

export const regex = {
  ...plain,
  regexQuoteMeta: fn("s", (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};
