// Makes a fresh clone ready: the npm packages of package-lock.json, and Node from among them.
// Runs before `npm start`, `npm test` and `npm run deploy`; takes no time when there is nothing to do.
import fs from "node:fs";
import { at, call, main } from "./lib.mjs";

/** npm leaves its own copy of the lock file in node_modules when an installation is complete. */
function installed() {
  const done = at("node_modules/.package-lock.json");
  return fs.existsSync(done) && fs.statSync(done).mtimeMs >= fs.statSync(at("package-lock.json")).mtimeMs;
}

await main(() => {
  if (!installed()) call("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { shell: process.platform === "win32" });
});
