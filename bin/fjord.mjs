#!/usr/bin/env node
// The `fjord` command.
import fs from "node:fs";
import { parseArgs } from "node:util";
import { Failure, UsageError, codeOf, messageOf } from "./lib/errors.mjs";

const { version } = /** @type {{ version: string }} */ (JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8")));

/**
 * Each in a module of its own, which is loaded when it is asked for.
 *
 * @type {Partial<Record<string, () => Promise<Command>>>}
 * @typedef {import("./lib/command.js").Command} Command
 */
const commands = {
  new: () => import("./lib/new.mjs"),
  run: () => import("./lib/run.mjs"),
  check: () => import("./lib/check.mjs"),
  audit: () => import("./lib/audit.mjs"),
  build: () => import("./lib/build.mjs"),
  explain: () => import("./lib/explain.mjs"),
  schema: () => import("./lib/schema.mjs"),
};

const help = `fjord ${version}: answers requests as a KrakenD configuration describes it.

Usage: fjord COMMAND [options]

  new DIR                 make a folder with a gateway that runs
  run -c FILE [-p PORT]   serve a configuration on this machine
  check FILE              say what is wrong with a configuration, all at once
  audit FILE              say what is open, missing or too generous in it
  build FILE [-o DIR]     write the worker that serves it, ready for wrangler
  explain NAME            the documentation of an option or a namespace
  schema                  the JSON schema of the format, for editors
  version                 print the version
  help [COMMAND]          this text, or a command's

"fjord COMMAND --help" lists a command's options.`;

/** @param {string[]} args */
async function main([name, ...rest]) {
  if (name === undefined) throw new UsageError(help);
  if (name === "version" || name === "--version" || name === "-v") return console.log(`fjord ${version}`);
  if (name === "help" || name === "--help" || name === "-h") return console.log((await load(rest[0] ?? ""))?.help ?? help);
  const command = await load(name);
  if (!command) throw new UsageError(`fjord has no command "${name}": "fjord help" lists those it has`);
  const { values, positionals } = parse(command, name, rest);
  if (values.help) return console.log(command.help);
  return command.execute(values, positionals);
}

/**
 * The module of a command; undefined for any other name.
 *
 * @param {string} name
 */
function load(name) {
  return Object.hasOwn(commands, name) ? commands[name]?.() : undefined;
}

/**
 * @param {Command} command
 * @param {string} name
 * @param {string[]} args
 */
function parse(command, name, args) {
  /** @type {import("./lib/command.js").Options} */
  const options = { ...command.options, help: { type: "boolean", short: "h", default: false } };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    if (!codeOf(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
    throw new UsageError(`fjord ${name}: ${messageOf(error)}\n"fjord ${name} --help" lists the options`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = error.code;
}
