// The bindings that a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";

const FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/** The text of the Wrangler file beside a configuration, without comments; undefined without one. */
function wranglerBeside(file) {
  const found = FILES.map((name) => path.join(path.dirname(file), name)).find((name) => fs.existsSync(name));
  if (!found) return undefined;
  const comments = found.endsWith(".toml") ? /^\s*#.*$/gm : /^\s*\/\/.*$|\/\*[^]*?\*\//gm;
  return fs.readFileSync(found, "utf8").replace(comments, "");
}

/**
 * The bindings there that can count for rate limits, and how: `{ NAME: "exactly" | "locally" }`. A Durable Object has a
 * `class_name`, a rate limit a `namespace_id`, each beside its `name`. Undefined without such a file.
 */
export function countersBeside(file) {
  const text = wranglerBeside(file);
  if (text === undefined) return undefined;
  const tables = text.split(/^(?=\s*\[)/m);
  // A rate limit holds an object of its own, which says nothing here.
  const objects = text.replace(/\{[^{}]*\blimit\b[^{}]*\}/g, "").match(/\{[^{}]*\}/g) ?? [];
  const counters = {};
  for (const part of [...tables, ...objects]) {
    const name = /(?<![\w-])name"?\s*[=:]\s*["']([^"']+)["']/.exec(part)?.[1];
    if (name === undefined) continue;
    if (/\bclass_name\b/.test(part)) counters[name] = "exactly";
    else if (/\bnamespace_id\b/.test(part)) counters[name] = "locally";
  }
  return counters;
}

/** The names of all bindings there; none without such a file. */
export function bindingsBeside(file) {
  const names = (wranglerBeside(file) ?? "").matchAll(/\bbinding"?\s*[=:]\s*["']([^"']+)["']/g);
  return [...new Set([...names].map(([, name]) => name))];
}
