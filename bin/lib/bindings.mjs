// The bindings that a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";

const FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/** The names of all bindings in the Wrangler file beside a configuration; none without one. */
export function bindingsBeside(file) {
  const found = FILES.map((name) => path.join(path.dirname(file), name)).find((name) => fs.existsSync(name));
  if (!found) return [];
  const text = fs.readFileSync(found, "utf8");
  const comments = found.endsWith(".toml") ? /^\s*#.*$/gm : /^\s*\/\/.*$|\/\*[^]*?\*\//gm;
  const names = text.replace(comments, "").matchAll(/\bbinding"?\s*[=:]\s*["']([^"']+)["']/g);
  return [...new Set([...names].map(([, name]) => name))];
}
