// The console for a gateway of one's own: static files, as they are in this package's www/, with the gateway's configuration.
import fs from "node:fs";
import path from "node:path";
import { Failure } from "../errors.mjs";
import { moduleFor } from "../modules.mjs";

const WWW = new URL("../../../www/", import.meta.url);

/** Beside `console/`: the page, its picture, and header lines for the platform. */
const PAGE = ["index.html", "logo.svg", "_headers"];

/**
 * Writes the page into a folder. Other files of the folder stay; files that an older version has left in `console/` go.
 *
 * @param {string} dir
 * @param {string} config The configuration that the page begins with, as JSON.
 * @param {(file: string, bytes: Buffer) => void} write
 */
export function writeConsole(dir, config, write) {
  const page = path.join(dir, "index.html");
  if (fs.existsSync(page) && !fs.readFileSync(page, "utf8").includes("<title>Fjord console</title>")) {
    throw new Failure(`${page} is another page: give the console a folder of its own`);
  }
  if (!fs.existsSync(new URL("console/app.js", WWW))) throw new Failure("www/console is missing: run `npm run build` first.");
  const bundled = fs.readdirSync(new URL("console/", WWW)).filter((name) => !["fjord.wasm", "examples.json"].includes(name));
  const [, ...others] = /** @type {object[]} */ (JSON.parse(fs.readFileSync(new URL("console/examples.json", WWW), "utf8")));
  const own = { name: "This gateway", files: { "krakend.json": config }, answers: {} };
  const files = new Map([
    ...bundled.map((name) => /** @type {const} */ ([name, fs.readFileSync(new URL(`console/${name}`, WWW))])),
    ["fjord.wasm", fs.readFileSync(new URL("fjord.wasm", moduleFor({ module: "tools" }).url))],
    ["examples.json", Buffer.from(JSON.stringify([own, ...others]))],
  ]);
  for (const [name, bytes] of files) write(path.join(dir, "console", name), bytes);
  for (const name of fs.readdirSync(path.join(dir, "console"))) if (!files.has(name)) fs.rmSync(path.join(dir, "console", name), { recursive: true });
  for (const name of PAGE) {
    // Header lines of one's own stay.
    if (name !== "_headers" || !fs.existsSync(path.join(dir, name))) write(path.join(dir, name), fs.readFileSync(new URL(name, WWW)));
  }
}
