// `fjord check`: says what is wrong with a configuration, all at once.
import fs from "node:fs";
import { configFile } from "./arguments.mjs";
import { checkConfig, loadCore, readConfig, variablesOf, wantsColor } from "./core.mjs";
import { UsageError, codeOf, messageOf } from "./errors.mjs";
import { SourceError } from "./faults.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  debug: { type: "boolean", short: "d", multiple: true, default: [] },
  indent: { type: "string", short: "i", default: "\t" },
  "test-gin-routes": { type: "boolean", short: "t", default: false },
  lint: { type: "boolean", short: "l", default: false },
  "lint-no-network": { type: "boolean", short: "n", default: false },
  "lint-custom-schema": { type: "string", short: "s" },
  format: { type: "string", default: "text" },
  lenient: { type: "boolean", default: false },
};

export const help = `fjord check: says what is wrong with a configuration, all at once.

Usage: fjord check [-dtl] [[-c] FILE] [options]

  -c, --config FILE       the configuration: JSON, YAML, TOML or a template; - reads standard
                          input; default: krakend.json in this folder
  -d, --debug             show endpoints and backends, and what a request costs the worker;
                          -dd shows their options, -ddd the service's
  -i, --indent TEXT       what indents the lines of -d (default: a tab)
  -t, --test-gin-routes   accepted as KrakenD's: conflicting routes are always looked for
  -l, --lint              whatever is wrong is an error; without it only what "fjord run" doesn't
                          serve is one. -n (--lint-no-network) is the same: nothing is fetched
  -s, --lint-custom-schema FILE   the same, with a JSON schema that the configuration must fit, too
      --format FORMAT     text for people (default), json for programs, github for annotations
      --lenient           says what "fjord run --lenient" would leave out or close
  -h, --help              this text

Exit code: 0 when it can be served, 1 when it can't, 2 when the command line is wrong.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const file = configFile("check", values, positionals);
  if (!["text", "json", "github"].includes(values.format)) {
    throw new UsageError(`--format ${values.format}: expected text, json or github`);
  }
  const core = await loadCore();
  let config;
  try {
    config = await readConfig(core, file);
  } catch (error) {
    if (!(error instanceof SourceError) || values.format === "text") throw error;
    return unreadable(file, error, values.format);
  }
  const color = values.format === "text" && wantsColor(process.stdout);
  const costs = values.format === "json" || values.debug.length > 0;
  const schema = customSchema(values["lint-custom-schema"]);
  const lints = values.lint || values["lint-no-network"] || schema !== undefined;
  const view = values.lenient ? "lenient" : lints ? "lint" : "run";
  const { ok, text, github, report } = checkConfig(config, { view, color, costs, schema });
  if (values.format === "json") {
    console.log(JSON.stringify(report, null, 2));
  } else if (values.format === "github") {
    if (github) console.log(github.trimEnd());
  } else {
    if (text) console.log(text.trimEnd());
    if (ok && values.debug.length > 0) {
      const { tree } = await import("./tree.mjs");
      console.log(tree(config.text, { level: values.debug.length, indent: values.indent, color, costs: report.costs, variables: variablesOf(config) }));
    }
    if (ok) console.log("Syntax OK!");
  }
  process.exitCode = ok ? 0 : 1;
}

/**
 * The schema of the user's own.
 *
 * @param {string | undefined} file
 */
function customSchema(file) {
  if (file === undefined) return undefined;
  try {
    return { file, text: fs.readFileSync(file, "utf8") };
  } catch (error) {
    throw new UsageError(`--lint-custom-schema ${file}: ${codeOf(error) === "ENOENT" ? "no such file" : messageOf(error)}`);
  }
}

/**
 * The report on a text that isn't a configuration yet.
 *
 * @param {string} file
 * @param {SourceError} error
 * @param {string} format
 */
function unreadable(file, { faults, message }, format) {
  const diagnostics = faults.map(({ entry }) => entry);
  if (format === "json") console.log(JSON.stringify({ file, diagnostics }, null, 2));
  else console.log(faults.map(({ annotation }) => annotation).join("\n"));
  if (faults.length === 0) console.error(message);
  process.exitCode = 1;
}
