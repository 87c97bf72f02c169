// Writes a tree of values with places as JSON, and remembers which bytes come from which place.
import { Fault, SourceError } from "../faults.mjs";
import { byteOffsets } from "../pieces.mjs";

const MAX_DEPTH = 200;
const MAX_SIZE = 64 * 1024 * 1024;

/**
 * A value and its place, in characters. A number may have a `source`, its text.
 *
 * @typedef {[start: number, end: number]} Range
 * @typedef {{ range: Range, value: unknown, source?: string, items?: undefined, members?: undefined }} ScalarNode
 * @typedef {{ range: Range, items: Node[], members?: undefined }} ListNode
 * @typedef {{ range: Range, members: Member[], items?: undefined }} ObjectNode
 * @typedef {{ key: string, keyRange: Range, node: Node }} Member
 * @typedef {ScalarNode | ListNode | ObjectNode} Node
 */

/**
 * JSON from a node.
 *
 * @param {Node} root
 * @param {import("../faults.mjs").Source} source
 * @returns {import("../source.mjs").Converted}
 */
export function emit(root, source) {
  const offset = byteOffsets(source.text);
  /** @type {import("../pieces.mjs").Piece[]} */
  const pieces = [];
  /** @type {string[]} */
  const parts = [];
  let size = 0;
  /**
   * @param {string} text
   * @param {Range} [range]
   */
  const put = (text, range) => {
    const length = Buffer.byteLength(text);
    if (range) pieces.push([size, size + length, 0, offset(range[0]), offset(range[1])]);
    parts.push(text);
    size += length;
    if (size > MAX_SIZE) throw new SourceError([new Fault(source, range?.[0] ?? 0, "too-large", "the configuration is larger than 64 MB")]);
  };
  const write = (/** @type {Node} */ node, /** @type {number} */ depth) => {
    if (depth > MAX_DEPTH) throw new SourceError([new Fault(source, node.range[0], "too-deep", `nested deeper than ${MAX_DEPTH} levels`)]);
    if (node.members) {
      put("{", [node.range[0], node.range[0] + 1]);
      node.members.forEach(({ key, keyRange, node: value }, at) => {
        if (at > 0) put(",");
        put(JSON.stringify(key), keyRange);
        put(":");
        write(value, depth + 1);
      });
      put("}");
    } else if (node.items) {
      put("[", [node.range[0], node.range[0] + 1]);
      node.items.forEach((item, at) => {
        if (at > 0) put(",");
        write(item, depth + 1);
      });
      put("]");
    } else {
      put(scalar(node, source), node.range);
    }
  };
  write(root, 0);
  return { text: parts.join(""), pieces };
}

/**
 * @param {ScalarNode} node
 * @param {import("../faults.mjs").Source} source
 */
function scalar({ value, source: written, range }, source) {
  if (typeof value !== "number" && typeof value !== "bigint") return JSON.stringify(value ?? null);
  if (written && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(written)) return written;
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new SourceError([new Fault(source, range[0], "bad-number", "JSON has no such number")]);
  }
  return String(value);
}
