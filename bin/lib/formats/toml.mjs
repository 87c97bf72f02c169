// TOML.
import { ParseError, parseTOML } from "toml-eslint-parser";
import { Fault, SourceError } from "../faults.mjs";
import { emit } from "./emit.mjs";

/** JSON from TOML, with pieces that lead back. */
export function fromToml(source) {
  const [top] = parse(source).body;
  const root = { range: [0, 0], members: [] };
  for (const node of top.body) {
    if (node.type === "TOMLKeyValue") put(root, node);
    else table(root, node);
  }
  return emit(root, source);
}

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

const nameOf = (key) => (key.type === "TOMLBare" ? key.name : key.value);

/** The member of an object with this key, made if it isn't there. */
function member(object, key, keyRange, make) {
  let found = object.members.find((known) => known.key === key);
  if (!found) object.members.push((found = { key, keyRange, node: make() }));
  return found.node;
}

/** `[a.b]` and `[[a.b]]`: the way leads through the last item of each list. */
function table(root, { key, kind, body, range }) {
  const last = key.keys.length - 1;
  let here = root;
  key.keys.forEach((part, at) => {
    const isItem = at === last && kind === "array";
    const node = member(here, nameOf(part), part.range, () => (isItem ? { range: part.range, items: [] } : { range: part.range, members: [] }));
    if (isItem) node.items.push({ range, members: [] });
    here = node.items ? node.items.at(-1) : node;
  });
  for (const node of body) put(here, node);
}

/** `a.b = value` */
function put(object, { key, value }) {
  const parts = key.keys;
  let here = object;
  for (const part of parts.slice(0, -1)) here = member(here, nameOf(part), part.range, () => ({ range: part.range, members: [] }));
  const last = parts.at(-1);
  member(here, nameOf(last), last.range, () => read(value));
}

function read(node) {
  const { range } = node;
  if (node.type === "TOMLArray") return { range, items: node.elements.map(read) };
  if (node.type === "TOMLInlineTable") {
    const object = { range, members: [] };
    for (const inner of node.body) put(object, inner);
    return object;
  }
  if (node.kind === "integer") return { range, value: node.bigint };
  if (node.kind === "float") return { range, value: node.value, source: node.number };
  return { range, value: node.value instanceof Date ? node.datetime : node.value };
}
