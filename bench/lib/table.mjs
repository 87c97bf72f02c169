// How results look: a line in the terminal, a table in the README.
import fs from "node:fs";
import { Failure, at } from "../../scripts/lib.mjs";
import { cases } from "./cases.mjs";

export const NAME_WIDTH = 32;
const goals = new Map(cases.map(({ name, goal }) => [name, goal]));

const micro = (value) => value.toFixed(value < 10 ? 1 : 0);
const times = ({ median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
const goal = (name, peer) => goals.get(name)?.[peer]?.toFixed(2) ?? "";

export const HEAD = `${"CPU µs per request".padEnd(NAME_WIDTH)} ${["floor", "js", "js-safe", "fjord"].map((name) => name.padStart(8)).join("")}   of js (quartiles)  goal  of floor           goal   p99 ms  of js`;

/** One case in the terminal. */
export function line(name, { skipped, sides, ratios }) {
  if (skipped !== undefined) return `${name.padEnd(NAME_WIDTH)} skipped: ${skipped}`;
  const { js, floor } = ratios.fjord;
  const cells = ["floor", "js", "js-safe", "fjord"].map((side) => micro(sides[side].cpu.median).padStart(8));
  const p99 = `${sides.fjord.p99.toFixed(2).padStart(8)} ${(sides.fjord.p99 / sides.js.p99).toFixed(2).padStart(6)}`;
  const against = `${times(js).padStart(18)} ${goal(name, "js").padStart(5)} ${times(floor).padStart(18)} ${goal(name, "floor").padStart(5)}`;
  const others = Object.entries(ratios).filter(([side]) => side !== "fjord");
  return [
    `${name.padEnd(NAME_WIDTH)} ${cells.join("")}  ${against} ${p99}`,
    ...others.map(([side, { fjord }]) => `${`  ${side}`.padEnd(NAME_WIDTH)} ${micro(sides[side].cpu.median).padStart(28)}   ${times(fjord)} of fjord`),
  ].join("\n");
}

/** All of a run as Markdown. */
export function markdown({ date, machine, versions, cases, startup, wasm }) {
  const rows = Object.entries(cases)
    .filter(([, { skipped }]) => skipped === undefined)
    .map(([name, { sides, ratios, crossings }]) => {
      const { js, floor } = ratios.fjord;
      const cpu = ["floor", "js", "js-safe", "fjord"].map((side) => micro(sides[side].cpu.median));
      const others = [
        `${Math.round(sides.fjord.rate)} (${(sides.fjord.rate / sides.js.rate).toFixed(2)})`,
        `${sides.fjord.p50.toFixed(2)} / ${sides.fjord.p99.toFixed(2)} (${(sides.fjord.p99 / sides.js.p99).toFixed(2)})`,
        `${Math.round(sides.fjord.memory)} (${(sides.fjord.memory / sides.js.memory).toFixed(2)})`,
        crossings?.total ?? "",
      ];
      return [name, ...cpu, `**${js.median.toFixed(2)}**`, floor.median.toFixed(2), ...others];
    });
  const head = ["work", "floor", "js", "js-safe", "fjord", "of js", "of floor", "requests/s", "p50 / p99 ms", "MB", "calls"];
  const table = [head, head.map((_, index) => (index === 0 ? "---" : "--:")), ...rows].map((row) => `| ${row.join(" | ")} |`);
  const start = startup && `Start-up over an empty worker: ${["10", "1000"].map((count) => `${startup[count].cpu.median.toFixed(1)} ms of CPU with ${Number(count).toLocaleString("en")} endpoints`).join(", ")}. The module has ${(wasm.bytes / 1e6).toFixed(2)} MB (${(wasm.gzip / 1e6).toFixed(2)} compressed).`;
  return [
    `CPU µs per request on ${machine.cpu}, ${machine.cores} cores, workerd ${versions.workerd}, ${date} (Fjord ${versions.fjord}). In brackets: the ratio to \`js\`; \`calls\` go from the script into the core.`,
    "",
    ...table,
    ...(start ? ["", start] : []),
  ].join("\n");
}

/** Fills the README's block. */
export function fillReadme(results) {
  const file = at("README.md");
  const text = fs.readFileSync(file, "utf8");
  const block = /(<!-- bench:start -->)[^]*(<!-- bench:end -->)/;
  if (!block.test(text)) throw new Failure("README.md has no <!-- bench:start --> … <!-- bench:end -->");
  fs.writeFileSync(file, text.replace(block, (_, start, end) => `${start}\n${markdown(results)}\n${end}`));
}
