// The variables and secrets of a local gateway, and the addresses of its bindings.
import fs from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { UsageError, codeOf } from "../errors.mjs";

/**
 * The variables of the file `.dev.vars` beside a configuration, as wrangler reads it.
 *
 * @param {string} config
 * @returns {Record<string, string>}
 */
export function devVars(config) {
  try {
    const found = parseEnv(fs.readFileSync(devVarsFile(config), "utf8"));
    return Object.fromEntries(Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return {};
    throw error;
  }
}

/** @param {string} config */
export const devVarsFile = (config) => path.join(path.dirname(config), ".dev.vars");

/**
 * The variables of `--env NAME=VALUE`.
 *
 * @param {string[]} list
 */
export function givenVariables(list) {
  /** @type {Record<string, string>} */
  const variables = {};
  for (const item of list) {
    const [, name, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(item) ?? [];
    if (name === undefined) throw new UsageError(`--env ${item}: expected NAME=VALUE`);
    variables[name] = value;
  }
  return variables;
}

/**
 * A service binding of a local gateway.
 *
 * @typedef {{ name: string, address: string, https: boolean, host: string }} Binding
 */

/**
 * The service bindings of `--bind NAME=URL`.
 *
 * @param {string[]} list
 * @returns {Binding[]}
 */
export function givenBindings(list) {
  const bindings = list.map((item) => {
    const [, name = "", text = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(item) ?? [];
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (name === "" || url === undefined || !/^https?:$/.test(url.protocol)) throw new UsageError(`--bind ${item}: expected NAME=http://HOST:PORT`);
    if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") {
      throw new UsageError(`--bind ${item}: the address ends after the port, because url_pattern says the path`);
    }
    const https = url.protocol === "https:";
    return { name, address: `${url.hostname}:${url.port || (https ? 443 : 80)}`, https, host: url.hostname };
  });
  const twice = bindings.find(({ name }, index) => bindings.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new UsageError(`--bind ${twice.name} is given twice`);
  return bindings;
}
