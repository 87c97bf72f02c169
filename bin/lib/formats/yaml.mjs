// YAML as KrakenD reads it: version 1.2 with anchors and merge keys.
import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { Fault, SourceError } from "../faults.mjs";
import { emit } from "./emit.mjs";

const MAX_NODES = 1_000_000;
const MAX_OPEN = 10_000;

/** JSON from YAML, with pieces that lead back. */
export function fromYaml(source) {
  const document = parse(source);
  const { errors } = document;
  if (errors.some(({ message }) => /call stack/.test(message))) throw tooDeep(source);
  if (errors.length > 0) {
    throw new SourceError(errors.slice(0, 10).map(({ pos, message }) => new Fault(source, pos[0], "yaml", sentence(message))));
  }
  let count = 0;
  const read = (node, depth) => {
    // Aliases of aliases grow without bounds.
    if (++count > MAX_NODES || depth > 200) {
      throw new SourceError([new Fault(source, node?.range?.[0] ?? 0, "yaml", "too deep or too large, aliases counted")]);
    }
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (!meant) throw new SourceError([new Fault(source, node.range[0], "yaml", `no anchor is called ${node.source}`)]);
      return read(meant, depth + 1);
    }
    const range = node?.range?.slice(0, 2) ?? [0, 0];
    if (isSeq(node)) return { range, items: node.items.map((item) => read(item, depth + 1)) };
    if (isMap(node)) return { range, members: members(node, depth) };
    return { range, value: node?.value, source: node?.source };
  };
  const members = (map, depth) => {
    const found = new Map();
    const merged = [];
    for (const { key, value } of map.items) {
      if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
        merged.push(...mergedMaps(value, read, depth));
        continue;
      }
      const name = isScalar(key) ? String(key.value) : String(key);
      // An empty value has no place of its own.
      const node = value ? read(value, depth + 1) : { range: [key.range[0], key.range[1]], value: null };
      found.set(name, { key: name, keyRange: key.range?.slice(0, 2), node });
    }
    for (const member of merged) if (!found.has(member.key)) found.set(member.key, member);
    return [...found.values()];
  };
  return emit(read(document.contents, 0), source);
}

function parse(source) {
  const at = tooManyBrackets(source.text);
  if (at !== undefined) throw new SourceError([new Fault(source, at, "yaml", "nested too deeply")]);
  try {
    return parseDocument(source.text, { prettyErrors: false, merge: false, intAsBigInt: true });
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(source) : error;
  }
}

/** Where so many brackets are open, quoted ones counted, that the parser would take minutes to give up. */
function tooManyBrackets(text) {
  let open = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    open += bracket === "[" || bracket === "{" ? 1 : -1;
    if (open > MAX_OPEN) return index;
  }
  return undefined;
}

const tooDeep = (source) => new SourceError([new Fault(source, 0, "yaml", "nested too deeply")]);

/** The members that `<<` brings in: those of a map, or of a list of maps. */
function mergedMaps(value, read, depth) {
  const node = read(value, depth + 1);
  return (node.items ?? [node]).flatMap((map) => map.members ?? []);
}

const sentence = (message) => message.replace(/^./, (sign) => sign.toLowerCase()).replace(/\.$/, "");
