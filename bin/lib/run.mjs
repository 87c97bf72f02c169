// `fjord run`: serves a configuration on a local workerd.
import fs from "node:fs";
import path from "node:path";
import { configFile } from "./arguments.mjs";
import { Failure } from "./errors.mjs";
import { ensureFree } from "./run/address.mjs";
import { plan } from "./run/plan.mjs";
import { Server } from "./run/server.mjs";
import { givenBindings, givenVariables } from "./run/variables.mjs";
import { watch } from "./run/watch.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  port: { type: "string", short: "p" },
  host: { type: "string" },
  env: { type: "string", multiple: true, default: [] },
  bind: { type: "string", multiple: true, default: [] },
  assets: { type: "string" },
  watch: { type: "boolean", short: "w", default: false },
  "no-watch": { type: "boolean", default: false },
  lenient: { type: "boolean", default: false },
  debug: { type: "boolean", short: "d", default: false },
};

export const help = `fjord run: serves a configuration on this machine.

Usage: fjord run [[-c] FILE] [-p PORT] [options]

  -c, --config FILE     the configuration; default: krakend.json in this folder
  -p, --port PORT       the port; default: the configuration's "port", or 8080; 0 takes a free one
      --host IP         the address to listen on; default: its "listen_ip", or 127.0.0.1
      --env NAME=VALUE  a variable or secret; may be repeated; .dev.vars beside the file has more
      --bind NAME=URL   what takes the calls of "service://NAME"; may be repeated
      --assets DIR      the files of "service://ASSETS"; default: those of the Wrangler file
  -w, --watch           serve each saved change; default on a terminal, --no-watch switches it off
      --lenient         serve what can be served of a configuration with faults: endpoints that
                        can't work answer 501
  -d, --debug           log each request and each call with status and time, and serve /__debug/
  -h, --help            this text

Prints "listening on http://IP:PORT" when it is ready. Ctrl-C stops it.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  /** @type {import("./run/plan.mjs").Wishes} */
  const wishes = {
    file: configFile("run", values, positionals),
    variables: givenVariables(values.env),
    bindings: givenBindings(values.bind),
    assets: values.assets === undefined ? undefined : folder(values.assets),
    host: values.host,
    port: values.port,
    lenient: values.lenient,
    debug: values.debug,
  };
  const first = await plan(wishes);
  await ensureFree(first.address.host, first.address.port);
  const server = await Server.start(first);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.stop());
  // What started this process with a channel, such as fjord/testing, closes it to stop the gateway: Windows has no signal that can be handled.
  process.on("disconnect", () => server.stop());
  process.channel?.unref();
  console.log(`listening on http://${server.address}`);
  const watching = (values.watch || process.stdout.isTTY) && !values["no-watch"] && wishes.file !== "-";
  const watcher = watching ? watch(first.sources, () => reload(server, wishes)) : undefined;
  const message = await server.ended;
  watcher?.stop();
  if (message !== undefined) throw new Failure(message);
}

/**
 * Serves the configuration as it is now; a fault is said, and the last good version keeps serving. Gives the files to watch.
 *
 * @param {Server} server
 * @param {import("./run/plan.mjs").Wishes} wishes
 */
async function reload(server, wishes) {
  const started = performance.now();
  let next;
  try {
    next = await plan(wishes);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`${error.message}\nThe last good version keeps serving.`);
    return server.sources;
  }
  if (server.movesTo(next)) console.error(`The address stays ${server.address} until the next start.`);
  if (await server.replace(next)) console.log(`${wishes.file} is served as it is now (${Math.round(performance.now() - started)} ms)`);
  return next.sources;
}

/** @param {string} value */
function folder(value) {
  if (!fs.existsSync(value) || !fs.statSync(value).isDirectory()) throw new Failure(`--assets ${value}: no such folder`);
  return path.resolve(value);
}
