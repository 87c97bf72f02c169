// `fjord schema`: the format as a JSON schema.
import fs from "node:fs";
import path from "node:path";
import { buildDir, loadCore } from "./core.mjs";
import { UsageError } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {};

export const help = `fjord schema: prints the JSON schema of the format as Fjord reads it (draft-07).

Usage: fjord schema > krakend.schema.json

  -h, --help   this text

With "$schema": "./krakend.schema.json" as the first member of a configuration, an editor completes
options, shows what they do and what Fjord makes of them, and marks what is wrong.`;

/** The schema as a file of the package, for the `$schema` of configurations. */
export const schemaFile = path.join(buildDir, "krakend.schema.json");

/**
 * Writes that file, if it isn't there or is another version's.
 *
 * @param {import("./core.mjs").Core} core
 */
export function writeSchema(core) {
  const text = `${JSON.stringify(JSON.parse(core.schema()))}\n`;
  if (!fs.existsSync(schemaFile) || fs.readFileSync(schemaFile, "utf8") !== text) fs.writeFileSync(schemaFile, text);
}

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  if (positionals.length) throw new UsageError(`schema takes no arguments, not "${positionals[0]}"`);
  const core = await loadCore();
  console.log(JSON.stringify(JSON.parse(core.schema()), null, 2));
}
