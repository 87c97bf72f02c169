// Is in front of the glue of a build: counts the calls of the exports.
import { instantiate as plain } from "./plain-fjord.mjs";

/** @type {Record<string, number>} */
export const calls = {};

/** @param {WebAssembly.Module} module */
export function instantiate(module) {
  const { raw, ...wrappers } = plain(module);
  return { ...counted(wrappers), raw: counted(raw) };
}

/**
 * The same entries; calls of the functions among them are counted.
 *
 * @template {object} Entries
 * @param {Entries} entries
 */
function counted(entries) {
  const wrapped = Object.entries(entries).map(([name, entry]) => {
    if (typeof entry !== "function") return /** @type {[string, unknown]} */ ([name, entry]);
    const call = /** @type {(...args: unknown[]) => unknown} */ (entry);
    /** @param {unknown[]} args */
    const counting = (...args) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call(...args);
    };
    return /** @type {[string, unknown]} */ ([name, counting]);
  });
  return /** @type {Entries} */ (Object.fromEntries(wrapped));
}
