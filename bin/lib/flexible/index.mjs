// Flexible configuration: renders a template as KrakenD does when FC_ENABLE is set.
//
//   FC_SETTINGS    a folder; each NAME.json in it is the variable .NAME
//   FC_TEMPLATES   a folder; each *.tmpl in it can be called by its file's name
//   FC_PARTIALS    a folder; `include "name"` writes a file of it as it is
import fs from "node:fs";
import path from "node:path";
import { codeOf, messageOf } from "../errors.mjs";
import { Fault, SourceError } from "../faults.mjs";
import { byteOffsets } from "../pieces.mjs";
import { execute } from "./evaluator.mjs";
import { TemplateFault } from "./fault.mjs";
import { functions, problem } from "./functions/index.mjs";
import { isEmpty, parse } from "./parser.mjs";
import { fromJson } from "./values.mjs";

/**
 * @typedef {import("../faults.mjs").Source} Source
 * @typedef {import("./evaluator.mjs").Templates} Templates
 * @typedef {import("./evaluator.mjs").Functions} Functions
 * @typedef {import("./values.mjs").Value} Value
 */

/**
 * Renders a template, and says which bytes of the text come from which bytes of which source.
 *
 * @param {string} file
 * @param {string} text
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ text: string } & import("../source.mjs").Origin}
 */
export function render(file, text, env) {
  const first = { file, text };
  /** @type {[Source, ...Source[]]} */
  const sources = [first];
  /** @type {Templates} */
  const templates = new Map();
  const main = path.basename(file);
  add(templates, first, main);
  for (const name of filesIn(env.FC_TEMPLATES, ".tmpl", "FC_TEMPLATES")) {
    const source = { file: name, text: fs.readFileSync(name, "utf8") };
    sources.push(source);
    add(templates, source, path.basename(name));
  }
  /** @type {Map<Source, (at: number) => number>} */
  const offsets = new Map();
  const offsetsIn = (/** @type {Source} */ source) => {
    const found = offsets.get(source) ?? byteOffsets(source.text);
    offsets.set(source, found);
    return found;
  };
  /** @type {import("../pieces.mjs").Piece[]} */
  const pieces = [];
  // An action that writes a partial as it is stands for that file.
  /** @type {Map<string, string>} */
  const partials = new Map();
  /** @type {import("./functions/index.mjs").ReadPartial} */
  const read = (partial, content) => {
    if (!partials.has(content)) sources.push({ file: partial, text: content });
    partials.set(content, partial);
  };
  let out = "";
  let size = 0;
  /** @type {import("./evaluator.mjs").Write} */
  const write = (chunk, from, start, end) => {
    if (chunk === "") return;
    const at = Math.max(0, sources.findIndex((source) => source.file === from));
    const source = sources[at] ?? first;
    const partial = partials.get(chunk);
    if (partial !== undefined && source.text.slice(start, end) !== chunk) {
      write(chunk, partial, 0, chunk.length);
      return;
    }
    const length = Buffer.byteLength(chunk);
    const offset = offsetsIn(source);
    pieces.push([size, size + length, at, offset(start), offset(end)]);
    size += length;
    out += chunk;
  };
  try {
    execute(templates, called(templates, main), settings(env.FC_SETTINGS), { functions: functions({ env, partials: env.FC_PARTIALS, read }), write });
  } catch (error) {
    throw located(error, sources);
  }
  return { text: out, sources, pieces };
}

/**
 * Renders a text on `data` with `more` functions beside the known ones: no files, no variables.
 *
 * @param {string} name
 * @param {string} text
 * @param {Value} data
 * @param {Functions} more
 */
export function renderText(name, text, data, more) {
  const source = { file: name, text };
  /** @type {Templates} */
  const templates = new Map();
  add(templates, source, name, (wanted) => (Object.hasOwn(more, wanted) ? undefined : problem(wanted)));
  let out = "";
  try {
    execute(templates, called(templates, name), data, { functions: { ...functions({ env: {} }), ...more }, write: (chunk) => (out += chunk) });
  } catch (error) {
    throw located(error, [source]);
  }
  return out;
}

/**
 * The template of a name that was added.
 *
 * @param {Templates} templates
 * @param {string} name
 */
function called(templates, name) {
  const found = templates.get(name);
  if (!found) throw new TypeError(`no template ${name} was added`);
  return found;
}

/**
 * Adds the templates of a source; what is empty replaces nothing.
 *
 * @param {Templates} templates
 * @param {Source} source
 * @param {string} name
 * @param {import("./parser.mjs").Has} has
 */
function add(templates, source, name, has = problem) {
  try {
    for (const [found, nodes] of parse(source.text, name, has)) {
      if (templates.has(found) && isEmpty(nodes)) continue;
      templates.set(found, { file: source.file, nodes });
    }
  } catch (error) {
    throw located(error, [source]);
  }
}

/**
 * A fault with its place, as users see it; any other error as it is.
 *
 * @param {unknown} error
 * @param {[Source, ...Source[]]} sources
 */
function located(error, sources) {
  if (!(error instanceof TemplateFault)) return error;
  const source = sources.find(({ file }) => file === error.file) ?? sources[0];
  return new SourceError([new Fault(source, error.at, "template", error.message)]);
}

/**
 * The variables: one for each file, named after it.
 *
 * @param {string | undefined} folder
 */
function settings(folder) {
  /** @type {Map<string, Value>} */
  const data = new Map();
  for (const name of filesIn(folder, ".json", "FC_SETTINGS")) {
    const text = fs.readFileSync(name, "utf8");
    const source = { file: name, text };
    /** @type {unknown} */
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const message = messageOf(error);
      const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
      throw new SourceError([new Fault(source, at, "settings", message.replace(/ \(line.*| in JSON.*/s, ""))]);
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new SourceError([new Fault(source, 0, "settings", "settings are a JSON object")]);
    }
    data.set(path.basename(name, ".json"), fromJson(value));
  }
  return data;
}

/**
 * The files of a folder with an ending, in order.
 *
 * @param {string | undefined} folder
 * @param {string} ending
 * @param {string} variable
 */
function filesIn(folder, ending, variable) {
  if (!folder) return [];
  try {
    const names = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
    return names.sort().map((name) => path.join(folder, name));
  } catch (error) {
    throw new SourceError([], `${variable} names ${folder}, which ${codeOf(error) === "ENOENT" ? "doesn't exist" : "isn't a folder that can be read"}`);
  }
}
