// How results look: a line in the terminal, a table in docs/performance.md.
import fs from "node:fs";
import { Failure, at } from "../../scripts/lib.mjs";
import { cases } from "./cases.mjs";
import { PLAIN } from "./load.mjs";

/**
 * @typedef {import("./load.mjs").Measured} Measured
 * @typedef {import("./numbers.mjs").Spread} Spread
 */

export const NAME_WIDTH = 46;
const goals = new Map(cases.map((shape) => [shape.name, shape.goal]));

/** Who takes part, in the order of the columns. */
const SIDES = ["floor", "js", "js-safe", "hono", "fjord"];

const micro = (/** @type {number} */ value) => value.toFixed(value < 10 ? 1 : 0);
const times = (/** @type {Spread} */ { median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
const goal = (/** @type {string} */ name, /** @type {"js" | "floor" | "plain"} */ peer) => goals.get(name)?.[peer]?.toFixed(2) ?? "";

/**
 * The figures of one of those who take part.
 *
 * @param {Measured} measured
 * @param {string} name
 */
function side({ sides }, name) {
  const found = sides[name];
  if (found === undefined) throw new Failure(`nothing was measured of ${name}`);
  return found;
}

/**
 * The CPU time of one; nothing in results that are older than a peer.
 *
 * @param {Measured} measured
 * @param {string} name
 */
const time = ({ sides }, name) => (sides[name] === undefined ? "" : micro(sides[name].cpu.median));

/**
 * The CPU time of one as a ratio to that of another.
 *
 * @param {Measured} measured
 * @param {string} name
 * @param {string} base
 */
function ratio({ ratios }, name, base) {
  const found = ratios[name]?.[base];
  if (found === undefined) throw new Failure(`${name} wasn't compared with ${base}`);
  return found;
}

export const HEAD = `${"CPU µs per request".padEnd(NAME_WIDTH)} ${SIDES.map((name) => name.padStart(8)).join("")}   of js (quartiles)  goal  of floor           goal   p99 ms  of js`;

/**
 * One case in the terminal.
 *
 * @param {string} name
 * @param {import("./results.mjs").CaseResult} result
 */
export function line(name, result) {
  if ("skipped" in result) return `${name.padEnd(NAME_WIDTH)} skipped: ${result.skipped}`;
  const fjord = side(result, "fjord");
  const cells = SIDES.map((one) => time(result, one).padStart(8));
  const p99 = `${fjord.p99.toFixed(2).padStart(8)} ${(fjord.p99 / side(result, "js").p99).toFixed(2).padStart(6)}`;
  const against = /** @type {const} */ (["js", "floor"]).map((peer) => `${times(ratio(result, "fjord", peer)).padStart(18)} ${goal(name, peer).padStart(5)}`);
  const others = Object.keys(result.ratios).filter((one) => one !== "fjord" && one !== PLAIN);
  const plain = result.ratios[PLAIN] === undefined ? [] : [result];
  return [
    `${name.padEnd(NAME_WIDTH)} ${cells.join("")}  ${against.join(" ")} ${p99}`,
    ...plain.map((one) => `${`  without its extra_config`.padEnd(NAME_WIDTH)} ${micro(side(one, PLAIN).cpu.median).padStart(32)}  fjord is ${times(ratio(one, "fjord", PLAIN))} of it, goal ${goal(name, PLAIN)}`),
    ...others.map((one) => `${`  ${one}`.padEnd(NAME_WIDTH)} ${micro(side(result, one).cpu.median).padStart(28)}   ${times(ratio(result, one, "fjord"))} of fjord`),
  ].join("\n");
}

/**
 * One case as a row of Markdown.
 *
 * @param {string} name
 * @param {Measured & { crossings?: import("./crossings.mjs").Crossings }} result
 */
function row(name, result) {
  const [fjord, js] = [side(result, "fjord"), side(result, "js")];
  return [
    name,
    ...SIDES.map((one) => time(result, one)),
    `**${ratio(result, "fjord", "js").median.toFixed(2)}**`,
    ratio(result, "fjord", "floor").median.toFixed(2),
    `${Math.round(fjord.rate)} (${(fjord.rate / js.rate).toFixed(2)})`,
    `${fjord.p50.toFixed(2)} / ${fjord.p99.toFixed(2)} (${(fjord.p99 / js.p99).toFixed(2)})`,
    `${Math.round(fjord.memory)} (${(fjord.memory / js.memory).toFixed(2)})`,
    String(result.crossings?.total ?? ""),
  ];
}

/**
 * All of a run as Markdown.
 *
 * @param {import("./results.mjs").Results} results
 */
export function markdown({ date, machine, versions, cases: measured, startup, cold, wasm }) {
  const rows = Object.entries(measured).flatMap(([name, result]) => ("skipped" in result ? [] : [row(name, result)]));
  const head = ["work", ...SIDES, "of js", "of floor", "requests/s", "p50 / p99 ms", "MB", "calls"];
  const table = [head, head.map((_, index) => (index === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const starts = Object.entries(startup ?? {}).map(([count, { cpu }]) => `${cpu.median.toFixed(1)} ms of CPU with ${Number(count).toLocaleString("en")} endpoints`);
  const early = Object.entries(cold?.over ?? {}).map(([count, { first, hundred }]) => `${first.median.toFixed(1)} and ${hundred.median.toFixed(1)} ms with ${Number(count).toLocaleString("en")} endpoints`);
  const first = early.length > 0 ? ` The first request of an isolate and its first hundred take more CPU than \`js\` by ${early.join(", ")}.` : "";
  const modules = Object.entries(wasm).map(([name, { bytes, gzip }]) => `\`${name}\` ${(bytes / 1e6).toFixed(2)} MB (${(gzip / 1e6).toFixed(2)} compressed)`);
  const size = `The modules: ${modules.join(", ")}.`;
  return [
    `CPU µs per request on ${machine.cpu}, ${machine.cores} cores, workerd ${versions.workerd}, ${date} (Fjord ${versions.fjord}). In brackets: the ratio to \`js\`; \`calls\` go from the script into the core.`,
    "",
    ...table,
    ...(starts.length > 0 ? ["", `Start-up over an empty worker: ${starts.join(", ")}.${first} ${size}`] : []),
  ].join("\n");
}

/**
 * Fills the block of docs/performance.md.
 *
 * @param {import("./results.mjs").Results} results
 */
export function fillPage(results) {
  const file = at("docs/performance.md");
  const text = fs.readFileSync(file, "utf8");
  const block = /(<!-- bench:start -->)[^]*(<!-- bench:end -->)/;
  if (!block.test(text)) throw new Failure("docs/performance.md has no <!-- bench:start --> … <!-- bench:end -->");
  fs.writeFileSync(file, text.replace(block, (_, /** @type {string} */ start, /** @type {string} */ end) => `${start}\n${markdown(results)}\n${end}`));
}
