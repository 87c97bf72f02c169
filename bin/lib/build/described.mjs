// What a build says of the worker that it wrote: which module it has and why, how large that is, and the compatibility flags that it needs.
import fs from "node:fs";
import zlib from "node:zlib";
import { flagsFor } from "../flags.mjs";

/** Megabytes, as people read them. @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/**
 * @param {ReturnType<typeof import("../modules.mjs").moduleFor>} taken
 * @param {import("../core.mjs").Report} report What the core says of the configuration.
 * @param {boolean} needsSockets
 */
export function described({ name, url }, { module: needed = "full", capabilities = [], reasons = {} }, needsSockets) {
  const wasm = fs.readFileSync(new URL("fjord.wasm", url));
  const size = `module ${name}: ${megabytes(wasm.length)}, ${megabytes(zlib.gzipSync(wasm).length)} compressed`;
  const larger = name === needed ? "" : `; ${needed} is enough, and isn't built`;
  const why = capabilities.length > 0 ? ", for what core lacks:" : "";
  return [
    `${size}${larger}${why}`,
    ...capabilities.map((capability) => (reasons[capability] === undefined ? `  ${capability}` : `  ${capability}: ${reasons[capability]}`)),
    "compatibility flags, each on by itself from its compatibility_date:",
    ...flagsFor({ needsSockets }).map((flag) => `  ${flag.name} (${flag.since}): ${flag.purpose}`),
  ].join("\n");
}
