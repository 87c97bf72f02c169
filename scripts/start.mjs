// `npm start`: serves krakend.json through `wrangler dev`, and says where to look. `npm start -- --port 9000`, or PORT, takes another port.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { messageOf } from "../bin/lib/errors.mjs";
import { ensureFree, portNumber } from "../bin/lib/run/address.mjs";
import { Failure, at, call, env, main, readText } from "./lib.mjs";
import { SOURCES, fingerprint } from "./sources.mjs";

const HOST = "127.0.0.1";
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** The port of the command line, of the environment, or wrangler's own. */
function port() {
  try {
    const { values } = parseArgs({ options: { port: { type: "string", short: "p", default: process.env.PORT ?? "8787" } } });
    return portNumber(values.port);
  } catch (error) {
    throw new Failure(`npm start: ${messageOf(error)}`);
  }
}

/**
 * Resolves when something answers, or when there is nothing left to wait for.
 *
 * @param {import("node:child_process").ChildProcess} server
 * @param {string} address
 */
async function answering(server, address) {
  while (server.exitCode === null && server.signalCode === null) {
    const answer = await fetch(`${address}/__health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer) return answer.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

await main(async () => {
  const chosen = port();
  // Another program would answer, and wrangler would take the next port.
  await ensureFree(HOST, chosen);
  // Once outside of wrangler: the first build takes minutes, and a mistake in it should end here.
  if (readText(at("build/.fingerprint")) !== fingerprint(SOURCES)) console.log("Compiling the module: about five minutes on two cores, the first time only.");
  call(process.execPath, [at("scripts/build.mjs")]);
  const wrangler = at("node_modules/wrangler/bin/wrangler.js");
  const options = ["dev", "--ip", HOST, "--port", String(chosen), "--show-interactive-dev-session=false"];
  const server = spawn(process.execPath, [wrangler, ...options], { cwd: at(), env, stdio: ["ignore", "inherit", "inherit"] });
  for (const signal of SIGNALS) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => (process.exitCode = code ?? 0));
  const address = `http://${HOST}:${chosen}`;
  await answering(server, address);
  if (server.exitCode === null) console.log(`\nOpen ${address}/\nStop with Ctrl-C. A changed krakend.json is taken over at once.\n`);
});
