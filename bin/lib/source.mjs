// The text of a configuration: JSON as it is, YAML and TOML converted, templates rendered. The core only ever sees JSON.
import fs from "node:fs";
import path from "node:path";
import { Failure } from "./errors.mjs";
import { Fault, SourceError } from "./faults.mjs";
import { byteOffsets, compose, locate } from "./pieces.mjs";

/** What the core reads of JSON, too. */
const MAX_SIZE = 32 * 1024 * 1024;

/**
 * Reads a configuration: `{ bytes, origin }`. The origin is there when the bytes aren't those of the file: `{ sources, pieces }`
 * leads back from the bytes to the files.
 */
export async function readSource(file, env = process.env) {
  const bytes = readBytes(file);
  const isTemplate = Boolean(env.FC_ENABLE);
  const format = formatOf((isTemplate && env.FC_OUT) || file);
  if (!isTemplate && format === "json") return { bytes };
  if (bytes.length > MAX_SIZE) throw new Failure(`${file} has ${Math.floor(bytes.length / 1e6)} MB; more than 32 MB are not read`);
  const text = decode(bytes, file);
  if (!isTemplate) {
    const source = { file, text };
    const converted = await convert(format, source);
    return { bytes: Buffer.from(converted.text), origin: { sources: [source], pieces: converted.pieces } };
  }
  const { render } = await import("./flexible/index.mjs");
  const rendered = render(file, text, env);
  if (env.FC_OUT) writeOut(env.FC_OUT, rendered.text);
  if (format === "json") return { bytes: Buffer.from(rendered.text), origin: rendered };
  const source = { file, text: rendered.text };
  const converted = await convert(format, source).catch((error) => {
    throw error instanceof SourceError ? backThrough(rendered, error, source) : error;
  });
  const pieces = compose(converted.pieces, rendered.pieces);
  return { bytes: Buffer.from(converted.text), origin: { sources: rendered.sources, pieces } };
}

/** By the name's ending, before that of a template; all others are JSON. */
function formatOf(file) {
  const ending = path.extname(file.replace(/\.tmpl$/, "")).toLowerCase();
  return { ".yaml": "yaml", ".yml": "yaml", ".toml": "toml" }[ending] ?? "json";
}

async function convert(format, source) {
  if (format === "yaml") return (await import("./formats/yaml.mjs")).fromYaml(source);
  return (await import("./formats/toml.mjs")).fromToml(source);
}

/** Mistakes in what a template wrote, at their places in the template. */
function backThrough({ sources, pieces }, { faults }, source) {
  const offset = byteOffsets(source.text);
  return new SourceError(
    faults.map((fault) => {
      const start = offset(fault.at);
      const [found, from] = locate(pieces, start, start + 1) ?? [0, 0];
      const { text, file } = sources[found];
      return new Fault({ file, text }, Buffer.from(text).subarray(0, from).toString().length, fault.code, fault.message);
    }),
  );
}

function decode(bytes, file) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Failure(`${file} is no UTF-8 text`);
  }
}

function writeOut(file, text) {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`FC_OUT names ${file}, which can't be written: ${error.message}`);
  }
}

function readBytes(file) {
  try {
    return fs.readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const reasons = { ENOENT: "doesn't exist", EISDIR: "is a folder", EACCES: "may not be read" };
    throw new Failure(`${file} ${reasons[error.code] ?? `can't be read: ${error.message}`}`);
  }
}
