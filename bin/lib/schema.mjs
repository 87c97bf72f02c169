// `fjord schema`: the format as a JSON schema.
import { loadCore } from "./core.mjs";
import { UsageError } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {};

export const help = `fjord schema: prints the JSON schema of the format as Fjord reads it (draft-07).

Usage: fjord schema > krakend.schema.json

  -h, --help   this text

With "$schema": "./krakend.schema.json" as the first member of a configuration, an editor completes
options, shows what they do and what Fjord makes of them, and marks what is wrong.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  if (positionals.length) throw new UsageError(`schema takes no arguments, not "${positionals[0]}"`);
  const core = await loadCore();
  console.log(JSON.stringify(JSON.parse(core.schema()), null, 2));
}
