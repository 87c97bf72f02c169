// `fjord new`: a folder with a gateway that runs.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { loadCore } from "./core.mjs";
import { Failure, UsageError, codeOf, messageOf } from "./errors.mjs";
import { takeOver } from "./project/takeover.mjs";
import { PUBLISHED, home, vendor } from "./project/tarball.mjs";
import { files } from "./project/template.mjs";
import { writeSchema } from "./schema.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  from: { type: "string" },
  repo: { type: "string" },
};

export const help = `fjord new: makes a folder with a gateway that runs.

Usage: fjord new DIR [--from FILE] [--repo URL]

      --from FILE   begin with an existing configuration or template, and the files it names; or
                    with an OpenAPI document (version 3), an endpoint for each of its operations
      --repo URL    the public repository of the folder: README.md gets a button that deploys it;
                    default: the remote "origin" of DIR, if it is on GitHub or GitLab
  -h, --help        this text

Writes the configuration, wrangler.jsonc, package.json, a test, a workflow for GitHub, README.md and
.dev.vars.example. The folder must be new or empty (.git may be there): nothing is overwritten.
Then: cd DIR && npm install && npm start`;

/**
 * What a new gateway takes over from the package.
 *
 * @typedef {object} Manifest
 * @property {string} version
 * @property {{ node: string, wrangler: string }} devDependencies
 * @property {Record<string, boolean>} allowScripts
 */

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) throw new UsageError("new needs one folder: fjord new DIR");
  const dir = path.resolve(given);
  const name = path.basename(dir).toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 54) || "gateway";
  const repo = repository(values.repo, dir);
  const { version, devDependencies, allowScripts } = /** @type {Manifest} */ (JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8")));
  const core = await loadCore();
  const taken = values.from === undefined ? undefined : await takeOver(core, values.from);
  try {
    if (fs.existsSync(dir) && fs.readdirSync(dir).some((entry) => entry !== ".git")) throw new Failure(`${given} is not empty: nothing is overwritten`);
    fs.mkdirSync(dir, { recursive: true });
    // A clone has no schema yet.
    writeSchema(core);
    const dependency = PUBLISHED ? `^${version}` : vendor(dir, version);
    // Wrangler needs a newer Node than the gateway itself.
    const tools = { node: devDependencies.node, wrangler: devDependencies.wrangler };
    for (const [file, text] of Object.entries(files({ name, dependency, tools, allowScripts, repo, taken }))) {
      fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      fs.writeFileSync(path.join(dir, file), text, { flag: "wx" });
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const file = error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : given;
    throw new Failure(`${file} ${REASONS[codeOf(error) ?? ""] ?? messageOf(error)}`);
  }
  const enter = path.relative(process.cwd(), dir);
  console.log(`${given} is ready:\n\n  ${enter ? `cd ${/[^\w./\\-]/.test(enter) ? JSON.stringify(enter) : enter} && ` : ""}npm install && npm start\n`);
  if (taken) console.log(`Before it goes live:\n\n${taken.advice.map((line) => `  - ${line}`).join("\n")}\n`);
}

/** @type {Partial<Record<string, string>>} */
const REASONS = { ENOTDIR: "is a file", EACCES: "may not be written", EEXIST: "is in the way" };

/**
 * The public repository of a folder: the one that is given, or its remote.
 *
 * @param {string | undefined} given
 * @param {string} dir
 */
function repository(given, dir) {
  if (given !== undefined) {
    const found = publicAddress(given);
    if (found === undefined) throw new UsageError(`--repo ${given}: expected a repository on GitHub or GitLab, such as https://github.com/OWNER/NAME`);
    return found;
  }
  if (!fs.existsSync(path.join(dir, ".git"))) return undefined;
  const { status, stdout } = spawnSync("git", ["-C", dir, "remote", "get-url", "origin"], { encoding: "utf8" });
  return status === 0 ? publicAddress(stdout.trim()) : undefined;
}

/**
 * The address of a repository as a browser opens it; the platform's button knows these two hosts.
 *
 * @param {string} remote
 */
export function publicAddress(remote) {
  const [, host, name] = /^(?:https:\/\/|ssh:\/\/git@|git@)(github\.com|gitlab\.com)[/:]([\w.-]+(?:\/[\w.-]+?)+)(?:\.git)?\/?$/.exec(remote) ?? [];
  return host === undefined ? undefined : `https://${host}/${name}`;
}
