// The text of a configuration: JSON as it is, YAML and TOML converted, templates rendered. The core only ever sees JSON.
import fs from "node:fs";
import path from "node:path";
import { Failure, codeOf, messageOf } from "./errors.mjs";
import { Fault, SourceError } from "./faults.mjs";
import { byteOffsets, compose, locate } from "./pieces.mjs";

/** What the core reads of JSON, too. */
const MAX_SIZE = 8 << 20;

/**
 * What leads back from the bytes of a configuration to the files that it was made from.
 *
 * @typedef {{ sources: import("./faults.mjs").Source[], pieces: import("./pieces.mjs").Piece[] }} Origin
 */

/**
 * A text made from a source, and where its bytes come from.
 *
 * @typedef {{ text: string, pieces: import("./pieces.mjs").Piece[] }} Converted
 */

/**
 * Reads a configuration. It has an origin when the bytes aren't those of the file.
 *
 * @param {import("../../src/edge/fjord.mjs").Core} core What renders templates.
 * @param {string} file
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {Promise<{ bytes: Buffer, origin?: Origin }>}
 */
export async function readSource(core, file, variables = process.env) {
  const env = templateEnvironment(file, variables);
  const bytes = readBytes(file);
  const isTemplate = Boolean(env.FC_ENABLE);
  const format = formatOf((isTemplate && env.FC_OUT) || file);
  if (!isTemplate && format === "json") {
    if (file.endsWith(".tmpl")) refuseTemplate(file, decode(bytes, file));
    return { bytes };
  }
  if (bytes.length > MAX_SIZE) throw new Failure(`${file} has ${Math.ceil(bytes.length / (1 << 20))} MB; more than ${MAX_SIZE >> 20} MB aren't read`);
  const text = decode(bytes, file);
  if (!isTemplate) {
    const source = { file, text };
    const converted = await convert(format, source);
    return { bytes: Buffer.from(converted.text), origin: { sources: [source], pieces: converted.pieces } };
  }
  const { render } = await import("./flexible.mjs");
  const rendered = render(core, file, text, env);
  if (env.FC_OUT) writeOut(env.FC_OUT, rendered.text);
  if (format === "json") return { bytes: Buffer.from(rendered.text), origin: rendered };
  const source = { file, text: rendered.text };
  try {
    const converted = await convert(format, source);
    const pieces = compose(converted.pieces, rendered.pieces);
    return { bytes: Buffer.from(converted.text), origin: { sources: rendered.sources, pieces } };
  } catch (error) {
    throw error instanceof SourceError ? backThrough(rendered, error, source) : error;
  }
}

/**
 * The value of a configuration's JSON; undefined if it can't be read.
 *
 * @param {string} text
 */
export function parsed(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Says the one thing that is wrong with a template that isn't to be rendered.
 *
 * @param {string} file
 * @param {string} text
 */
function refuseTemplate(file, text) {
  const at = text.indexOf("{{");
  if (at < 0) return;
  const message = "this is a template: set FC_ENABLE=1 to have it rendered (FC_TEMPLATES, FC_PARTIALS and FC_SETTINGS name its folders)";
  throw new SourceError([new Fault({ file, text }, at, "template", message)]);
}

/** A file of this name is a template without `FC_ENABLE`, too: `fjord new --from` makes it, and npm scripts set no variables on Windows. */
const TEMPLATE = "krakend.tmpl";

/** The variables that name a template's folders, and what the folders beside `krakend.tmpl` are called. */
export const TEMPLATE_FOLDERS = Object.entries({ FC_SETTINGS: "settings", FC_TEMPLATES: "templates", FC_PARTIALS: "partials" });

/**
 * The variables of templates. Those of `krakend.tmpl` have defaults: the folders `settings`, `templates` and `partials` beside it.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function templateEnvironment(file, env) {
  if (env.FC_ENABLE || path.basename(file) !== TEMPLATE) return env;
  /** @type {NodeJS.ProcessEnv} */
  const found = { ...env, FC_ENABLE: "1" };
  for (const [variable, name] of TEMPLATE_FOLDERS) {
    const folder = path.join(path.dirname(file), name);
    if (env[variable] === undefined && fs.existsSync(folder)) found[variable] = folder;
  }
  return found;
}

/** @type {Partial<Record<string, "yaml" | "toml">>} */
const FORMATS = { ".yaml": "yaml", ".yml": "yaml", ".toml": "toml" };

/**
 * By the name's ending, before that of a template; all others are JSON.
 *
 * @param {string} file
 */
function formatOf(file) {
  const ending = path.extname(file.replace(/\.tmpl$/, "")).toLowerCase();
  return FORMATS[ending] ?? "json";
}

/**
 * @param {string} format "yaml" or "toml"
 * @param {import("./faults.mjs").Source} source
 * @returns {Promise<Converted>}
 */
async function convert(format, source) {
  if (format === "yaml") return (await import("./formats/yaml.mjs")).fromYaml(source);
  return (await import("./formats/toml.mjs")).fromToml(source);
}

/**
 * Mistakes in what a template wrote, at their places in the template.
 *
 * @param {Origin} origin
 * @param {SourceError} error
 * @param {import("./faults.mjs").Source} source
 */
function backThrough({ sources, pieces }, { faults }, source) {
  const offset = byteOffsets(source.text);
  return new SourceError(
    faults.map((fault) => {
      const start = offset(fault.at);
      const [found, from] = locate(pieces, start, start + 1) ?? [0, 0];
      const { text, file } = sources[found] ?? source;
      return new Fault({ file, text }, Buffer.from(text).subarray(0, from).toString().length, fault.code, fault.message);
    }),
  );
}

/**
 * @param {Buffer} bytes
 * @param {string} file
 */
function decode(bytes, file) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${file} isn't UTF-8 text`);
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function writeOut(file, text) {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`FC_OUT names ${file}, which can't be written: ${messageOf(error)}`);
  }
}

/** @type {Partial<Record<string, string>>} */
const REASONS = { ENOENT: "doesn't exist", EISDIR: "is a folder", EACCES: "may not be read" };

/** @param {string} file */
function readBytes(file) {
  try {
    return fs.readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    throw new Failure(`${file} ${REASONS[codeOf(error) ?? ""] ?? `can't be read: ${messageOf(error)}`}`);
  }
}
