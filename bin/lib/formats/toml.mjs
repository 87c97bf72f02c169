// TOML.
import { ParseError, parseTOML } from "toml-eslint-parser";
import { Fault, SourceError } from "../faults.mjs";
import { emit } from "./emit.mjs";

/**
 * @typedef {import("../faults.mjs").Source} Source
 * @typedef {import("./emit.mjs").Range} Range
 * @typedef {import("./emit.mjs").Node} Node
 * @typedef {import("./emit.mjs").ListNode} ListNode
 * @typedef {import("./emit.mjs").ObjectNode} ObjectNode
 * @typedef {import("toml-eslint-parser").AST.TOMLKeyValue} TOMLKeyValue
 * @typedef {import("toml-eslint-parser").AST.TOMLTable} TOMLTable
 * @typedef {import("toml-eslint-parser").AST.TOMLContentNode} TOMLContentNode
 */

/**
 * JSON from TOML, with pieces that lead back.
 *
 * @param {Source} source
 */
export function fromToml(source) {
  const [top] = parse(source).body;
  const root = emptyObject([0, 0]);
  for (const node of top.body) {
    if (node.type === "TOMLKeyValue") put(root, node);
    else table(root, node);
  }
  return emit(root, source);
}

/** @param {Source} source */
function parse(source) {
  try {
    return parseTOML(source.text);
  } catch (error) {
    if (error instanceof RangeError) throw new SourceError([new Fault(source, 0, "toml", "nested too deeply")]);
    if (!(error instanceof ParseError)) throw error;
    const message = error.message.replace(/^./, (sign) => sign.toLowerCase()).replace(/\.$/, "");
    throw new SourceError([new Fault(source, error.index, "toml", message)]);
  }
}

/** @param {TOMLTable["key"]["keys"][number]} key */
const nameOf = (key) => (key.type === "TOMLBare" ? key.name : key.value);

/**
 * The member of an object with this key, made if it isn't there.
 *
 * @template {Node} Made
 * @param {ObjectNode} object
 * @param {string} key
 * @param {Range} keyRange
 * @param {() => Made} make
 */
function member(object, key, keyRange, make) {
  const found = object.members.find((known) => known.key === key);
  if (found) return found.node;
  const node = make();
  object.members.push({ key, keyRange, node });
  return node;
}

/**
 * An object without members.
 *
 * @param {Range} range
 * @returns {ObjectNode}
 */
const emptyObject = (range) => ({ range, members: [] });

/**
 * A list without items.
 *
 * @param {Range} range
 * @returns {ListNode}
 */
const emptyList = (range) => ({ range, items: [] });

/**
 * The object that the next part of a key leads into: in a list it's the last item. The parser refuses keys that lead elsewhere.
 *
 * @param {Node | undefined} node
 */
function inside(node) {
  const object = node?.items ? node.items.at(-1) : node;
  if (!object?.members) throw new TypeError("the parser let a key through that leads into a value");
  return object;
}

/**
 * `[a.b]` and `[[a.b]]`
 *
 * @param {ObjectNode} root
 * @param {TOMLTable} table
 */
function table(root, { key, kind, body, range }) {
  const last = key.keys.length - 1;
  let here = root;
  key.keys.forEach((part, at) => {
    const isItem = at === last && kind === "array";
    const node = member(here, nameOf(part), part.range, () => (isItem ? emptyList(part.range) : emptyObject(part.range)));
    if (isItem) node.items?.push(emptyObject(range));
    here = inside(node);
  });
  for (const node of body) put(here, node);
}

/**
 * `a.b = value`
 *
 * @param {ObjectNode} object
 * @param {TOMLKeyValue} pair
 */
function put(object, { key, value }) {
  let here = object;
  key.keys.forEach((part, at) => {
    const isLast = at === key.keys.length - 1;
    const node = member(here, nameOf(part), part.range, () => (isLast ? read(value) : emptyObject(part.range)));
    if (!isLast) here = inside(node);
  });
}

/**
 * @param {TOMLContentNode} node
 * @returns {Node}
 */
function read(node) {
  const { range } = node;
  if (node.type === "TOMLArray") return { range, items: node.elements.map(read) };
  if (node.type === "TOMLInlineTable") {
    const object = emptyObject(range);
    for (const inner of node.body) put(object, inner);
    return object;
  }
  if (node.kind === "integer") return { range, value: node.bigint };
  if (node.kind === "float") return { range, value: node.value, source: node.number };
  return { range, value: "datetime" in node ? node.datetime : node.value };
}
