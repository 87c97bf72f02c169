// `fjord audit`: judges a configuration that is valid.
import fs from "node:fs";
import { configFile } from "./arguments.mjs";
import { audit } from "./ask.mjs";
import { checkConfig, loadCore, readConfig, wantsColor } from "./core.mjs";
import { Failure, UsageError, codeOf, messageOf } from "./errors.mjs";
import { renderReport } from "./flexible.mjs";

const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  severity: { type: "string", short: "s", multiple: true, default: [] },
  ignore: { type: "string", short: "i", multiple: true, default: [] },
  "ignore-file": { type: "string", short: "I" },
  format: { type: "string", short: "f", default: "text" },
};

/**
 * @typedef {object} Recommendation
 * @property {string} rule
 * @property {string} severity
 * @property {string} message
 * @property {string} file
 * @property {string} path
 * @property {number} line
 * @property {number} column
 * @property {string} help
 */

/** @typedef {{ file: string, recommendations: Recommendation[] }} Report */

export const help = `fjord audit: says what is open, missing or too generous in a configuration that is valid.

Usage: fjord audit [[-c] FILE] [options]

  -c, --config FILE       the configuration; default: krakend.json in this folder
  -s, --severity LIST     only these: CRITICAL,HIGH,MEDIUM,LOW (default: all)
  -i, --ignore LIST       rules to leave out: 2.1.2,5.2; 5.2 means all that begin with it
  -I, --ignore-file FILE  the same from a file, separated by lines or commas; # starts a comment
  -f, --format FORMAT     text for people (default), json for programs, or a Go template such as
                          '{{ range .Recommendations }}{{ .Rule }} {{ .Message }}{{ end }}';
                          also .Severity .File .Line .Column .Path .Help, colored and marshal
  -h, --help              this text

The rules 1 to 7 are KrakenD's; those that begin with 9 are for the edge: secrets in the bundle,
origins that can't be reached, bindings that the Wrangler file lacks, the platform's limits.

Exit code: 0 when nothing was found, 1 when something was, 2 when the command line is wrong.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const file = configFile("audit", values, positionals);
  const { format } = values;
  if (!["text", "json"].includes(format) && !format.includes("{{")) {
    throw new UsageError(`--format ${format}: expected text, json or a Go template`);
  }
  const severities = items(values.severity).map((name) => name.toUpperCase());
  const odd = severities.find((name) => !SEVERITIES.includes(name));
  if (odd !== undefined) throw new UsageError(`--severity ${odd}: expected ${SEVERITIES.join(", ")}`);
  const ignore = [...items(values.ignore), ...(values["ignore-file"] === undefined ? [] : ignoreFile(values["ignore-file"]))];
  const core = await loadCore();
  const config = await readConfig(core, file);
  const color = format === "text" && wantsColor(process.stdout);
  const report = audit(config, { text: format === "text", color, severities, ignore });
  // What can't be read has no rules to break: the check says why.
  if (report === undefined) throw new Failure(checkConfig(config, { color: wantsColor(process.stderr) }).text.trimEnd());
  if ("text" in report) {
    console.log(report.text.trimEnd() || "Nothing found.");
    process.exitCode = report.text === "" ? 0 : 1;
    return;
  }
  if (format === "json") console.log(JSON.stringify(report, null, 2));
  else process.stdout.write(templated(core, format, report));
  process.exitCode = report.recommendations.length ? 1 : 0;
}

/**
 * The findings in a form of the user's own. A template sees the fields as KrakenD's has them, `marshal` writes them as json does.
 *
 * @param {import("../../src/edge/fjord.mjs").Core} core
 * @param {string} format
 * @param {Report} report
 */
function templated(core, format, report) {
  try {
    return renderReport(core, format, report, wantsColor(process.stdout));
  } catch (error) {
    // The template is part of the command line.
    throw error instanceof Failure ? Object.assign(error, { code: 2 }) : error;
  }
}

/**
 * The items of lists that are separated by commas or blanks.
 *
 * @param {string[]} lists
 */
const items = (lists) => lists.flatMap((list) => list.split(/[\s,]+/)).filter(Boolean);

/** @param {string} name */
function ignoreFile(name) {
  try {
    return items([fs.readFileSync(name, "utf8").replace(/#.*/g, "")]);
  } catch (error) {
    throw new UsageError(`--ignore-file ${name}: ${codeOf(error) === "ENOENT" ? "no such file" : messageOf(error)}`);
  }
}
