// The files of a new gateway.
import { COMPATIBILITY_DATE } from "../workerd.mjs";

/**
 * What a new gateway is made of.
 *
 * @typedef {object} Project
 * @property {string} name
 * @property {string} dependency Where npm takes Fjord from.
 * @property {Record<string, string>} tools The versions of the other packages.
 * @property {Record<string, boolean>} allowScripts
 * @property {string} [repo] Its public repository.
 * @property {import("./takeover.mjs").Takeover} [taken] The configuration that it begins with, if not the template's.
 */

/** @param {unknown} value */
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The texts of the files, by name.
 *
 * @param {Project} project
 * @returns {Record<string, string | Buffer>}
 */
export function files(project) {
  const { name, dependency, tools, allowScripts, taken } = project;
  const manifest = {
    name,
    private: true,
    type: "module",
    scripts: {
      start: "fjord run --watch",
      dev: "wrangler dev",
      check: "fjord check -tl",
      audit: "fjord audit",
      test: "node --test",
      deploy: "wrangler deploy",
    },
    dependencies: { fjord: dependency },
    devDependencies: tools,
    allowScripts,
  };
  return {
    ...(taken?.files ?? greeting(name)),
    "wrangler.jsonc": wrangler(name, taken),
    "package.json": json(manifest),
    "test/gateway.test.mjs": taken === undefined ? GREETING_TEST : HEALTH_TEST,
    ".dev.vars.example": variables(taken?.secrets ?? []),
    ".github/workflows/gateway.yml": WORKFLOW,
    ".gitignore": "/build\n/dist\nnode_modules\n.wrangler/\n.dev.vars*\n!.dev.vars.example\n",
    "README.md": readme(project),
  };
}

/** @param {string} name */
const greeting = (name) => ({
  "krakend.json": json({
    $schema: "./node_modules/fjord/build/krakend.schema.json",
    version: 3,
    name,
    timeout: "3s",
    host: ["service://ASSETS"],
    "@comment": "The backend is the folder www/. Replace it with the addresses of your services, such as https://api.example.com.",
    endpoints: [{ endpoint: "/hello/{name}", backend: [{ url_pattern: "/hello/{name}.json", allow: ["greeting", "language"] }] }],
    extra_config: { "security/http": { content_type_nosniff: true, frame_deny: true } },
  }),
  "www/hello/world.json": json({ greeting: "Hello, world!", language: "en", internal: "not for clients" }),
});

/**
 * @param {string} name
 * @param {Project["taken"]} taken
 */
function wrangler(name, taken) {
  const watched = JSON.stringify(taken === undefined ? ["krakend.json"] : taken.watched);
  const assets = `
  // The host service://ASSETS. The gateway answers first.
  "assets": { "directory": "www", "binding": "ASSETS", "run_worker_first": true },
`;
  return `{
  "$schema": "./node_modules/wrangler/config-schema.json",
  "name": ${JSON.stringify(name)},
  "main": "build/worker.mjs",
  "compatibility_date": "${COMPATIBILITY_DATE}",

  // Checks the configuration and writes the Worker.
  "build": { "command": "npx fjord build", "watch_dir": ${watched} },

  // The configuration and the files that it names are text for the Worker.
  "rules": [{ "type": "Text", "globs": ["**/krakend.json", "**/files.json"], "fallthrough": true }],
${taken === undefined || taken.usesAssets ? assets : ""}
  // Logs and traces of the platform, without the values of queries.
  "observability": { "enabled": true, "redact_query_string": true, "traces": { "enabled": true } }
}
`;
}

/** How every test of a gateway begins. */
const TEST_SETUP = `// The gateway, as its clients see it: npm test
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startGateway } from "fjord/testing";

let gateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());
`;

const GREETING_TEST = `${TEST_SETUP}
test("greets, and hides what is internal", async () => {
  const response = await gateway.fetch("/hello/world");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { greeting: "Hello, world!", language: "en" });
});

test("answers 404 where there is no endpoint", async () => {
  assert.equal((await gateway.fetch("/nothing")).status, 404);
});
`;

const HEALTH_TEST = `${TEST_SETUP}
test("serves the configuration", async () => {
  assert.ok((await gateway.fetch("/__health")).status < 500);
});
`;

/** @param {string[]} secrets */
const variables = (secrets) => `# Variables and secrets for this machine, one NAME=value a line. Copy this file to .dev.vars, which git ignores.
# At the edge: npx wrangler secret put NAME
${secrets.length === 0 ? "#API_TOKEN=" : secrets.map((name) => `${name}=`).join("\n")}
`;

/** How both jobs of the workflow begin. */
const INSTALL = `    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24, cache: npm }
      - run: npm ci
`;

const WORKFLOW = `name: gateway
on:
  push: { branches: [main] }
  pull_request: {}
permissions:
  contents: read
jobs:
  check:
${INSTALL}      - run: npx fjord check -tl --format github
      - run: npm test
  deploy:
    # The secret CLOUDFLARE_API_TOKEN is made from the template "Edit Cloudflare Workers".
    if: github.ref == 'refs/heads/main'
    needs: check
${INSTALL}      - run: npx wrangler deploy
        env:
          CLOUDFLARE_API_TOKEN: \${{ secrets.CLOUDFLARE_API_TOKEN }}
          CLOUDFLARE_ACCOUNT_ID: \${{ secrets.CLOUDFLARE_ACCOUNT_ID }}
`;

/** @param {Project} project */
function readme({ name, dependency, repo, taken }) {
  const button = repo === undefined ? "" : `\n[![Deploy to Cloudflare](https://deploy.workers.cloudflare.com/button)](https://deploy.workers.cloudflare.com/?url=${encodeURI(repo)})\n`;
  const asked = taken === undefined ? `\n$ curl http://127.0.0.1:8080/hello/world\n{"greeting":"Hello, world!","language":"en"}` : "";
  const file = taken?.name ?? "krakend.json";
  const hosts = taken === undefined ? "\nThe backend is the folder `www/`. In `host`, put the addresses of your services.\n" : "";
  const vendored = dependency.startsWith("file:") ? `\nThe package \`fjord\` is in \`${dependency.slice("file:".length)}\`: commit it, so that a clone can be installed.\n` : "";
  return `# ${name}
${button}
An API gateway: \`${file}\` says what it answers, Fjord runs it on Cloudflare Workers.

\`\`\`console
$ npm install
$ npm start
listening on http://127.0.0.1:${taken?.port ?? 8080}${asked}
\`\`\`

| | |
|---|---|
| \`npm start\` | serves ${file} on this machine; a saved change is served at once |
| \`npm run dev\` | the same through \`wrangler dev\` |
| \`npm test\` | starts the gateway and asks it |
| \`npm run check\` | says what is wrong with ${file}, with line and column |
| \`npm run audit\` | says what is open, missing or too generous in it |
| \`npm run deploy\` | puts it on your Cloudflare account |
| \`npx fjord explain NAME\` | the documentation of an option |
${hosts}
Secrets for this machine are in \`.dev.vars\`: \`.dev.vars.example\` shows how. The workflow in \`.github/\` checks pull requests and deploys
\`main\`: commit \`package-lock.json\`, and give the repository the secrets \`CLOUDFLARE_API_TOKEN\` and \`CLOUDFLARE_ACCOUNT_ID\`.
${vendored}`;
}
