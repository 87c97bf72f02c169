// `fjord run`: serves a configuration on a local workerd.
import net from "node:net";
import path from "node:path";
import fs from "node:fs";
import { assetsBeside } from "./bindings.mjs";
import { checkConfig, listed, loadCore, overrides, readConfig, refusal, wantsColor } from "./core.mjs";
import { Failure, UsageError, codeOf, messageOf } from "./errors.mjs";
import { startWorkerd } from "./workerd.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  port: { type: "string", short: "p" },
  host: { type: "string", default: "127.0.0.1" },
  env: { type: "string", multiple: true, default: [] },
  assets: { type: "string" },
  lenient: { type: "boolean", default: false },
  debug: { type: "boolean", short: "d", default: false },
};

export const help = `fjord run: serves a configuration on this machine.

Usage: fjord run [-c] FILE [-p PORT] [options]

  -c, --config FILE     the configuration
  -p, --port PORT       the port; default: the configuration's "port", or 8080; 0 takes a free one
      --host IP         the address to listen on; default: 127.0.0.1
      --env NAME=VALUE  a variable or secret for the gateway; may be repeated
      --assets DIR      the files of "service://ASSETS"; default: those of wrangler.toml
      --lenient         serve what can be served of a configuration with faults: endpoints that
                        can't work answer 501
  -d, --debug           log more, and serve /__debug/
  -h, --help            this text

Prints "listening on http://IP:PORT" when it is ready. Ctrl-C stops it.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const file = values.config ?? positionals[0];
  if (!file || positionals.length > (values.config ? 0 : 1)) throw new UsageError("run needs one configuration: fjord run -c FILE");
  const core = await loadCore();
  const config = await readConfig(core, file);
  /** @type {Record<string, string>} */
  const variables = { ...overrides(), ...readVariables(values.env), FJORD_OPTIONS: JSON.stringify({ lenient: values.lenient, debug: values.debug }) };
  const counters = listed(config.read.counters());
  const services = new Set([...config.text.matchAll(/service:\/\/(\w+)/g)].map(([, name]) => String(name)));
  // Not the Wrangler file's: the bindings are those of this run, and what it lacks is said below.
  /** @type {import("./bindings.mjs").Worker} */
  const worker = {
    file: "fjord run",
    names: [...Object.keys(variables), ...services],
    counters: Object.fromEntries(counters.map((name) => [name, "exactly"])),
    overrides: {},
    assets: [],
  };
  const checked = checkConfig({ ...config, worker }, { view: values.lenient ? "lenient" : "run", color: wantsColor(process.stderr), quiet: true });
  if (checked.text) console.error(checked.text.trimEnd());
  // What KrakenD itself would serve with a fault in it is served leniently too, as far as there is something to serve.
  const refused = !config.fits || (values.lenient ? refusal(core, config, variables) : !checked.ok);
  if (refused) throw new Failure(`${file} is not served${refused === true ? "" : `: ${refused}`}`);

  const assets = values.assets === undefined ? await assetsOf(services, file) : folder(values.assets);
  for (const name of services) if (name !== "ASSETS" || assets === undefined) console.error(lacking(name));

  const host = hostAddress(values.host);
  const port = portNumber(values.port ?? variables.KRAKEND_PORT ?? configuredPort(config.text));
  await ensureFree(host, port);
  const gateway = await startWorkerd({
    config,
    address: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    vars: variables,
    counters,
    cache: /http-?cache/.test(config.text),
    assets,
  });
  let stopping = /** @type {boolean} */ (false);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      stopping = true;
      void gateway.stop();
    });
  }
  console.log(`listening on http://${host.includes(":") ? `[${host}]` : host}:${gateway.port}`);
  const message = await gateway.ended;
  if (!stopping) throw new Failure(message);
}

/**
 * The folder for "service://ASSETS", if the configuration asks it for anything.
 *
 * @param {Set<string>} services
 * @param {string} file
 */
const assetsOf = async (services, file) => (services.has("ASSETS") ? await assetsBeside(file) : undefined);

/**
 * What is said of a binding that a local run hasn't got.
 *
 * @param {string} name
 */
function lacking(name) {
  const reason = name === "ASSETS" ? "add --assets DIR, the folder of its files" : "a local run binds no services";
  return `warning: no binding ${name}: calls to service://${name} will fail (${reason})`;
}

/**
 * The configuration's own port; KrakenD's default without one.
 *
 * @param {string} text
 * @returns {unknown}
 */
function configuredPort(text) {
  try {
    return /** @type {{ port?: unknown }} */ (JSON.parse(text)).port ?? 8080;
  } catch {
    return 8080;
  }
}

/** @param {unknown} value */
function portNumber(value) {
  const port = Number(value);
  if (!/^\d+$/.test(String(value)) || port > 65535) throw new UsageError(`${String(value)} is not a port: a number from 0 to 65535 is`);
  return port;
}

/** @param {string} value */
function hostAddress(value) {
  if (value === "localhost") return "127.0.0.1";
  if (!net.isIP(value)) throw new UsageError(`${value} is not an IP address`);
  return value;
}

/**
 * The variables of `--env`.
 *
 * @param {string[]} list
 */
function readVariables(list) {
  /** @type {Record<string, string>} */
  const variables = {};
  for (const item of list) {
    const [, name, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(item) ?? [];
    if (name === undefined) throw new UsageError(`--env ${item}: expected NAME=VALUE`);
    variables[name] = value;
  }
  return variables;
}

/** @param {string} value */
function folder(value) {
  if (!fs.existsSync(value) || !fs.statSync(value).isDirectory()) throw new Failure(`--assets ${value}: no such folder`);
  return path.resolve(value);
}

/** @type {Partial<Record<string, string>>} */
const REASONS = { EADDRINUSE: "is in use by another program", EACCES: "needs more rights", EADDRNOTAVAIL: "is no address of this machine" };

/**
 * workerd's own message about a taken port is long: ask first.
 *
 * @param {string} host
 * @param {number} port
 * @returns {Promise<void>}
 */
function ensureFree(host, port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", (error) => {
      reject(new Failure(`${host}:${port} ${REASONS[codeOf(error) ?? ""] ?? messageOf(error)}`));
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}
