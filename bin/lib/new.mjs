// `fjord new`: a folder with a gateway that runs.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, UsageError, codeOf, messageOf } from "./errors.mjs";

const home = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** @satisfies {import("./command.js").Options} */
export const options = {};

export const help = `fjord new: makes a folder with a gateway that runs.

Usage: fjord new DIR

  -h, --help   this text

Writes krakend.json, wrangler.toml, package.json, README.md, .gitignore and a file to serve. The
folder must be new or empty: nothing is overwritten. Then: cd DIR && npm install && npm start`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) throw new UsageError("new needs one folder: fjord new DIR");
  const dir = path.resolve(given);
  const name = path.basename(dir).toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 54) || "gateway";
  try {
    if (fs.existsSync(dir) && fs.readdirSync(dir).length > 0) throw new Failure(`${given} is not empty: nothing is overwritten`);
    for (const [file, text] of Object.entries(files(name, dir))) {
      fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      fs.writeFileSync(path.join(dir, file), text, { flag: "wx" });
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const file = error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : given;
    throw new Failure(`${file} ${REASONS[codeOf(error) ?? ""] ?? messageOf(error)}`);
  }
  const enter = path.relative(process.cwd(), dir);
  console.log(`${given} is ready:\n\n  ${enter ? `cd ${/[^\w./-]/.test(enter) ? JSON.stringify(enter) : enter} && ` : ""}npm install && npm start\n`);
}

/** @type {Partial<Record<string, string>>} */
const REASONS = { ENOTDIR: "is a file", EACCES: "may not be written", EEXIST: "is in the way" };

/**
 * What a new gateway takes over from the package.
 *
 * @typedef {object} Manifest
 * @property {string} version
 * @property {boolean} [private]
 * @property {{ node: string, wrangler: string }} devDependencies
 * @property {Record<string, boolean>} allowScripts
 */

/**
 * The files of a new gateway, by name.
 *
 * @param {string} name
 * @param {string} dir
 */
function files(name, dir) {
  const own = /** @type {Manifest} */ (JSON.parse(fs.readFileSync(path.join(home, "package.json"), "utf8")));
  const [, date] = /^compatibility_date = "(.+)"/m.exec(fs.readFileSync(path.join(home, "wrangler.toml"), "utf8")) ?? [];
  if (date === undefined) throw new Failure(`${path.join(home, "wrangler.toml")} has no compatibility_date`);
  // A version that no registry has is taken from where it lies.
  const beside = `file:${path.relative(fs.existsSync(dir) ? fs.realpathSync(dir) : dir, home).split(path.sep).join("/")}`;
  const manifest = {
    name,
    private: true,
    type: "module",
    scripts: {
      start: "fjord run -c krakend.json --assets www",
      check: "fjord check -tlc krakend.json",
      audit: "fjord audit -c krakend.json",
      deploy: "wrangler deploy",
    },
    dependencies: { fjord: own.private ? beside : `^${own.version}` },
    // Wrangler needs a newer Node than the gateway itself.
    devDependencies: { node: own.devDependencies.node, wrangler: own.devDependencies.wrangler },
    allowScripts: own.allowScripts,
  };
  const config = {
    $schema: "https://www.krakend.io/schema/v2.11/krakend.json",
    version: 3,
    name,
    timeout: "3s",
    host: ["service://ASSETS"],
    "@comment": "The origin is the folder www/: replace it with the addresses of your services, like https://api.example.com.",
    endpoints: [{ endpoint: "/hello/{name}", backend: [{ url_pattern: "/hello/{name}.json", allow: ["greeting", "language"] }] }],
    extra_config: {
      router: { hide_version_header: true },
      "security/http": { content_type_nosniff: true, frame_deny: true },
    },
  };
  return {
    "krakend.json": `${JSON.stringify(config, null, 2)}\n`,
    "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "wrangler.toml": wrangler(name, date),
    "README.md": readme(name, own.private ? beside.slice("file:".length) : undefined),
    ".gitignore": "/build\nnode_modules\n.wrangler/\n.dev.vars*\n",
    "www/hello/world.json": `${JSON.stringify({ greeting: "Hello, world!", language: "en", internal: "not for clients" }, null, 2)}\n`,
  };
}

/**
 * @param {string} name
 * @param {string} date
 */
const wrangler = (name, date) => `name = "${name}"
main = "build/worker.mjs"
compatibility_date = "${date}"

# Checks the configuration and puts it beside the core.
[build]
command = "npx fjord build -c krakend.json -o build"
watch_dir = ["krakend.json"]

# The configuration and the files that it names are text for the core.
[[rules]]
type = "Text"
globs = ["**/krakend.json", "**/files.json"]
fallthrough = true

# The host service://ASSETS of krakend.json. The gateway answers first.
[assets]
directory = "www"
binding = "ASSETS"
run_worker_first = true

[observability]
enabled = true
`;

/**
 * @param {string} name
 * @param {string} [origin] Where the package is taken from, if no registry has it.
 */
const readme = (name, origin) => `# ${name}

An API gateway: \`krakend.json\` says what it answers, [Fjord](https://www.npmjs.com/package/fjord) runs it on Cloudflare Workers.

\`\`\`console
$ npm install
$ npm start
listening on http://127.0.0.1:8080
$ curl http://127.0.0.1:8080/hello/world
{"greeting":"Hello, world!","language":"en"}
\`\`\`

| | |
|---|---|
| \`npm start\` | serves krakend.json on this machine |
| \`npm run check\` | says what is wrong with it, with line and column |
| \`npm run audit\` | says what is open, missing or too generous in it |
| \`npm run deploy\` | puts it on your Cloudflare account |
| \`npx fjord explain NAME\` | the documentation of an option |

The origin is the folder \`www/\`: in \`host\` stand the addresses of your services. \`npx fjord schema > krakend.schema.json\` writes
the schema for an editor: \`"$schema": "./krakend.schema.json"\`.
${origin ? `\nThe package \`fjord\` is taken from \`${origin}\`: run \`npm install && npm run build\` there once.\n` : ""}`;
