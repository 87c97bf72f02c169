// The documents: their links lead somewhere, and the messages that they quote are those that the code prints.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { fromToml } from "../bin/lib/formats/toml.mjs";
import { files as newGateway } from "../bin/lib/project/template.mjs";
import { root } from "./support/gateway.mjs";

/** Folders that hold no documents and no sources of ours. */
const FOREIGN = new Set(["node_modules", "target", "build", "dist"]);

/** Sections of the page of messages whose messages are other programs'. */
const OTHERS = ["From Cloudflare", "From workerd and Wrangler"];

/**
 * The files below a folder whose names end in one of `endings`, as paths from the root.
 *
 * @param {string} folder
 * @param {string[]} endings
 * @returns {string[]}
 */
function files(folder, endings) {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.has(entry.name) || entry.name.startsWith(".") ? [] : files(name, endings);
    return endings.some((ending) => name.endsWith(ending)) ? [name] : [];
  });
}

/** @param {string} name */
const read = (name) => fs.readFileSync(path.join(root, name), "utf8");

/**
 * A document without its blocks of code.
 *
 * @param {string} text
 */
const prose = (text) => text.replace(/^( *)(```+)[^]*?^\1\2 *$/gm, "");

/**
 * The anchors of a document's headings, as GitHub makes them.
 *
 * @param {string} text
 */
function anchors(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...prose(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = ""]) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/**
 * What is wrong with the links of a document.
 *
 * @param {string} name
 * @param {string} text
 */
function broken(name, text) {
  const links = [...prose(text).replace(/`[^`\n]*`/g, "").matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: +(\S+)/gm)];
  return links.flatMap(([, inline, reference]) => {
    const target = inline ?? reference ?? "";
    if (/^[a-z]+:/.test(target)) return [];
    const [file = "", anchor] = target.split("#");
    const found = file === "" ? name : path.posix.join(path.posix.dirname(name), decodeURI(file));
    if (!fs.existsSync(path.join(root, found))) return [`${name}: ${target}: there is no ${found}`];
    if (anchor === undefined || anchors(read(found)).includes(anchor)) return [];
    return [`${name}: ${target}: ${found} has no heading #${anchor}`];
  });
}

describe("links", () => {
  test("anchors are GitHub's", () => {
    const text = "# A `b/c` d\n```sh\n# no heading\n```\n## Twice\n## Twice\n## [A link](x.md): näher, 1.5\n";
    assert.deepEqual(anchors(text), ["a-bc-d", "twice", "twice-1", "a-link-näher-15"]);
  });

  test("no conflict of a merge is left", () => {
    for (const name of files(".", [".md"])) assert.doesNotMatch(read(name), /^(<<<<<<<|>>>>>>>) /m, name);
  });
  test("a broken one is found", () => {
    const text = "[a](nowhere.md) [b](README.md#nowhere) [c](#here) `[d](code.md)` [e](https://e.test/x)\n## Here\n";
    assert.deepEqual(broken("page.md", text).map((line) => line.split(": ")[1]), ["nowhere.md", "README.md#nowhere", "#here"]);
  });

  for (const name of files(".", [".md"])) {
    test(name, () => assert.deepEqual(broken(name, read(name)), []));
  }

  test("documents that commands name are there", () => {
    const named = files("bin", [".mjs"]).flatMap((name) => read(name).match(/docs\/[\w/-]+\.md/g) ?? []);
    assert.ok(named.includes("docs/reference.md"));
    assert.deepEqual(named.filter((name) => !fs.existsSync(path.join(root, name))), []);
  });
});

describe("JSON", () => {
  for (const name of files(".", [".md"])) {
    // Parts of a configuration are shown, too: what begins as an object is one.
    const blocks = [...read(name).matchAll(/^ *```json\n([^]*?)^ *```$/gm)].flatMap(([, text = ""]) => (text.trimStart().startsWith("{") ? [text] : []));
    if (blocks.length > 0) test(name, () => blocks.forEach((text) => JSON.parse(text)));
  }

  const readme = read("README.md");
  /** What a `curl` of the README answers. @param {number} port */
  const shown = (port) => {
    const [, target = "", answer = ""] = new RegExp(`\\$ curl http://127\\.0\\.0\\.1:${port}(\\S+)\\n(\\{.+\\})\\n`).exec(readme) ?? [];
    return { target, answer: /** @type {unknown} */ (JSON.parse(answer)) };
  };

  test("the README's configuration and answer are those of a new gateway", () => {
    const made = newGateway({ name: "gateway", dependency: "^0.1.0", tools: {}, allowScripts: {} });
    const [, block = ""] = /```json\n([^]*?)```/.exec(readme) ?? [];
    const { version, timeout, host, endpoints } = /** @type {Record<string, unknown>} */ (JSON.parse(String(made["krakend.json"])));
    assert.deepEqual(JSON.parse(block), { version, timeout, host, endpoints });
    const { target, answer } = shown(8080);
    // The gateway's own test asks for the same, and the tests of the package run it.
    assert.ok(String(made["test/gateway.test.mjs"]).includes(`fetch("${target}")`));
    const [, expected = ""] = /response\.json\(\), (\{.+\})\);/.exec(String(made["test/gateway.test.mjs"])) ?? [];
    assert.equal(JSON.stringify(answer).replaceAll(/[" ]/g, ""), expected.replaceAll(/[" ]/g, ""));
  });

  test("the README's other answer is one that the example's test expects", () => {
    const { target, answer } = shown(8787);
    const [, expected = ""] = new RegExp(`json\\("${target}"\\), (\\{.+\\})\\);`).exec(read("tests/wrangler.test.mjs")) ?? [];
    assert.equal(JSON.stringify(answer).replaceAll(/[" ]/g, ""), expected.replaceAll(/[" ]/g, ""));
  });
});

/**
 * A part of Wrangler's own JSON schema.
 *
 * @typedef {{ properties?: Record<string, Schema>, required?: string[], items?: Schema, anyOf?: Schema[], $ref?: string }} Schema
 */

const { RawConfig } = /** @type {{ definitions: Record<string, Schema> }} */ (JSON.parse(read("node_modules/wrangler/config-schema.json"))).definitions;

/**
 * The members of settings that Wrangler doesn't know, and those that it misses.
 *
 * @param {unknown} value
 * @param {Schema | undefined} schema
 * @param {string} where
 * @returns {string[]}
 */
function unfit(value, schema, where) {
  if (schema === undefined) return [`${where} is unknown`];
  if (schema.anyOf) {
    const each = schema.anyOf.map((choice) => unfit(value, choice, where));
    return each.find((faults) => faults.length === 0) ?? each[0] ?? [];
  }
  if (Array.isArray(value)) return schema.items === undefined ? [] : value.flatMap((item, index) => unfit(item, schema.items, `${where}[${index}]`));
  const { properties } = schema;
  if (value === null || typeof value !== "object" || properties === undefined) return [];
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key)).map((key) => `${where}.${key} is missing`);
  return [...missing, ...Object.entries(value).flatMap(([key, inner]) => unfit(inner, properties[key], `${where}.${key}`))];
}

describe("lines for Wrangler", () => {
  test("a wrong one is found", () => {
    assert.deepEqual(unfit({ servics: [] }, RawConfig, "it"), ["it.servics is unknown"]);
    assert.deepEqual(unfit({ vpc_services: [{ binding: "A", id: "1" }] }, RawConfig, "it"), ["it.vpc_services[0].service_id is missing", "it.vpc_services[0].id is unknown"]);
  });

  for (const name of files("docs", [".md"])) {
    const blocks = [...read(name).matchAll(/^( *)```toml\n([^]*?)^\1```$/gm)].map(([, , text = ""]) => text);
    if (blocks.length === 0) continue;
    test(name, () => {
      for (const text of blocks) assert.deepEqual(unfit(JSON.parse(fromToml({ file: name, text }).text), RawConfig, "settings"), []);
    });
  }
});

/** Where messages come from: tests aren't asked. */
const sources = ["bin", "src", "crates", "scripts"]
  .flatMap((folder) => files(folder, [".mjs", ".rs"]))
  .filter((name) => !/(^|\/)tests?(\/|\.rs$)|\.test\.mjs$/.test(name))
  .map((name) => plain(read(name).replace(/^#\[cfg\(test\)\]\nmod \w+ \{[^]*/m, "")));

/**
 * A source with its texts as they are printed: quotes without bars, lines of one text joined, braces single.
 *
 * @param {string} text
 */
function plain(text) {
  return text.replace(/\\\n\s*/g, "").replaceAll('\\"', '"').replaceAll("{{", "{").replaceAll("}}", "}").replaceAll("\\`", "`");
}

/**
 * Whether a source has all fixed parts of a message, one after the other in one line.
 *
 * @param {string} message
 */
function isPrinted(message) {
  const parts = message.split("…");
  const pattern = new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^\\n]{1,160}?"));
  return sources.some((source) => parts.every((part) => source.includes(part)) && pattern.test(source));
}

/**
 * The messages that the page quotes, each with the section that it is in.
 *
 * @param {string} text
 */
function quoted(text) {
  return text.split(/^## /m).flatMap((part) => {
    const section = part.split("\n", 1)[0] ?? "";
    const heads = [...part.matchAll(/^- \*\*`.*$/gm)].map(([line]) => line);
    return heads.flatMap((line) => [...line.matchAll(/\*\*(`+) ?(.+?) ?\1\*\*/g)].map(([, , message = ""]) => ({ section, message })));
  });
}

describe("messages of docs/troubleshooting.md", () => {
  test("a message that nothing prints is found", () => {
    assert.ok(isPrinted("… doesn't exist"));
    assert.ok(isPrinted("listening on http://…"));
    assert.ok(!isPrinted("listening at http://…"));
    assert.deepEqual(quoted("## A\n- **`x …`**, **`` y `z` ``** (501): text `w`\n"), [
      { section: "A", message: "x …" },
      { section: "A", message: "y `z`" },
    ]);
  });

  const all = quoted(read("docs/troubleshooting.md"));

  test("there are messages in each section", () => {
    const sections = [...read("docs/troubleshooting.md").matchAll(/^## (.+)$/gm)].map(([, section]) => section);
    const empty = sections.filter((section) => !all.some((found) => found.section === section));
    assert.deepEqual(empty, ["Where messages are"]);
    assert.deepEqual(OTHERS.filter((section) => !sections.includes(section)), []);
  });

  for (const { section, message } of all.filter((found) => !OTHERS.includes(found.section))) {
    test(`${section}: ${message}`, () => {
      const fixed = message.split("…").join("").replace(/[^\p{L}\p{N}]/gu, "");
      assert.ok(fixed.length >= 6, "too little of it is fixed: any source would do");
      assert.ok(isPrinted(message), "no source prints it");
    });
  }
});

/**
 * What docs/rules.md says of a class of rules.
 *
 * @type {Partial<Record<string, string>>}
 */
const CLASSES = {
  Fatal: "error, always",
  Closes: "error",
  ClosesGuards: "error in a guard",
  ClosesSteps: "error in a guard or a step",
  Lints: "warning",
  Advises: "never an error",
};

test("docs/rules.md has each rule of check, with what comes of it", () => {
  const table = files("src", [".rs"]).map(read).find((text) => text.includes("pub static RULES"));
  assert.ok(table, "the sources have a table of rules");
  const rules = [...table.matchAll(/\brule\(\s*"([\w-]+)",\s*Class::(\w+)/g)].map(([, code, name = ""]) => `${code}: ${CLASSES[name]}`);
  const listed = [...read("docs/rules.md").matchAll(/^\| `([\w-]+)` \| .+ \| (.+) \|$/gm)].map(([, code, says]) => `${code}: ${says}`);
  assert.ok(rules.length > 100, `${rules.length} rules`);
  assert.deepEqual(listed.sort(), rules.sort());
});

test("the example of docs/testing.md passes", (t) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-page-"));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const blocks = [...read("docs/testing.md").matchAll(/^[^\n]*`([\w/.-]+\.(?:json|mjs))`[^\n]*:\n\n```\w+\n([^]*?)^```$/gm)];
  assert.deepEqual(blocks.map(([, name]) => name), ["krakend.json", "test/gateway.test.mjs"]);
  fs.mkdirSync(path.join(dir, "test"));
  fs.mkdirSync(path.join(dir, "node_modules"));
  fs.symlinkSync(root, path.join(dir, "node_modules/fjord"), "junction");
  for (const [, name = "", text = ""] of blocks) fs.writeFileSync(path.join(dir, name), text);
  // This process is a test of its own, which its variable would tell the other one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], { cwd: dir, env, encoding: "utf8" });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# pass 2$/m);
});
