// Flexible configuration: renders a template as KrakenD does when FC_ENABLE is set. The core renders; here are the files.
//
//   FC_SETTINGS    a folder; each NAME.json in it is the variable .NAME
//   FC_TEMPLATES   a folder; each *.tmpl in it can be called by its file's name
//   FC_PARTIALS    a folder; `include "name"` writes a file of it as it is
import fs from "node:fs";
import path from "node:path";
import { codeOf } from "./errors.mjs";
import { Fault, SourceError } from "./faults.mjs";

/**
 * @typedef {import("../../src/edge/fjord.mjs").Core} Core
 * @typedef {import("./faults.mjs").Source} Source
 */

/**
 * What the core has made of a job: a text with its pieces, the name of a partial that it needs, or a mistake at a byte.
 *
 * @typedef {object} Outcome
 * @property {string} [text]
 * @property {import("./pieces.mjs").Piece[]} [pieces]
 * @property {string} [wants]
 * @property {{ list: "templates" | "settings", index: number, offset: number, message: string }} [fault]
 */

/**
 * A file that `include` asked for, and its text or why there is none.
 *
 * @typedef {{ name: string, file: string, text: { Ok: string } | { Err: string } }} Partial
 */

/**
 * Renders a template, and says which bytes of the text come from which bytes of which source.
 *
 * @param {Core} core
 * @param {string} file
 * @param {string} text
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ text: string } & import("./source.mjs").Origin}
 */
export function render(core, file, text, env) {
  const templates = [{ file, text }, ...sources(env.FC_TEMPLATES, ".tmpl", "FC_TEMPLATES")];
  const settings = sources(env.FC_SETTINGS, ".json", "FC_SETTINGS");
  /** @type {Partial[]} */
  const partials = [];
  const job = {
    templates: templates.map((source) => ({ name: path.basename(source.file), text: source.text })),
    settings: settings.map((source) => ({ name: path.basename(source.file, ".json"), text: source.text })),
    variables: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)),
  };
  for (;;) {
    const asked = { ...job, partials: partials.map(({ name, text: found }) => ({ name, text: found })) };
    const outcome = /** @type {Outcome} */ (JSON.parse(core.render_template(JSON.stringify(asked))));
    if (outcome.fault) throw located(outcome.fault, { templates, settings });
    if (outcome.wants === undefined) {
      const read = partials.map((partial) => ({ file: partial.file, text: "Ok" in partial.text ? partial.text.Ok : "" }));
      return { text: outcome.text ?? "", pieces: outcome.pieces ?? [], sources: [...templates, ...read] };
    }
    partials.push(readPartial(outcome.wants, env.FC_PARTIALS));
  }
}

/**
 * Renders the report of an audit by a template of the command line.
 *
 * @param {Core} core
 * @param {string} template
 * @param {unknown} report
 * @param {boolean} color
 */
export function renderReport(core, template, report, color) {
  const { text = "", fault } = /** @type {Outcome} */ (JSON.parse(core.render_report(template, JSON.stringify(report), color)));
  if (fault) throw located(fault, { templates: [{ file: "--format", text: template }], settings: [] });
  return text;
}

/**
 * A mistake as users see it.
 *
 * @param {NonNullable<Outcome["fault"]>} fault
 * @param {{ templates: Source[], settings: Source[] }} lists
 */
function located({ list, index, offset, message }, lists) {
  const source = lists[list][index] ?? { file: list, text: "" };
  const at = Buffer.from(source.text).subarray(0, offset).toString().length;
  return new SourceError([new Fault(source, at, list === "settings" ? "settings" : "template", message)]);
}

/**
 * @param {string} name As `include` has it.
 * @param {string | undefined} folder
 * @returns {Partial}
 */
function readPartial(name, folder) {
  const file = path.join(folder ?? "", name);
  try {
    return { name, file, text: { Ok: fs.readFileSync(file, "utf8") } };
  } catch (error) {
    const reason = codeOf(error) === "ENOENT" ? "doesn't exist" : "can't be read";
    return { name, file, text: { Err: `the partial ${file} ${reason}${folder ? "" : ": FC_PARTIALS names the folder"}` } };
  }
}

/**
 * The files of a folder with an ending, in order.
 *
 * @param {string | undefined} folder
 * @param {string} ending
 * @param {string} variable
 * @returns {Source[]}
 */
function sources(folder, ending, variable) {
  if (!folder) return [];
  try {
    const names = fs.readdirSync(folder).filter((name) => name.endsWith(ending));
    return names.sort().map((name) => path.join(folder, name)).map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
  } catch (error) {
    throw new SourceError([], `${variable} names ${folder}, which ${codeOf(error) === "ENOENT" ? "doesn't exist" : "isn't a folder that can be read"}`);
  }
}
