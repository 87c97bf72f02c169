#!/usr/bin/env node
// The `fjord` command.
import fs from "node:fs";
import { parseArgs } from "node:util";
import { commands } from "./lib/commands.mjs";
import { Failure, UsageError, codeOf, messageOf } from "./lib/errors.mjs";

const { version } = /** @type {{ version: string }} */ (JSON.parse(fs.readFileSync(new URL("../package.json", import.meta.url), "utf8")));

/**
 * What KrakenD's users try, and where to go instead.
 *
 * @type {Partial<Record<string, string>>}
 */
const HINTS = {
  validate: 'the command is "fjord check"',
  lint: 'the command is "fjord check --lint"',
  serve: 'the command is "fjord run"',
  start: 'the command is "fjord run"',
  deploy: 'the command is "npx wrangler deploy"',
  init: 'the command is "fjord new"',
  "check-plugin": "a Worker loads no Go plugins. Map each to a Worker (docs/leaving-go-plugins.md), or use Lua or CEL",
  "test-plugin": "a Worker loads no Go plugins. Map each to a Worker (docs/leaving-go-plugins.md), or use Lua or CEL",
};

const help = `fjord ${version}: answers requests as a KrakenD configuration describes it.

Usage: fjord COMMAND [options]

  new DIR                 make a folder with a gateway that runs
  run [FILE] [-p PORT]    serve a configuration on this machine
  check [FILE]            say what is wrong with a configuration, all at once
  audit [FILE]            say what is open, missing or too generous in it
  build [FILE] [-o DIR]   write the worker that serves it, ready for wrangler
  graph [FILE]            draw it: SVG, Mermaid or DOT
  openapi export [FILE]   describe it for its clients, as an OpenAPI document
  postman export [FILE]   make a Postman collection of it
  explain NAME            the documentation of an option or a namespace
  purge HOST              make a gateway forget answers that it has cached
  schema                  the JSON schema of the format, for editors
  completion SHELL        what completes commands and options in bash, zsh or fish
  version                 print the version
  help [COMMAND]          this text, or a command's

FILE is krakend.json of this folder, if none is given. "fjord COMMAND --help" lists a command's
options.`;

/** @param {string[]} args */
async function main([name, ...rest]) {
  if (name === undefined) throw new UsageError(help);
  if (name === "version" || name === "--version" || name === "-v") return console.log(`fjord ${version}`);
  if (name === "help" || name === "--help" || name === "-h") return console.log(rest[0] === undefined ? help : (await command(rest[0])).help);
  const chosen = await command(name);
  const { values, positionals } = parse(chosen.options, name, rest);
  if (values.help) return console.log(chosen.help);
  return chosen.execute(values, positionals);
}

/**
 * The module of a command.
 *
 * @param {string} name
 */
function command(name) {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return load();
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : '"fjord help" lists those it has';
  throw new UsageError(`fjord has no command "${name}": ${hint}`);
}

/**
 * @param {import("./lib/command.js").Options} own The options of the command.
 * @param {string} name
 * @param {string[]} args
 */
function parse(own, name, args) {
  /** @type {import("./lib/command.js").Options} */
  const options = { ...own, help: { type: "boolean", short: "h", default: false } };
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
