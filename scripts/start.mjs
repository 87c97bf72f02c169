// `npm start`: serves krakend.json through `wrangler dev`, and says where to look.
import { spawn } from "node:child_process";
import { at, call, env, main } from "./lib.mjs";

const PORT = process.env.PORT ?? "8787";
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
const address = `http://127.0.0.1:${PORT}`;

/**
 * Resolves when something answers, or when there is nothing left to wait for.
 *
 * @param {import("node:child_process").ChildProcess} server
 */
async function answering(server) {
  while (server.exitCode === null && server.signalCode === null) {
    const answer = await fetch(`${address}/__health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer) return answer.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

await main(async () => {
  // Once outside of wrangler: the first build takes a minute, and a mistake in it should end here.
  console.log("Building: the first time takes a minute or two ...");
  call(process.execPath, [at("scripts/build.mjs")]);
  const wrangler = at("node_modules/wrangler/bin/wrangler.js");
  const options = ["dev", "--ip", "127.0.0.1", "--port", PORT, "--show-interactive-dev-session=false"];
  const server = spawn(process.execPath, [wrangler, ...options], { cwd: at(), env, stdio: ["ignore", "inherit", "inherit"] });
  for (const signal of SIGNALS) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => (process.exitCode = code ?? 0));
  await answering(server);
  if (server.exitCode === null) console.log(`\nOpen ${address}/\nStop with Ctrl-C. A changed krakend.json is taken over at once.\n`);
});
