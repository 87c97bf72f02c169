// What a worker's own configuration declares.
import fs from "node:fs";
import path from "node:path";

const FILES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"];

/** More files than these aren't looked at. */
const MAX_ASSETS = 2000;

/**
 * The Wrangler file beside a configuration: `{ file, names, counters, overrides, assets }`, undefined without one that can be
 * read. The names are those of all bindings, variables and required secrets, of `.dev.vars` too. Counters are the bindings that
 * can count for rate limits, and how: `{ NAME: "exactly" | "locally" }`. Overrides are variables that take the place of options.
 * Assets are the paths that the platform answers with files before it asks the worker.
 */
export async function workerBeside(config) {
  const folder = path.dirname(config);
  const file = FILES.find((name) => fs.existsSync(path.join(folder, name)));
  const settings = file && (await read(path.join(folder, file)));
  if (!settings) return undefined;
  const found = { file, names: local(path.join(folder, ".dev.vars")), counters: {}, assets: assetsOf(settings.assets, folder) };
  collect(settings, found);
  const overriding = Object.entries(settings.vars ?? {}).filter(([name]) => name.startsWith("KRAKEND_"));
  found.overrides = Object.fromEntries(overriding.map(([name, value]) => [name, String(value)]));
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

/** The paths of files that the platform serves by itself. */
function assetsOf(assets, folder) {
  const { directory, run_worker_first: workerFirst = false } = assets ?? {};
  if (typeof directory !== "string" || workerFirst === true) return [];
  const root = path.resolve(folder, directory);
  if (!fs.existsSync(root)) return [];
  const isFirst = Array.isArray(workerFirst) ? matcher(workerFirst) : () => false;
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.slice(0, MAX_ASSETS).flatMap(({ parentPath, path: before, name }) => {
    const file = `/${path.relative(root, path.join(parentPath ?? before, name)).split(path.sep).join("/")}`;
    // Pages are found without their endings.
    return [file, file.replace(/(\/)index\.html$|\.html$/, "$1")];
  });
  return [...new Set(paths)].filter((file) => !isFirst(file)).sort();
}

/** Whether one of the globs fits a path, and none that begins with `!`. */
function matcher(globs) {
  const regex = (glob) => new RegExp(`^${glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  const texts = globs.filter((glob) => typeof glob === "string");
  const yes = texts.filter((glob) => !glob.startsWith("!")).map(regex);
  const no = texts.filter((glob) => glob.startsWith("!")).map((glob) => regex(glob.slice(1)));
  return (file) => yes.some((glob) => glob.test(file)) && !no.some((glob) => glob.test(file));
}
