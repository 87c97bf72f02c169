// The package as npm packs it, for a gateway whose dependencies no registry has.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../errors.mjs";

/** Whether the registry has this package. Then a new gateway depends on `^VERSION`, and brings no tarball. */
export const PUBLISHED = /** @type {boolean} */ (false);

/** Where this package is: a clone, or a folder of node_modules. */
export const home = path.resolve(fileURLToPath(new URL("../../../", import.meta.url)));

/**
 * How npm is started: the one that started this process, without a shell, or the one on the path.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ program: string, args: string[], shell: boolean }}
 */
export function npmCommand({ npm_execpath: script }, platform) {
  if (script !== undefined && /\bnpm-cli\.c?js$/.test(script)) return { program: process.execPath, args: [script], shell: false };
  // npm is a batch file on Windows, which only a shell starts.
  return { program: "npm", args: [], shell: platform === "win32" };
}

/**
 * Writes `vendor/fjord-VERSION.tgz` into a folder; returns what package.json calls it. The scripts of the package don't run: an
 * installed package is packed as it is, and a clone needs a build.
 *
 * @param {string} dir
 * @param {string} version
 */
export function vendor(dir, version) {
  const name = `fjord-${version}.tgz`;
  const folder = path.join(dir, "vendor");
  fs.mkdirSync(folder, { recursive: true });
  const { program, args, shell } = npmCommand(process.env, process.platform);
  // In the folder of the package, so that no path has to be quoted for a shell.
  const { status, error, stderr } = spawnSync(program, [...args, "pack", "--ignore-scripts", "--silent"], {
    cwd: home,
    encoding: "utf8",
    env: { ...process.env, npm_config_pack_destination: folder, npm_config_dry_run: "false" },
    shell,
    windowsHide: true,
  });
  if (status !== 0 || !fs.existsSync(path.join(folder, name))) {
    throw new Failure(`npm can't pack ${home}: ${error?.message ?? (stderr.trim() || `exit code ${status}`)}`);
  }
  return `file:vendor/${name}`;
}
