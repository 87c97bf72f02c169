// `fjord build`: all that a worker is made of, in one folder.
import fs from "node:fs";
import path from "node:path";
import { matcher } from "../workers/globs.mjs";
import { configFile } from "./arguments.mjs";
import { buildDir, checkConfig, loadCore, readConfig, wantsColor, workerFiles } from "./core.mjs";
import { writeConsole } from "./build/console.mjs";
import { described } from "./build/described.mjs";
import { Failure } from "./errors.mjs";
import { linkedFiles } from "./linked.mjs";
import { MODULE_FILES, PLACED, moduleFor } from "./modules.mjs";

/** Stands among the files: what of the configuration is closed, and why. */
const CLOSED = "fjord:closed";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  out: { type: "string", short: "o", default: "build" },
  lenient: { type: "boolean", default: false },
  console: { type: "string" },
};

export const help = `fjord build: writes the worker that serves a configuration, ready for wrangler.

Usage: fjord build [[-c] FILE] [-o DIR] [--lenient] [--console DIR]

  -c, --config FILE   the configuration; it is checked first; default: krakend.json in this folder
  -o, --out DIR       where to (default: build); "main" of the Wrangler file is DIR/worker.mjs
      --lenient       build what can be served of a configuration with faults: endpoints that can't
                      work answer 501, and the log says why at the first request
      --console DIR   also write the console there, a page of static files: whoever opens it sees
                      the configuration
  -h, --help          this text

While "wrangler dev" runs, a mistake is shown and what was built before keeps serving.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const file = configFile("build", values, positionals);
  const out = path.resolve(values.out);
  const core = await loadCore();
  const config = await readConfig(core, file);
  const view = values.lenient ? "lenient" : "run";
  const { ok, text, report } = checkConfig(config, { view, color: wantsColor(process.stderr), module: true });
  if (text) console.error(text.trimEnd());
  if (!ok) {
    const serving = process.env.WRANGLER_COMMAND === "dev" && fs.existsSync(path.join(out, "krakend.json"));
    if (!serving) throw new Failure(`${file} can't be served.`);
    console.error("The last good version keeps serving.");
    return;
  }
  refuseShadowed(report);
  if (values.console !== undefined) {
    const dir = path.resolve(values.console);
    writeConsole(dir, config.text, write);
    const served = config.worker?.served;
    if (served?.folder === dir && matcher(served.workerFirst)("/")) {
      console.error('note: the gateway answers for "/" first. To see the page, set run_worker_first of assets to ["/*", "!/", "!/index.html", "!/logo.svg", "!/console/*"]');
    }
    // Its files may be among those that the platform answers with.
    refuseShadowed(checkConfig(await readConfig(core, file), { view }).report);
  }
  if (out !== buildDir) {
    const scripts = fs.readdirSync(buildDir).filter((name) => /\.(mjs|wasm)$/.test(name) && !MODULE_FILES.includes(name));
    for (const name of scripts) write(path.join(out, name), fs.readFileSync(path.join(buildDir, name)));
    write(path.join(out, "worker.d.mts"), fs.readFileSync(new URL("../../types/worker.d.mts", import.meta.url)));
  }
  const needsSockets = config.read.needs_sockets();
  const linked = Object.entries(linkedFiles(needsSockets));
  for (const [name, bytes] of linked) write(path.join(out, name), bytes);
  const module = moduleFor(report);
  place(module, out);
  write(path.join(out, "krakend.json"), Buffer.from(config.text));
  // The worker's log tells what is closed at the first request.
  const closed = report.closed && { [CLOSED]: report.closed.join("\n") };
  write(path.join(out, "files.json"), Buffer.from(JSON.stringify({ ...workerFiles(config), ...closed })));
  // While wrangler serves, each change builds.
  if (process.env.WRANGLER_COMMAND !== "dev") console.log(described(module, report, needsSockets));
}

/**
 * Puts a module where the worker's scripts import it from.
 *
 * @param {ReturnType<typeof moduleFor>} module
 * @param {string} out
 */
export function place({ name, url }, out) {
  for (const file of MODULE_FILES) write(path.join(out, file), fs.readFileSync(new URL(file, url)));
  if (out === buildDir) write(path.join(out, PLACED), Buffer.from(name));
}

/**
 * Throws if the platform would answer an endpoint's requests with a file: whoever deploys that means one of the two.
 *
 * @param {import("./core.mjs").Report} report
 */
export function refuseShadowed({ file, diagnostics }) {
  const shadowed = diagnostics.filter(({ code }) => code === "shadowed");
  if (shadowed.length === 0) return;
  const places = shadowed.map(({ line, message }) => `${file}:${line}: ${message}`);
  throw new Failure(`${places.join("\n")}\nNot built: rename the file or the endpoint, or set run_worker_first of assets to true in the Wrangler file.`);
}

/**
 * Writes a file in one step, and only when it changes: watchers see no half files and no false news.
 *
 * @param {string} file
 * @param {Buffer} bytes
 */
function write(file, bytes) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(half, bytes);
  fs.renameSync(half, file);
}
