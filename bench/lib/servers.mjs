// Starts what takes part: the origin, workers of one module, and gateways, each in a process of its own.
import { fork } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildDir, checkConfig, loadCore, readConfig } from "../../bin/lib/core.mjs";
import { MODULE_FILES, moduleFor } from "../../bin/lib/modules.mjs";
import { startWorkerd } from "../../bin/lib/workerd.mjs";

// Each server ends with this process, by a listener of its own.
process.setMaxListeners(0);

const ADDRESS = "127.0.0.1:0";

/** What Cloudflare's edge tells of requests (a real `cf` is longer). @type {Record<string, string>} */
export const PLACE = { "CF-Blob": JSON.stringify({ colo: "AMS", country: "NL", httpProtocol: "HTTP/1.1" }) };

/**
 * The address of a client, as the edge tells it.
 *
 * @param {number} number
 */
export const clientAddress = (number) => ({ "CF-Connecting-IP": `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}` });

/** The same of one client. */
export const EDGE = { ...PLACE, ...clientAddress(7) };
const EDGE_SETTINGS = { address: ADDRESS, vars: {}, cfHeader: "CF-Blob" };
const here = path.dirname(fileURLToPath(import.meta.url));

const temporary = () => fs.mkdtempSync(path.join(os.tmpdir(), "fjord-bench-"));

/** @typedef {{ url: string, stop: () => void }} Upstream */

/**
 * The origin.
 *
 * @returns {Promise<Upstream>}
 */
export async function startUpstream() {
  const child = fork(path.join(here, "upstream.mjs"));
  /** @type {Promise<{ port: number }>} */
  const listening = new Promise((resolve, reject) => {
    child.once("message", (address) => resolve(/** @type {{ port: number }} */ (address)));
    child.once("exit", () => reject(new Error("the origin ended")));
  });
  const { port } = await listening;
  return { url: `http://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/**
 * A worker of one module.
 *
 * @param {string} source
 */
export async function startScript(source) {
  const codeDir = temporary();
  fs.writeFileSync(path.join(codeDir, "worker.mjs"), source);
  const server = await startWorkerd({ ...EDGE_SETTINGS, config: { text: "{}", files: {} }, codeDir });
  fs.rmSync(codeDir, { recursive: true });
  return server;
}

/** @type {import("../../bin/lib/core.mjs").Core | undefined} */
let core;

/**
 * A configuration with the files that it names, and the module that it needs; `refused` says why it can't be served.
 *
 * @param {object} value
 * @param {Record<string, string>} [files]
 */
export async function prepare(value, files = {}) {
  core ??= await loadCore();
  const dir = temporary();
  try {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text);
    const file = path.join(dir, "krakend.json");
    fs.writeFileSync(file, JSON.stringify(value));
    const config = await readConfig(core, file);
    const { ok, report } = checkConfig(config, { module: true });
    return { config, module: report.module, refused: ok ? undefined : report.diagnostics.find(({ severity }) => severity === "error")?.message };
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

/**
 * A gateway of the build, or of another folder with a build; by the smallest module that has what is needed, or by the one that is there.
 *
 * @param {import("../../bin/lib/core.mjs").ReadConfig} config
 * @param {string} [codeDir]
 * @param {import("../../bin/lib/modules.mjs").ModuleName} [module]
 */
export function startGateway(config, codeDir = buildDir, module) {
  const found = module === undefined ? undefined : moduleFor({ module }, pathToFileURL(`${codeDir}/`)).url;
  return startWorkerd({ ...EDGE_SETTINGS, config, codeDir, module: found });
}

/**
 * The build with its exports counted: `GET /__crossings` gives the calls by name, since the last time.
 *
 * @param {"core" | "full"} module
 */
export const countingBuild = (module) => wrappedBuild("counting", module);

/** The build with its memory weighed: `GET /__weights` gives the bytes of the instances that haven't been collected. */
export const weighingBuild = () => wrappedBuild("weighing", "full");

/**
 * The build with a script of `bench/workers/KIND` before its glue, and one before its entry.
 *
 * @param {"counting" | "weighing" | "observed"} kind
 * @param {"core" | "full"} [module] What its configuration needs.
 */
export function wrappedBuild(kind, module = "core") {
  const dir = temporary();
  const { url } = moduleFor({ module });
  for (const name of fs.readdirSync(buildDir).filter((file) => /\.(mjs|wasm)$/.test(file))) {
    const isWrapped = name === "fjord.mjs" || name === "worker.mjs";
    const from = MODULE_FILES.includes(name) ? new URL(name, url) : path.join(buildDir, name);
    fs.copyFileSync(from, path.join(dir, isWrapped ? `plain-${name}` : name));
  }
  for (const name of ["fjord.mjs", "worker.mjs"]) fs.copyFileSync(path.join(here, "../workers", kind, name), path.join(dir, name));
  return { dir, remove: () => fs.rmSync(dir, { recursive: true }) };
}
