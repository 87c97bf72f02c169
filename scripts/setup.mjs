// Makes a fresh clone ready: the npm packages of package-lock.json, and Node from among them.
// Runs before `npm start`, `npm test` and `npm run deploy`; takes no time when there is nothing to do.
import crypto from "node:crypto";
import fs from "node:fs";
import { at, call, main, readText, writeText } from "./lib.mjs";

/** Says which lock file the packages were installed from. */
const stamp = at("node_modules/.fjord-lock");
const lock = crypto.createHash("sha256").update(fs.readFileSync(at("package-lock.json"))).digest("hex");

await main(() => {
  if (readText(stamp) === lock) return;
  call("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { shell: process.platform === "win32" });
  writeText(stamp, lock);
});
