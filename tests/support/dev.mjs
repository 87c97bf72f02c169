// `wrangler dev` for black-box tests: what `fjord build` has written, as the platform runs it.
import { spawn } from "node:child_process";
import path from "node:path";
import { env } from "../../scripts/lib.mjs";
import { root } from "./gateway.mjs";
import { freePort } from "./upstream.mjs";

/** @import { Context } from "./gateway.mjs" */

/**
 * Starts `wrangler dev` in a folder; gives a function that asks it.
 *
 * @param {Context} t
 * @param {string} dir
 */
export async function dev(t, dir) {
  const port = await freePort();
  const args = [path.join(root, "node_modules/wrangler/bin/wrangler.js"), "dev", "--ip", "127.0.0.1", "--port", String(port), "--show-interactive-dev-session=false"];
  // A newer Node than the least that the command needs.
  const server = spawn(path.join(root, "node_modules/.bin/node"), args, { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  server.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
  server.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
  t.after(async () => {
    const ended = new Promise((resolve) => server.on("close", resolve));
    server.kill("SIGINT");
    await ended;
  });
  const ask = (/** @type {string} */ target, /** @type {RequestInit} */ init = {}) => fetch(`http://127.0.0.1:${port}${target}`, init);
  for (let i = 0; i < 300; i++) {
    if (await ask("/__health").then(({ ok }) => ok, () => false)) return { ask, port, said: () => output };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`wrangler dev doesn't come up:\n${output}`);
}
