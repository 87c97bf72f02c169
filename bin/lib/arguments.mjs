// What several commands read from their command line in the same way.
import fs from "node:fs";
import { UsageError } from "./errors.mjs";

/** The configurations that a command looks for in the current folder when it is given none. */
export const DEFAULT_FILES = ["krakend.json", "krakend.yaml", "krakend.yml", "krakend.toml", "krakend.tmpl"];

/**
 * The configuration that a command is about: `-c FILE`, FILE, or the one in the current folder.
 *
 * @param {string} command
 * @param {{ config?: string }} values
 * @param {string[]} positionals
 */
export function configFile(command, { config }, positionals) {
  const [file = DEFAULT_FILES.find((name) => fs.existsSync(name)), ...more] = [...(config === undefined ? [] : [config]), ...positionals];
  if (more.length > 0) throw new UsageError(`${command} needs one configuration, not ${more.length + 1}: fjord ${command} -c FILE`);
  if (!file) throw new UsageError(`${command} needs one configuration: fjord ${command} -c FILE (there is no krakend.json in this folder)`);
  return file;
}
