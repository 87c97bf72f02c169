// docs/namespaces.md lists the namespaces of docs/reference.md, which is long, and docs/namespaces/ has a page for each, with an example.
// `UPDATE=1 node --test tests/namespaces.test.mjs` writes them.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { root } from "./support/gateway.mjs";
import { ELSEWHERE, examples, fileOf, page as pageOf } from "./support/pages.mjs";
import { entries } from "./support/reference.mjs";

const FEATURES = path.join(root, "src/features");

/**
 * What a family of namespaces is for: the first line of its folder's `mod.rs`. A family in a single file has none; its only namespace says it.
 *
 * @param {string} family
 */
function purpose(family) {
  const names = (/** @type {string} */ file) => new RegExp(`namespace\\(\\s*"${family}[/"]`).test(fs.readFileSync(file, "utf8"));
  const rooms = fs.readdirSync(FEATURES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs"));
  const room = rooms.find((name) => names(path.join(FEATURES, name)));
  assert.ok(room, `no room of ${family} in src/features`);
  const [folder = "", ...below] = room.split(path.sep);
  if (below.length === 0) return "";
  const [, line] = /^\/\/! (.+)$/m.exec(fs.readFileSync(path.join(FEATURES, folder, "mod.rs"), "utf8")) ?? [];
  assert.ok(line, `src/features/${folder}/mod.rs begins with a line that says what its namespaces are for`);
  return `${line}\n\n`;
}

/** @typedef {import("./support/reference.mjs").Entry} Entry */

const family = (/** @type {string} */ name) => name.split("/", 1)[0] ?? "";

/** @param {Entry[]} list */
function page(list) {
  const groups = [...new Set(list.map(({ name }) => family(name)))].map((group) => {
    const rows = list.filter(({ name }) => family(name) === group);
    const lines = rows.map(({ name, places, does, support: is }) => `| [\`${name}\`](namespaces/${fileOf(name)}) | ${places} | ${does} | ${is} |`);
    return `## \`${group}\`\n\n${purpose(group)}| namespace | in the \`extra_config\` of | what it does | in Fjord |\n|---|---|---|---|\n${lines.join("\n")}\n`;
  });
  const head = `# Namespaces

What \`extra_config\` may have, by family; each name leads to its page, with its options and an example that the tests run. The [reference](reference.md) has all options on one
page, \`fjord explain NAME\` shows them in a terminal. Made by \`UPDATE=1 node --test tests/namespaces.test.mjs\`.

- **yes**: it does what KrakenD does. Single options may not, and say so in the reference.
- **no effect**: it is accepted and nothing happens, for the reason in the reference.
- **refused**: a configuration with it isn't served; the reference has the reason and the nearest way.

`;
  return head + groups.join("\n");
}

test("docs/namespaces.md lists the namespaces of the reference", () => {
  const list = entries(fs.readFileSync(path.join(root, "docs/reference.md"), "utf8"));
  assert.ok(list.length > 70, `${list.length} namespaces`);
  const file = path.join(root, "docs/namespaces.md");
  if (process.env.UPDATE) fs.writeFileSync(file, page(list));
  else assert.equal(fs.readFileSync(file, "utf8"), page(list), "run UPDATE=1 node --test tests/namespaces.test.mjs");
});

test("each namespace has a page, and each that works an example", () => {
  const list = entries(fs.readFileSync(path.join(root, "docs/reference.md"), "utf8"));
  const shown = examples();
  const names = new Set(list.map(({ name }) => name));
  assert.deepEqual([...shown.keys()].filter((name) => !names.has(name)), [], "examples of unknown namespaces");
  for (const [name, where] of Object.entries(ELSEWHERE)) {
    assert.ok(!shown.has(name), `${name} has an example: ELSEWHERE needn't name it`);
    for (const file of [`tests/${where?.test ?? ""}`, ...(where?.guide === undefined ? [] : [`docs/${where.guide}`])]) {
      assert.ok(fs.readFileSync(path.join(root, file), "utf8").includes(name), `${file} has ${name}`);
    }
  }
  const works = list.filter(({ name, support: is }) => is === "yes" && ELSEWHERE[name] === undefined).map(({ name }) => name);
  assert.deepEqual(works.filter((name) => !shown.has(name)), [], "give a case of tests/gateway the member `example` with the namespace's name");
  const folder = path.join(root, "docs/namespaces");
  const pages = new Map([...names].map((name) => [fileOf(name), pageOf(name, list.filter((entry) => entry.name === name), shown.get(name))]));
  if (process.env.UPDATE) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder);
    for (const [file, text] of pages) fs.writeFileSync(path.join(folder, file), text);
  }
  assert.deepEqual(fs.readdirSync(folder).sort(), [...pages.keys()].sort());
  for (const [file, text] of pages) assert.equal(fs.readFileSync(path.join(folder, file), "utf8"), text, `${file}: run UPDATE=1 node --test tests/namespaces.test.mjs`);
});

test("a namespace is as the reference says", () => {
  const row = "| `name` | string |  | The plugin. | refused: none |";
  const text = `### \`a/b\`\n\nIn the \`extra_config\` of backends. Does it.\n**Refused**: no.\n\n### \`a/b\`\n\nIn the \`extra_config\` of the service. Says it.\n\n### \`c\`\n\nIn the \`extra_config\` of endpoints and backends. Runs it.\n\n${row}\n`;
  assert.deepEqual(entries(text).map(({ name, anchor, places, does, support: is }) => ({ name, anchor, places, does, support: is })), [
    { name: "a/b", anchor: "ab", places: "backends", does: "Does it.", support: "refused" },
    { name: "a/b", anchor: "ab-1", places: "the service", does: "Says it.", support: "yes" },
    { name: "c", anchor: "c", places: "endpoints and backends", does: "Runs it.", support: "refused" },
  ]);
});
