// What a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";

const FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/**
 * The Wrangler file beside a configuration: `{ file, names, counters }`, undefined without one that can be read. The names are
 * those of all bindings, variables and required secrets, of `.dev.vars` too. Counters are the bindings that can count for rate
 * limits, and how: `{ NAME: "exactly" | "locally" }`.
 */
export async function workerBeside(config) {
  const folder = path.dirname(config);
  const file = FILES.find((name) => fs.existsSync(path.join(folder, name)));
  const settings = file && (await read(path.join(folder, file)));
  if (!settings) return undefined;
  const found = { file, names: local(path.join(folder, ".dev.vars")), counters: {} };
  collect(settings, found);
  return found;
}

/** The settings; undefined if they can't be read: Wrangler says what is wrong with them. */
async function read(file) {
  const text = fs.readFileSync(file, "utf8");
  try {
    if (file.endsWith(".toml")) {
      const { fromToml } = await import("./formats/toml.mjs");
      return JSON.parse(fromToml({ file, text }).text);
    }
    // Comments and trailing commas; what looks like one inside of a string stays.
    const plain = text.replace(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[^]*?\*\//g, "$1").replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}

/** Collects what settings declare, those of environments too. */
function collect(settings, found) {
  if (settings === null || typeof settings !== "object") return;
  const { binding, name, class_name: durable, namespace_id: limit, vars, secrets } = settings;
  const isText = (value) => typeof value === "string";
  // A Durable Object has a class, a rate limit a namespace, each beside its name.
  const counts = isText(durable) ? "exactly" : limit !== undefined && "locally";
  if (isText(name) && counts) found.counters[name] = counts;
  const names = [binding, counts && name, ...Object.keys(vars ?? {}), ...(secrets?.required ?? [])];
  found.names.push(...names.filter(isText));
  for (const value of Object.values(settings)) collect(value, found);
}

function local(file) {
  if (!fs.existsSync(file)) return [];
  return [...fs.readFileSync(file, "utf8").matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, name]) => name);
}
