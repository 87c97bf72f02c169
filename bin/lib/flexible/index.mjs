// Flexible configuration: renders a template as KrakenD does when FC_ENABLE is set.
//
//   FC_SETTINGS    a folder; each NAME.json in it is the variable .NAME
//   FC_TEMPLATES   a folder; each *.tmpl in it can be called by its file's name
//   FC_PARTIALS    a folder; `include "name"` writes a file of it as it is
import fs from "node:fs";
import path from "node:path";
import { Fault, SourceError } from "../faults.mjs";
import { byteOffsets } from "../pieces.mjs";
import { execute } from "./evaluator.mjs";
import { TemplateFault } from "./fault.mjs";
import { functions, problem } from "./functions/index.mjs";
import { isEmpty, parse } from "./parser.mjs";
import { fromJson } from "./values.mjs";

/**
 * Renders the template `text` of the file `file`: `{ text, sources, pieces }`. A piece says which bytes of the text come from
 * which bytes of which source.
 */
export function render(file, text, env) {
  const sources = [{ file, text }];
  const templates = new Map();
  const main = path.basename(file);
  add(templates, sources[0], main);
  for (const name of filesIn(env.FC_TEMPLATES, ".tmpl", "FC_TEMPLATES")) {
    const source = { file: name, text: fs.readFileSync(name, "utf8") };
    sources.push(source);
    add(templates, source, path.basename(name));
  }
  const offsets = new Map();
  const pieces = [];
  // An action that writes a partial as it is stands for that file.
  const partials = new Map();
  const read = (partial, content) => {
    if (!partials.has(content)) sources.push({ file: partial, text: content });
    partials.set(content, partial);
  };
  let out = "";
  let size = 0;
  const write = (chunk, from, start, end) => {
    if (chunk === "") return;
    const at = sources.findIndex((source) => source.file === from);
    const partial = partials.get(chunk);
    if (partial !== undefined && sources[at].text.slice(start, end) !== chunk) return write(chunk, partial, 0, chunk.length);
    if (!offsets.has(at)) offsets.set(at, byteOffsets(sources[at].text));
    const length = Buffer.byteLength(chunk);
    pieces.push([size, size + length, at, offsets.get(at)(start), offsets.get(at)(end)]);
    size += length;
    out += chunk;
  };
  try {
    execute(templates, main, settings(env.FC_SETTINGS), { functions: functions({ env, partials: env.FC_PARTIALS, read }), write });
  } catch (error) {
    throw located(error, sources);
  }
  return { text: out, sources, pieces };
}

/** Renders a text on `data` with `more` functions beside the known ones: no files, no variables. */
export function renderText(name, text, data, more) {
  const source = { file: name, text };
  const templates = new Map();
  add(templates, source, name, (called) => (called in more ? undefined : problem(called)));
  let out = "";
  try {
    execute(templates, name, data, { functions: { ...functions({ env: {} }), ...more }, write: (chunk) => (out += chunk) });
  } catch (error) {
    throw located(error, [source]);
  }
  return out;
}

/** Adds the templates of a source; what is empty replaces nothing. */
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

function located(error, sources) {
  if (!(error instanceof TemplateFault)) return error;
  const source = sources.find(({ file }) => file === error.file) ?? sources[0];
  return new SourceError([new Fault(source, error.at, "template", error.message)]);
}

/** The variables: one for each file, named after it. */
function settings(folder) {
  const data = new Map();
  for (const name of filesIn(folder, ".json", "FC_SETTINGS")) {
    const text = fs.readFileSync(name, "utf8");
    const source = { file: name, text };
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const at = Number(/at position (\d+)/.exec(error.message)?.[1] ?? text.length);
      throw new SourceError([new Fault(source, at, "settings", error.message.replace(/ \(line.*| in JSON.*/s, ""))]);
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new SourceError([new Fault(source, 0, "settings", "settings are a JSON object")]);
    }
    data.set(path.basename(name, ".json"), fromJson(value));
  }
  return data;
}

/** The files of a folder with an ending, in order. */
function filesIn(folder, ending, variable) {
  if (!folder) return [];
  try {
    const names = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
    return names.sort().map((name) => path.join(folder, name));
  } catch (error) {
    throw new SourceError([], `${variable} names ${folder}, which ${error.code === "ENOENT" ? "doesn't exist" : "is no folder that can be read"}`);
  }
}
