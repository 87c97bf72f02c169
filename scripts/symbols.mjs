// `node scripts/symbols.mjs [MODULE] < TRACE`: puts the names of functions back into a trace of the worker.
//
// A module has no names: `wasm-function[1234]` is all that a trace has. A build keeps them beside each module (core, full, tools).
// They fit that build alone.
import fs from "node:fs";
import { text } from "node:stream/consumers";
import { Failure, at, main } from "./lib.mjs";

/**
 * The trace with names.
 *
 * @param {string} trace
 * @param {Record<string, string>} names By the functions' numbers.
 */
export const named = (trace, names) => trace.replace(/wasm-function\[(\d+)\]/g, (all, /** @type {string} */ number) => names[number] ?? all);

if (process.argv[1] === at("scripts/symbols.mjs")) {
  await main(async () => {
    const module = process.argv[2] ?? "core";
    const file = at("build/modules", module, "fjord.symbols.json");
    if (!fs.existsSync(file)) throw new Failure(`build/modules/${module}/fjord.symbols.json is missing: run \`npm run build -- --modules\`.`);
    process.stdout.write(named(await text(process.stdin), /** @type {Record<string, string>} */ (JSON.parse(fs.readFileSync(file, "utf8")))));
  });
}
