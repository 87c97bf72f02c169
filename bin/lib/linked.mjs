// The module of calls over sockets, which a worker gets where its configuration needs it.
import fs from "node:fs";
import path from "node:path";
import { buildDir } from "./core.mjs";
import { Failure } from "./errors.mjs";

/** The folder of the module, in a build and in a worker. */
const FOLDER = "origins";

/** What the entry module takes from beside the core. */
const linked = (/** @type {string} */ from) => `// What a configuration needs beside the core. Written by a build.
export { FjordOrigins, origins } from "${from}";
`;

/**
 * What a configuration adds to a worker's modules, by the path below its folder: `linked.mjs`, and the module of `origins/` where
 * calls go over sockets.
 *
 * @param {boolean} needsSockets
 * @returns {Record<string, Buffer>}
 */
export function linkedFiles(needsSockets) {
  if (!needsSockets) return { "linked.mjs": Buffer.from(linked("./unlinked.mjs")) };
  const dir = path.join(buildDir, FOLDER);
  if (!fs.existsSync(path.join(dir, "module.wasm"))) {
    throw new Failure("build/origins is missing, and this configuration calls origins over sockets: run `npm run build -- --origins` first.");
  }
  const names = fs.readdirSync(dir).filter((name) => /\.(mjs|wasm)$/.test(name));
  const files = names.map((name) => /** @type {const} */ ([`${FOLDER}/${name}`, fs.readFileSync(path.join(dir, name))]));
  return { "linked.mjs": Buffer.from(linked(`./${FOLDER}/index.mjs`)), ...Object.fromEntries(files) };
}
