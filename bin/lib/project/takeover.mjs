// An existing configuration as the beginning of a new gateway: its files, and what is left to do for the edge.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { checkConfig, listed, readConfig, wantsColor } from "../core.mjs";
import { Failure } from "../errors.mjs";
import { imported, isOpenapi } from "../openapi/imported.mjs";
import { TEMPLATE_FOLDERS, parsed, templateEnvironment } from "../source.mjs";

/**
 * A configuration that was taken over.
 *
 * @typedef {object} Takeover
 * @property {string} name The name of its file in the new folder.
 * @property {Record<string, Buffer>} files Its files, by their names in the new folder.
 * @property {string[]} watched What `wrangler dev` watches.
 * @property {string[]} secrets
 * @property {boolean} usesAssets
 * @property {number} port
 * @property {string[]} advice What is left to do, one line each.
 */

/**
 * Reads a configuration and everything that belongs to it.
 *
 * @param {import("../core.mjs").Core} core
 * @param {string} file
 * @returns {Promise<Takeover>}
 */
export async function takeOver(core, file) {
  const config = await readConfig(core, file);
  const document = parsed(config.text);
  if (isOpenapi(document)) return fromOpenapi(core, config, document);
  // The Wrangler file is the new folder's.
  const { report, text: shown } = checkConfig({ ...config, worker: undefined }, { view: "lint", color: wantsColor(process.stderr) });
  const value = parsed(config.text);
  if (value === undefined) throw new Failure(`${shown.trimEnd()}\n${file} can't be taken over`);
  const environment = templateEnvironment(file, process.env);
  const isTemplate = Boolean(environment.FC_ENABLE);
  const extension = isTemplate ? ".tmpl" : path.extname(file).toLowerCase();
  const name = `krakend${[".yaml", ".yml", ".toml", ".tmpl"].includes(extension) ? extension : ".json"}`;
  /** @type {Record<string, Buffer>} */
  const files = { [name]: fs.readFileSync(file) };
  const watched = [name];
  for (const [variable, folder] of isTemplate ? TEMPLATE_FOLDERS : []) {
    const from = environment[variable];
    if (!from || !fs.existsSync(from)) continue;
    for (const inner of fs.readdirSync(from, { recursive: true, encoding: "utf8" })) {
      if (fs.statSync(path.join(from, inner)).isFile()) files[path.join(folder, inner)] = fs.readFileSync(path.join(from, inner));
    }
    watched.push(folder);
  }
  const { advice, usesAssets, port } = advise(value);
  for (const named of listed(config.read.files())) {
    const text = config.files[named];
    // A file outside of the folder keeps its path, and the check says that it isn't there.
    if (text === undefined || path.isAbsolute(named) || path.normalize(named).startsWith("..")) advice.push(`file ${named}: put it into the new folder, and write its path there`);
    else files[path.normalize(named)] = Buffer.from(text);
  }
  const secrets = report.diagnostics.filter(({ code }) => code === "secret").flatMap(({ message }) => /needs the secret (\w+)/.exec(message)?.[1] ?? []);
  for (const secret of secrets) advice.push(`secret ${secret}: npx wrangler secret put ${secret}, and ${secret}=… in .dev.vars on this machine`);
  advice.push(counted(report));
  return { name, files, watched, secrets: [...new Set(secrets)], usesAssets, port, advice };
}

/**
 * A configuration made of an OpenAPI document.
 *
 * @param {import("../core.mjs").Core} core
 * @param {import("../ask.mjs").ReadConfig} read
 * @param {unknown} document
 * @returns {Takeover}
 */
function fromOpenapi(core, read, document) {
  const { config, advice } = imported(document, read.file);
  const text = `${JSON.stringify(config, null, 2)}\n`;
  const made = { ...read, file: "krakend.json", read: new core.Config(Buffer.from(text)), text, files: {}, origin: undefined, worker: undefined };
  const { report } = checkConfig(made, { view: "lint" });
  const found = advise(config);
  return {
    name: made.file,
    files: { [made.file]: Buffer.from(text) },
    watched: [made.file],
    secrets: [],
    usesAssets: found.usesAssets,
    port: found.port,
    advice: [...advice, ...found.advice, counted(report)],
  };
}

/**
 * How many findings there are.
 *
 * @param {import("../core.mjs").Report} report
 */
function counted({ diagnostics }) {
  const count = (/** @type {string} */ severity) => {
    const { length } = diagnostics.filter((found) => found.severity === severity);
    return `${length} ${severity}${length === 1 ? "" : "s"}`;
  };
  return `${count("error")}, ${count("warning")}: npm run check lists them, npm run audit says what is open`;
}

/**
 * Which hosts the edge doesn't reach as they are.
 *
 * @param {unknown} config
 */
function advise(config) {
  /** @type {Set<string>} */
  const hosts = new Set();
  collect(config, hosts);
  const advice = adviceOn([...hosts]);
  const { port } = /** @type {{ port?: unknown }} */ (config ?? {});
  return { advice, usesAssets: hosts.has("service://ASSETS"), port: typeof port === "number" ? port : 8080 };
}

/**
 * The hosts of a configuration, wherever they are.
 *
 * @param {unknown} value
 * @param {Set<string>} hosts
 */
function collect(value, hosts) {
  if (value === null || typeof value !== "object") return;
  for (const [name, item] of Object.entries(value)) {
    if (name === "host" && Array.isArray(item)) for (const host of item) if (typeof host === "string") hosts.add(host.trim().replace(/\/$/, ""));
    collect(item, hosts);
  }
}

/**
 * What to do about hosts that the edge doesn't reach as they are.
 *
 * @param {string[]} hosts
 */
export function adviceOn(hosts) {
  const bound = hosts.flatMap((host) => {
    const binding = /^service:\/\/(\w+)/.exec(host)?.[1];
    if (binding === undefined) return [];
    if (binding === "ASSETS") return ["host service://ASSETS: put the files into www/"];
    return [`host ${host}: declare the service binding ${binding} in wrangler.jsonc; on this machine: fjord run --bind ${binding}=URL`];
  });
  const names = [...new Set(hosts.flatMap((host) => unreachable(host) ?? []))];
  if (names.length === 0) return bound;
  const mapped = `"@fjord": {"hosts": {"${names[0]}": "BINDING"}}`;
  return [...bound, `Cloudflare doesn't reach ${joined(names)}: give each a public name, or map it to a binding, ${mapped}. npm run check prints the lines of the Wrangler file`];
}

/**
 * The name of a host that only this machine or a private network reaches.
 *
 * @param {string} host
 */
function unreachable(host) {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(host) ? host : `http://${host}`;
  if (address.startsWith("service:") || !URL.canParse(address)) return undefined;
  const name = new URL(address).hostname.replace(/^\[|\]$/g, "");
  const isPrivate = net.isIP(name) !== 0 || !name.includes(".") || /\.(internal|local|lan|localhost)$/.test(name);
  return isPrivate ? name : undefined;
}

/** @param {string[]} names */
const joined = (names) => [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");
