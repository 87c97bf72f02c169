// Stands before the glue of a build: counts the calls of the exports.
import { instantiate as plain } from "./plain-fjord.mjs";

export const calls = {};

export function instantiate(module) {
  const core = plain(module);
  const counted = (name, entry) => (...args) => {
    calls[name] = (calls[name] ?? 0) + 1;
    return entry(...args);
  };
  const wrap = (entries) =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, typeof entry === "function" ? counted(name, entry) : entry]));
  const { raw, ...wrappers } = core;
  return { ...wrap(wrappers), raw: wrap(raw) };
}
