// The calls of a request over time.
import { h } from "./dom.mjs";

const NS = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function s(tag, attributes, text) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * A round step for about five marks.
 *
 * @param {number} total
 */
function stepOf(total) {
  const rough = total / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

/** @param {import("../messages.js").Call} call */
const outcome = ({ status, error }) => (status === null ? error : String(status));

/**
 * @param {import("../messages.js").Answer} answer
 */
export function waterfall({ calls, took, status }) {
  const total = Math.max(1, took, ...calls.map(({ end }) => end));
  const [left, width, row] = [250, 620, 30];
  const height = row * (calls.length + 1) + 34;
  const x = (/** @type {number} */ ms) => left + (ms / total) * (width - 70);
  const picture = s("svg", { viewBox: `0 0 ${left + width} ${height}`, class: "waterfall", "aria-hidden": "true" });
  const step = stepOf(total);
  for (let mark = 0; mark <= total; mark += step) {
    picture.append(s("line", { x1: x(mark), x2: x(mark), y1: 20, y2: height - 6, class: "grid" }), s("text", { x: x(mark), y: 12, class: "tick" }, `${Math.round(mark * 100) / 100} ms`));
  }
  const bar = (/** @type {number} */ at, /** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ kind, /** @type {string} */ label) => {
    const y = 26 + at * row;
    const shown = name.length > 34 ? `…${name.slice(-33)}` : name;
    picture.append(s("text", { x: 0, y: y + 15, class: "who" }, shown), s("rect", { x: x(from), y: y + 2, width: Math.max(3, x(to) - x(from)), height: 18, rx: 4, class: kind }));
    picture.append(s("text", { x: Math.min(x(to) + 6, left + width - 66), y: y + 15, class: "what" }, label));
  };
  calls.forEach((call, index) => {
    const { pathname } = new URL(call.url);
    bar(index, `${call.method} ${pathname}`, call.start, call.end, call.status === null ? "call failed" : "call", outcome(call));
  });
  bar(calls.length, "answer", 0, took, "whole", `${status}`);
  const rows = calls.map((call) => h("tr", {}, h("td", {}, `${call.method} ${call.url}`), h("td", {}, `${call.start} ms`), h("td", {}, `${call.end - call.start} ms`), h("td", {}, outcome(call))));
  return h(
    "div",
    {},
    h("div", { class: "scroll" }, picture),
    h("table", { class: "hidden" }, h("caption", {}, "Calls"), h("tr", {}, ...["Call", "Start", "Time", "Outcome"].map((text) => h("th", { scope: "col" }, text))), ...rows),
  );
}
