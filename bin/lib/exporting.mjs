// What the commands that export a configuration have in common: `fjord openapi export`, `fjord postman export`.
import fs from "node:fs";
import { configFile } from "./arguments.mjs";
import { checkConfig, loadCore, readConfig, wantsColor } from "./core.mjs";
import { Failure, UsageError } from "./errors.mjs";

/**
 * Reads the configuration of a command, and writes what is made of it.
 *
 * @param {string} command
 * @param {{ config?: string, output?: string }} values
 * @param {string[]} positionals
 * @param {(config: unknown) => unknown} make
 */
export async function exportFrom(command, values, positionals, make) {
  const [action, ...rest] = positionals;
  if (action !== "export") throw new UsageError(`${command} needs "export": fjord ${command} export krakend.json`);
  const core = await loadCore();
  const config = await readConfig(core, configFile(`${command} export`, values, rest));
  const { ok, text } = checkConfig(config, { view: "lenient", color: wantsColor(process.stderr) });
  // What can't be read at all has nothing to export; endpoints with faults have.
  if (!ok) throw new Failure(text.trimEnd());
  const made = `${JSON.stringify(make(JSON.parse(config.text)), null, 2)}\n`;
  if (values.output === undefined) process.stdout.write(made);
  else fs.writeFileSync(values.output, made);
}
