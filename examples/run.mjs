// Runs one example: its origin on port 9000, its gateway on port 8080.
//
//   node examples/run.mjs token-exchange
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startOrigin } from "./origin.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const names = fs.readdirSync(here).filter((name) => fs.existsSync(path.join(here, name, "krakend.json")));

const name = process.argv[2] ?? "";
if (!names.includes(name)) {
  console.error(`Usage: node examples/run.mjs NAME\n\n  ${names.join("\n  ")}`);
  process.exit(2);
}
const folder = path.join(here, name);
const { routes, tls, startBroker } = await import(pathToFileURL(path.join(folder, "origin.mjs")).href);
const origin = await startOrigin(routes, 9000, tls);
console.log(`origin: ${origin.url}`);
/** @type {{ env?: Record<string, string>, requests: { method?: string, path: string, headers?: Record<string, string>, body?: string }[] }} */
const { env = {}, requests } = JSON.parse(fs.readFileSync(path.join(folder, "requests.json"), "utf8"));
/** @type {(() => unknown)[]} */
const ends = [];
/** @type {Record<string, string>} */
const places = (await startBroker?.({ after: (/** @type {() => unknown} */ end) => ends.push(end) })) ?? {};
const variables = Object.entries({ ...env, ...places }).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
const gateway = spawn(process.execPath, [path.join(here, "../bin/fjord.mjs"), "run", "-c", path.join(folder, "krakend.json"), "-p", "8080", ...variables], {
  stdio: "inherit",
});
console.log("Try:");
for (const { method = "GET", path: target, headers = {}, body } of requests) {
  const lines = Object.entries(headers).map(([key, value]) => ` -H '${key}: ${value}'`);
  console.log(`  curl -i${method === "GET" ? "" : ` -X ${method}`}${lines.join("")}${body === undefined ? "" : ` -d '${body}'`} 'http://127.0.0.1:8080${target}'`);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => gateway.kill());
gateway.on("exit", (code) => {
  process.exitCode = code ?? 0;
  void origin.stop();
  while (ends.length > 0) void ends.pop()?.();
});
