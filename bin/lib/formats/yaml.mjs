// YAML as KrakenD reads it: version 1.2 with anchors and merge keys.
import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { Fault, SourceError } from "../faults.mjs";
import { emit } from "./emit.mjs";

const MAX_NODES = 1_000_000;
const MAX_OPEN = 10_000;

/**
 * @typedef {import("../faults.mjs").Source} Source
 * @typedef {import("./emit.mjs").Range} Range
 * @typedef {import("./emit.mjs").Node} Node
 * @typedef {import("./emit.mjs").Member} Member
 * @typedef {import("yaml").ParsedNode | null} ParsedNode
 */

/**
 * JSON from YAML, with pieces that lead back.
 *
 * @param {Source} source
 */
export function fromYaml(source) {
  const document = parse(source);
  const { errors } = document;
  if (errors.some(({ message }) => /call stack/.test(message))) throw tooDeep(source);
  if (errors.length > 0) {
    throw new SourceError(errors.slice(0, 10).map(({ pos, message }) => new Fault(source, pos[0], "yaml", sentence(message))));
  }
  let count = 0;
  /**
   * @param {ParsedNode} node
   * @param {number} depth
   * @returns {Node}
   */
  const read = (node, depth) => {
    // Aliases of aliases grow without bounds.
    if (++count > MAX_NODES || depth > 200) {
      throw new SourceError([new Fault(source, placeOf(node)[0], "yaml", "too deep or too large, aliases counted")]);
    }
    if (isAlias(node)) {
      const meant = /** @type {ParsedNode | undefined} */ (node.resolve(document));
      if (!meant) throw new SourceError([new Fault(source, node.range[0], "yaml", `no anchor is called ${node.source}`)]);
      return read(meant, depth + 1);
    }
    const range = placeOf(node);
    if (isSeq(node)) return { range, items: node.items.map((item) => read(item, depth + 1)) };
    if (isMap(node)) return { range, members: members(node, depth) };
    return { range, value: node?.value, source: node?.source };
  };
  /**
   * @param {import("yaml").YAMLMap.Parsed} map
   * @param {number} depth
   */
  const members = (map, depth) => {
    /** @type {Map<string, Member>} */
    const found = new Map();
    /** @type {Member[]} */
    const merged = [];
    for (const { key, value } of map.items) {
      if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
        merged.push(...mergedMembers(read(value, depth + 1)));
        continue;
      }
      const name = isScalar(key) ? String(key.value) : String(key);
      // An empty value has no place of its own.
      const node = value ? read(value, depth + 1) : { range: placeOf(key), value: null };
      found.set(name, { key: name, keyRange: placeOf(key), node });
    }
    for (const member of merged) if (!found.has(member.key)) found.set(member.key, member);
    return [...found.values()];
  };
  return emit(read(document.contents, 0), source);
}

/** @param {Source} source */
function parse(source) {
  const at = tooManyBrackets(source.text);
  if (at !== undefined) throw new SourceError([new Fault(source, at, "yaml", "nested too deeply")]);
  try {
    return parseDocument(source.text, { prettyErrors: false, merge: false, intAsBigInt: true });
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(source) : error;
  }
}

/**
 * Where so many brackets are open, quoted ones counted, that the parser would take minutes to give up.
 *
 * @param {string} text
 */
function tooManyBrackets(text) {
  let open = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    open += bracket === "[" || bracket === "{" ? 1 : -1;
    if (open > MAX_OPEN) return index;
  }
  return undefined;
}

/** @param {Source} source */
const tooDeep = (source) => new SourceError([new Fault(source, 0, "yaml", "nested too deeply")]);

/**
 * The place of a node; an empty one has none.
 *
 * @param {ParsedNode} node
 * @returns {Range}
 */
const placeOf = (node) => (node ? [node.range[0], node.range[1]] : [0, 0]);

/**
 * The members that `<<` brings in: those of a map, or of a list of maps.
 *
 * @param {Node} node
 */
const mergedMembers = (node) => (node.items ?? [node]).flatMap((map) => map.members ?? []);

/** @param {string} message */
const sentence = (message) => message.replace(/^./, (sign) => sign.toLowerCase()).replace(/\.$/, "");
