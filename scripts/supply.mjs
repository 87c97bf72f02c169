// `npm run supply`: licences, sources and duplicates of all crates and npm packages, by deny.toml and the lists here.
//
// Known vulnerabilities are asked of npm and, where it is installed, of cargo-deny. Where a database can't be reached the last lines
// say "advisories: not checked", which isn't a pass; `npm test` never asks them, so that its result is that of the repository alone.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { Failure, at, env, main, readText, run } from "./lib.mjs";

/**
 * A package of either ecosystem.
 *
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} license as an SPDX expression
 * @property {string | null} source null for those of this repository
 * @property {boolean} development never part of what is installed with Fjord
 */

/**
 * What is allowed.
 *
 * @typedef {object} Rules
 * @property {(one: Package) => string[]} licenses those allowed for a package
 * @property {string[]} sources
 * @property {string[]} duplicates as `name@version`
 */

/** npm packages, most of them of wrangler and of the tests' identity provider. */
const NPM = {
  licenses: (/** @type {Package} */ { name, development }) => {
    const usual = ["0BSD", "Apache-2.0", "CC0-1.0", "ISC", "MIT"];
    // Image libraries that wrangler's simulator loads if they are there: nothing of ours calls or ships them.
    if (development && name.startsWith("@img/sharp-")) return [...usual, "LGPL-3.0-or-later"];
    // What reads OpenTelemetry's messages in the tests.
    if (development && (name === "protobufjs" || name.startsWith("@protobufjs/"))) return [...usual, "BSD-3-Clause"];
    // Below the OpenAPI validator and the MCP client of the tests.
    if (development && ["fast-uri", "json-schema-typed", "qs"].includes(name)) return [...usual, "BSD-2-Clause", "BSD-3-Clause"];
    // Signatures, below the NATS client of the tests.
    return development && name === "tweetnacl" ? [...usual, "Unlicense"] : usual;
  },
  sources: ["https://registry.npmjs.org"],
  // koa, below the identity provider of the tests, mixes two generations of its own packages; express, below the MCP client, has a third.
  duplicates: [
    ...["content-type@1.0.5", "depd@1.1.2", "http-errors@1.8.1", "mime-db@1.52.0", "mime-types@2.1.35", "statuses@1.5.0"],
    ...["accepts@1.3.8", "content-disposition@1.0.1", "cookie@0.7.2", "fresh@0.5.2", "negotiator@0.6.3", "path-to-regexp@6.3.0"],
  ],
};

/** Whether an SPDX expression is satisfied by some licences. @param {string} expression @param {string[]} allowed */
export function satisfied(expression, allowed) {
  const words = expression.replaceAll("/", " OR ").match(/[()]|[^\s()]+/g) ?? [];
  let next = 0;
  /** @returns {boolean} */
  const one = () => {
    if (words[next] === "(") {
      next += 1;
      const inner = either();
      if (words[next++] !== ")") throw new Failure(`The licence "${expression}" can't be read`);
      return inner;
    }
    let name = words[next++] ?? "";
    if (words[next] === "WITH") {
      name += ` WITH ${words[next + 1] ?? ""}`;
      next += 2;
    }
    return allowed.includes(name);
  };
  /** @returns {boolean} */
  const both = () => {
    let all = one();
    while (words[next] === "AND") {
      next += 1;
      all = one() && all;
    }
    return all;
  };
  /** @returns {boolean} */
  const either = () => {
    let any = both();
    while (words[next] === "OR") {
      next += 1;
      any = both() || any;
    }
    return any;
  };
  const result = either();
  if (next < words.length) throw new Failure(`The licence "${expression}" can't be read`);
  return result;
}

/** What of some packages isn't allowed, in the order of the checks. @param {Package[]} packages @param {Rules} rules */
export function faults(packages, { licenses, sources, duplicates }) {
  const foreign = packages.filter(({ source }) => source !== null);
  const found = { licences: /** @type {string[]} */ ([]), sources: /** @type {string[]} */ ([]), duplicates: /** @type {string[]} */ ([]) };
  /** @type {Map<string, Set<string>>} */
  const versions = new Map();
  for (const one of foreign) {
    const { name, version, license, source } = one;
    if (!satisfied(license, licenses(one))) found.licences.push(`${name} ${version}: ${license || "no licence"}`);
    if (!sources.includes(source ?? "")) found.sources.push(`${name} ${version}: ${source}`);
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  const several = new Set();
  for (const [name, all] of versions) {
    const left = [...all].filter((version) => !duplicates.includes(`${name}@${version}`));
    if (left.length > 1) found.duplicates.push(`${name}: ${left.join(", ")}`);
    if (all.size > 1) for (const version of all) several.add(`${name}@${version}`);
  }
  found.duplicates.push(...duplicates.filter((one) => !several.has(one)).map((one) => `${one} is listed, and no duplicate`));
  return found;
}

/**
 * What is read of `deny.toml`.
 *
 * @typedef {{ licenses: { allow: string[], exceptions: { crate: string, allow: string[] }[] }, bans: { skip: { crate: string }[] }, sources: { "allow-registry": string[] } }} Denied
 */

/** The crates of the lock file, for all platforms and features. @returns {Promise<Package[]>} */
async function crates() {
  const { code, output } = await run("cargo", ["metadata", "--quiet", "--locked", "--all-features", "--format-version", "1"]);
  if (code !== 0) throw new Failure(output.trim());
  const { packages } = /** @type {{ packages: { name: string, version: string, license: string | null, source: string | null }[] }} */ (
    JSON.parse(output.slice(output.indexOf("{")))
  );
  return packages.map(({ license, source, ...rest }) => ({ ...rest, license: license ?? "", source: source?.replace(/^registry\+/, "") ?? null, development: false }));
}

/** The rules of deny.toml. @returns {Rules} */
function denied() {
  const rules = /** @type {Denied} */ (/** @type {unknown} */ (getStaticTOMLValue(parseTOML(readText(at("deny.toml")) ?? ""))));
  return {
    licenses: ({ name }) => {
      const excepted = rules.licenses.exceptions.filter(({ crate }) => crate === name);
      return [...rules.licenses.allow, ...excepted.flatMap(({ allow }) => allow)];
    },
    sources: rules.sources["allow-registry"],
    duplicates: rules.bans.skip.map(({ crate }) => crate),
  };
}

/** The packages of package-lock.json. @returns {Package[]} */
function npmPackages() {
  const lock = /** @type {{ packages: Record<string, { version: string, license?: string, resolved?: string, integrity?: string, dev?: boolean }> }} */ (
    JSON.parse(readText(at("package-lock.json")) ?? '{"packages":{}}')
  );
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "")
    .map(([path, { version, license, resolved, integrity, dev }]) => ({
      name: path.replace(/^.*node_modules\//, ""),
      version,
      license: license ?? "",
      // Without an address it is the registry's; a check sum holds what was meant when it was locked.
      source: integrity === undefined ? "no check sum" : resolved === undefined ? "https://registry.npmjs.org" : new URL(resolved).origin,
      development: dev === true,
    }));
}

/** The checks that need no network: `{ passed, failed, output }`. */
export async function supply() {
  const kinds = { crates: faults(await crates(), denied()), "npm packages": faults(npmPackages(), NPM) };
  const counts = { passed: 0, failed: 0, output: "" };
  for (const [kind, found] of Object.entries(kinds)) {
    for (const [check, lines] of Object.entries(found)) {
      if (lines.length === 0) counts.passed += 1;
      else counts.failed += 1;
      for (const line of lines) counts.output += `${check} of ${kind}: ${line}\n`;
    }
  }
  return counts;
}

/** Known vulnerabilities: what each source says, and whether one was found. */
function advisories() {
  const audit = spawnSync("npm", ["audit", "--json"], { cwd: at(), env, encoding: "utf8", timeout: 60_000 });
  const npm = auditOf(audit.stdout)?.metadata?.vulnerabilities;
  const lines = [];
  if (npm === undefined) lines.push("advisories of npm packages: not checked (the registry doesn't tell them)");
  else lines.push(`advisories of npm packages: ${npm.total} found`);
  const deny = spawnSync("cargo", ["deny", "check", "advisories"], { cwd: at(), env, encoding: "utf8", timeout: 120_000 });
  const verdict = /^advisories (ok|FAILED)/m.exec(`${deny.stdout}${deny.stderr}`)?.[1];
  if (verdict === undefined) lines.push("advisories of crates: not checked (cargo-deny isn't installed, or can't reach its database)");
  else lines.push(`advisories of crates: ${verdict === "ok" ? "0 found" : `found\n${deny.stderr}`}`);
  return { lines, found: (npm?.total ?? 0) > 0 || verdict === "FAILED" };
}

/** What `npm audit` says; undefined if it says something else. @param {string} text */
function auditOf(text) {
  try {
    return /** @type {{ metadata?: { vulnerabilities: { total: number } } }} */ (JSON.parse(text));
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const { passed, failed, output } = await supply();
    if (output !== "") console.log(output.trim());
    const { lines, found } = advisories();
    lines.forEach((line) => console.log(line));
    console.log(`${passed} passed, ${failed} failed`);
    if (failed > 0 || found) throw new Failure("What Fjord is made of isn't as deny.toml and scripts/supply.mjs allow, or is known to be vulnerable.");
  });
}
