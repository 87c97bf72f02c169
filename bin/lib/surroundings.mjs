// What is wrong around a configuration: in the Wrangler file beside it, and in the Worker's own entry module.
import fs from "node:fs";
import path from "node:path";
import { paint } from "./color.mjs";
import { annotation } from "./faults.mjs";

/** The Durable Object classes of the gateway. Whoever binds one exports it. */
const CLASSES = ["FjordLimits"];

/**
 * A finding about a whole file.
 *
 * @typedef {{ severity: "error" | "warning", code: string, file: string, message: string, help: string }} Surrounding
 */

/**
 * Wrangler reads one file, in this order: those that it leaves aside are named.
 *
 * @param {string[]} present
 * @returns {Surrounding[]}
 */
export function leftAside([first, ...others]) {
  return others.map((file) => ({
    severity: "warning",
    code: "wrangler-files",
    file,
    message: `Wrangler doesn't read ${file}, because there is ${first}`,
    help: `move what you need into ${first}, and delete ${file}`,
  }));
}

/**
 * Classes of the gateway that the Worker binds, and that its entry module doesn't export. An entry module that isn't there yet is
 * what `fjord build` writes.
 *
 * @param {string} folder
 * @param {unknown} main
 * @param {string[]} bound The classes of the Worker's own Durable Objects.
 * @returns {Surrounding[]}
 */
export function missingExports(folder, main, bound) {
  if (typeof main !== "string") return [];
  const file = path.resolve(folder, main);
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) return [];
  const text = fs.readFileSync(file, "utf8").replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const exported = (/** @type {string} */ name) => new RegExp(`export\\s*\\{[^}]*\\b${name}\\b|export\\s+class\\s+${name}\\b|export\\s*\\*\\s*from`).test(text);
  return CLASSES.filter((name) => bound.includes(name) && !exported(name)).map((name) => ({
    severity: "error",
    code: "missing-export",
    file: main,
    message: `${main} doesn't export the Durable Object class ${name}, which the Worker binds`,
    help: `export { ${name} } from "fjord";`,
  }));
}

/**
 * A Wrangler file under which the modules of Node aren't there, beside a configuration that needs them: no such worker starts.
 *
 * @param {string} file
 * @param {string} cause
 * @returns {Surrounding}
 */
export const withoutNode = (file, cause) => ({
  severity: "error",
  code: "no-node",
  file,
  message: `${cause} keeps the modules of Node out of the Worker: origins with client_tls, and those that are called over sockets, need node:crypto`,
  help: 'add "nodejs_compat" to compatibility_flags',
});

/**
 * As people read it.
 *
 * @param {Surrounding} finding
 * @param {boolean} color
 */
export function shown({ severity, code, file, message, help }, color) {
  const arrow = paint(color, "1;34", "-->");
  return `${paint(color, severity === "error" ? "1;31" : "1;33", `${severity}[${code}]`)}${paint(color, "1", `: ${message}`)}\n ${arrow} ${file}\n  = help: ${help}\n`;
}

/**
 * As an annotation for GitHub Actions.
 *
 * @param {Surrounding} finding
 */
export const annotated = ({ severity, code, file, message }) => annotation(severity, { file, line: 1, column: 1, code, message });

/**
 * As an entry of the report for programs.
 *
 * @param {Surrounding} finding
 * @returns {import("./core.mjs").Finding}
 */
export const entry = (finding) => ({ ...finding, path: "", line: 1, column: 1, related: [] });
