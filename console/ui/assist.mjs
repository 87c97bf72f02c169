// What may be written at a place of a configuration, and what an option means: from the schema, which is made of the registry.
import { syntaxTree } from "@codemirror/language";
import { h } from "./dom.mjs";

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [description]
 * @property {string | string[]} [type]
 * @property {unknown} [default]
 * @property {boolean} [deprecated]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema | boolean} [additionalProperties]
 * @property {Schema} [items]
 * @property {Schema[]} [allOf]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 * @property {Record<string, Schema>} [definitions]
 *
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 * @typedef {{ path: (string | number)[], node: SyntaxNode }} Place
 */

/** A schema that is asked for what is at a path. */
export class Knowledge {
  #root;

  /** @param {Schema} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * All schemas that apply at a path.
   *
   * @param {(string | number)[]} path
   */
  at(path) {
    let here = this.#spread([this.#root]);
    for (const label of path) {
      const next = here.flatMap((schema) => {
        if (typeof label === "number") return schema.items ?? [];
        const own = schema.properties?.[label];
        if (own !== undefined) return own;
        return typeof schema.additionalProperties === "object" ? schema.additionalProperties : [];
      });
      // What is beside a reference (its description) belongs to it.
      here = this.#spread(next);
    }
    return here;
  }

  /**
   * @param {Schema[]} schemas
   * @param {number} [depth]
   * @returns {Schema[]}
   */
  #spread(schemas, depth = 0) {
    if (depth > 8) return [];
    return schemas.flatMap((schema) => {
      const named = schema.$ref === undefined ? [] : [this.#root.definitions?.[schema.$ref.replace("#/definitions/", "")] ?? {}];
      return [schema, ...this.#spread([...named, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])], depth + 1)];
    });
  }
}

/** @param {string} text */
function plain(text) {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.replace(/^"|"$/g, "");
  }
}

/**
 * The path of a place in JSON: names and indices from the root.
 *
 * @param {EditorState} state
 * @param {SyntaxNode} node
 */
function jsonPath(state, node) {
  /** @type {(string | number)[]} */
  const path = [];
  for (let child = node, parent = child.parent; parent !== null; child = parent, parent = parent.parent) {
    if (parent.name === "Property" && child.name !== "PropertyName") {
      const name = parent.getChild("PropertyName");
      if (name !== null) path.unshift(plain(state.sliceDoc(name.from, name.to)));
    } else if (parent.name === "Array") path.unshift(0);
  }
  return path;
}

/**
 * The path of a line in YAML, by the indentation of the lines before it; without the line's own name.
 *
 * @param {EditorState} state
 * @param {number} number
 * @param {number} indent
 */
function yamlPath(state, number, indent) {
  /** @type {(string | number)[]} */
  const path = [];
  let left = indent;
  for (let at = number - 1; at > 0 && left > 0; at--) {
    const [, blanks = "", dashes = "", name] = /^(\s*)((?:-\s+)*)(?:["']?([^\s"'#][^"':]*)["']?\s*:)?/.exec(state.doc.line(at).text) ?? [];
    if (name === undefined && dashes === "") continue;
    const column = blanks.length + dashes.length;
    if (name !== undefined && column < left) {
      path.unshift(name);
      left = column;
      if (dashes !== "") {
        path.unshift(0);
        left = blanks.length;
      }
    } else if (dashes !== "" && blanks.length < left && column === left) {
      path.unshift(0);
      left = blanks.length;
    }
  }
  return path;
}

/** @param {Schema[]} schemas */
const described = (schemas) => schemas.find(({ description }) => description !== undefined)?.description;

/** @param {Schema[]} schemas */
function typeOf(schemas) {
  return [...new Set(schemas.flatMap(({ type }) => type ?? []))].join(" or ");
}

/**
 * What an option means, as an element.
 *
 * @param {string} name
 * @param {Schema[]} schemas
 */
function documentation(name, schemas) {
  const choices = schemas.flatMap((schema) => schema.enum ?? []);
  const [byDefault] = schemas.flatMap((schema) => ("default" in schema ? [schema.default] : []));
  return h(
    "div",
    { class: "doc" },
    h("p", { class: "doc-name" }, h("code", {}, name), ` ${typeOf(schemas)}`),
    h("p", {}, described(schemas) ?? "No description."),
    choices.length > 0 ? h("p", { class: "quiet" }, `One of ${choices.map((value) => JSON.stringify(value)).join(", ")}`) : null,
    byDefault !== undefined ? h("p", { class: "quiet" }, `Default: ${JSON.stringify(byDefault)}`) : null,
    schemas.some(({ deprecated }) => deprecated) ? h("p", { class: "quiet" }, "Without effect at the edge, or refused.") : null,
  );
}

/**
 * The value that a fresh option begins with.
 *
 * @param {Schema[]} schemas
 */
function start(schemas) {
  const [byDefault] = schemas.flatMap((schema) => ("default" in schema ? [schema.default] : []));
  if (byDefault !== undefined) return JSON.stringify(byDefault);
  const [first] = schemas.flatMap((schema) => schema.enum ?? []);
  if (first !== undefined) return JSON.stringify(first);
  const type = typeOf(schemas).split(" ")[0];
  return { array: "[]", object: "{}", boolean: "true", integer: "1", number: "1" }[type ?? ""] ?? (schemas.some(({ properties }) => properties) ? "{}" : '""');
}

/**
 * What may be written at the cursor.
 *
 * @param {Knowledge} knowledge
 * @param {boolean} isYaml
 * @returns {import("@codemirror/autocomplete").CompletionSource}
 */
export const completions = (knowledge, isYaml) => (context) => (isYaml ? inYaml(knowledge, context) : inJson(knowledge, context));

/**
 * @param {Knowledge} knowledge
 * @param {(string | number)[]} path
 * @param {string[]} present
 * @param {(name: string, schemas: Schema[]) => string} written
 * @returns {import("@codemirror/autocomplete").Completion[]}
 */
function names(knowledge, path, present, written) {
  const schemas = knowledge.at(path);
  const required = new Set(schemas.flatMap((schema) => schema.required ?? []));
  const found = [...new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)))].filter((name) => !present.includes(name));
  return found.map((name) => {
    const own = knowledge.at([...path, name]);
    const without = own.some(({ deprecated }) => deprecated);
    return {
      label: name,
      type: "property",
      detail: required.has(name) ? "required" : without ? "no effect" : typeOf(own),
      boost: required.has(name) ? 2 : without ? -2 : 0,
      apply: written(name, own),
      info: () => documentation(name, own),
    };
  });
}

/** @param {Schema[]} schemas */
function values(schemas) {
  const found = schemas.flatMap((schema) => schema.enum ?? ("const" in schema ? [schema.const] : schema.type === "boolean" ? [true, false] : []));
  return [...new Set(found)];
}

/**
 * @param {Knowledge} knowledge
 * @param {import("@codemirror/autocomplete").CompletionContext} context
 * @returns {import("@codemirror/autocomplete").CompletionResult | null}
 */
function inJson(knowledge, { state, pos, explicit }) {
  const node = syntaxTree(state).resolveInner(pos, -1);
  const object = node.name === "PropertyName" ? node.parent?.parent : node.name === "Object" || node.name === "{" ? (node.name === "{" ? node.parent : node) : node.name === "," ? node.parent : null;
  const text = state.sliceDoc(node.from, node.to);
  const path = jsonPath(state, node);
  if (node.name === "PropertyName" || (object?.name === "Object" && !/:\s*$/.test(state.sliceDoc(state.doc.lineAt(pos).from, pos)))) {
    const inName = node.name === "PropertyName";
    if (!inName && !explicit) return null;
    const owner = object ?? node;
    const present = owner.getChildren("Property").flatMap((property) => {
      const name = property.getChild("PropertyName");
      return name === null || (inName && name.from === node.from) ? [] : [plain(state.sliceDoc(name.from, name.to))];
    });
    const hasValue = inName && /^\s*:/.test(state.sliceDoc(node.to, node.to + 20));
    const written = (/** @type {string} */ name, /** @type {Schema[]} */ schemas) => (hasValue ? JSON.stringify(name) : `${JSON.stringify(name)}: ${start(schemas)}`);
    const options = names(knowledge, jsonPath(state, owner), present, written).map((option) => ({ ...option, label: inName ? `"${option.label}"` : option.label, displayLabel: option.label }));
    return { from: inName ? node.from : pos, to: inName ? node.to : pos, options, validFor: inName ? /^"[^"]*"?$/ : /^[\w-]*$/ };
  }
  const isValue = ["String", "True", "False", "Number", "Null"].includes(node.name);
  const before = /"((?:[^"\\]|\\.)*)"\s*:\s*$/.exec(state.sliceDoc(state.doc.lineAt(pos).from, isValue ? node.from : pos));
  const at = isValue ? path : before === null ? null : [...jsonPath(state, node), plain(`"${before[1]}"`)];
  if (at === null || (!isValue && !explicit)) return null;
  const options = values(knowledge.at(at)).map((value) => ({ label: JSON.stringify(value), displayLabel: String(value), type: "enum" }));
  return options.length === 0 ? null : { from: isValue ? node.from : pos, to: isValue ? node.to : pos, options, validFor: /^"?[\w/-]*"?$/, filter: text !== '""' };
}

/**
 * @param {Knowledge} knowledge
 * @param {import("@codemirror/autocomplete").CompletionContext} context
 * @returns {import("@codemirror/autocomplete").CompletionResult | null}
 */
function inYaml(knowledge, { state, pos, explicit }) {
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  const value = /^(\s*)((?:-\s+)*)([^\s"'#][^:]*):\s+(\S*)$/.exec(before);
  if (value !== null) {
    const [, blanks = "", dashes = "", name = "", typed = ""] = value;
    const options = values(knowledge.at([...yamlParent(state, line.number, blanks, dashes), name])).map((one) => ({ label: String(one), type: "enum" }));
    return options.length === 0 ? null : { from: pos - typed.length, options };
  }
  const [whole, blanks = "", dashes = "", typed = ""] = /^(\s*)((?:-\s+)*)([\w/$@-]*)$/.exec(before) ?? [];
  if (whole === undefined || (typed === "" && !explicit)) return null;
  const options = names(knowledge, yamlParent(state, line.number, blanks, dashes), [], (name, schemas) => {
    const begun = start(schemas);
    return begun === "[]" || begun === "{}" ? `${name}:` : `${name}: ${begun.replace(/^""$/, "")}`;
  });
  return { from: pos - typed.length, options, validFor: /^[\w/$@-]*$/ };
}

/**
 * @param {EditorState} state
 * @param {number} number
 * @param {string} blanks
 * @param {string} dashes
 */
function yamlParent(state, number, blanks, dashes) {
  if (dashes === "") return yamlPath(state, number, blanks.length);
  return [...yamlPath(state, number, blanks.length + 1), 0];
}

/**
 * What the option at a place means; null where nothing is.
 *
 * @param {Knowledge} knowledge
 * @param {EditorState} state
 * @param {number} pos
 * @param {boolean} isYaml
 */
export function meaning(knowledge, state, pos, isYaml) {
  /** @type {(string | number)[]} */
  let path;
  let [from, to] = [pos, pos];
  if (isYaml) {
    const line = state.doc.lineAt(pos);
    const [whole, blanks = "", dashes = "", name] = /^(\s*)((?:-\s+)*)([^\s"'#][^:]*):/.exec(line.text) ?? [];
    if (whole === undefined || name === undefined || pos > line.from + whole.length) return null;
    path = [...yamlParent(state, line.number, blanks, dashes), name];
    from = line.from + blanks.length + dashes.length;
    to = line.from + whole.length - 1;
  } else {
    const node = syntaxTree(state).resolveInner(pos, 1);
    if (node.name !== "PropertyName" || node.parent?.parent === null || node.parent?.parent === undefined) return null;
    path = [...jsonPath(state, node.parent.parent), plain(state.sliceDoc(node.from, node.to))];
    ({ from, to } = node);
  }
  const schemas = knowledge.at(path);
  return schemas.length === 0 ? null : { from, to, dom: documentation(String(path.at(-1)), schemas) };
}
