// What is wrong with the configuration, and what the audit says of it.
import { fill, h } from "./dom.mjs";
import { state } from "./state.mjs";

const ORDER = ["error", "warning", "note"];
const LEVELS = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];

/** @typedef {(file: string, line: number, column: number) => void} Show */

/**
 * @param {{ severity: string, label: string, message: string, code: string, file: string, line: number, column: number, help: string | null, related?: { line: number, column: number, message: string }[] }} finding
 * @param {Show} show
 */
const item = ({ severity, label, message, code, file, line, column, help, related = [] }, show) =>
  h(
    "li",
    { class: `finding ${severity}` },
    h(
      "button",
      { type: "button", onclick: () => show(file, line, column) },
      h("span", { class: "mark" }, label),
      h("span", { class: "message" }, message),
      h("span", { class: "where" }, `${file}:${line}:${column}`, " ", h("span", { class: "code" }, code)),
    ),
    help ? h("p", { class: "help" }, help) : null,
    related.length === 0
      ? null
      : h("p", { class: "help" }, ...related.flatMap((place, index) => [index > 0 ? ", " : "", h("button", { type: "button", class: "link", onclick: () => show(file, place.line, place.column) }, `${place.line}:${place.column} ${place.message}`)])),
  );

/**
 * @param {Element} place
 * @param {Show} show
 */
export function showFindings(place, show) {
  const { opinion } = state;
  if (opinion === null) return fill(place, h("p", { class: "quiet" }, "Nothing is read yet."));
  const findings = opinion.findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const audit = opinion.recommendations.toSorted((a, b) => LEVELS.indexOf(a.severity) - LEVELS.indexOf(b.severity));
  const counted = ORDER.map((name) => [name, findings.filter(({ severity }) => severity === name).length]).filter(([, count]) => count !== 0);
  fill(
    place,
    h("h2", {}, "Check"),
    h("p", { class: "summary" }, counted.length === 0 ? "Nothing to say: this can be served" : counted.map(([name, count]) => `${count} ${name}${count === 1 ? "" : "s"}`).join(", "), ". The same as ", h("code", {}, "fjord check"), "."),
    h("ul", { class: "list" }, ...findings.map((one) => item({ ...one, label: one.severity }, show))),
    h("h2", {}, "Audit"),
    opinion.json === null
      ? h("p", { class: "summary" }, "The audit comes when the configuration can be read.")
      : h("p", { class: "summary" }, audit.length === 0 ? "Nothing found." : `${audit.length} recommendation${audit.length === 1 ? "" : "s"}. The same as `, audit.length === 0 ? null : h("code", {}, "fjord audit"), audit.length === 0 ? null : "."),
    h("ul", { class: "list" }, ...audit.map((one) => item({ ...one, severity: one.severity.toLowerCase(), label: one.severity.toLowerCase(), code: one.rule }, show))),
  );
}
