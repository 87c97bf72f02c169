// Templates: what Go's text/template with sprig made of each is in tests/data/templates.jsonl.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { SourceError } from "../bin/lib/faults.mjs";
import { names, problem } from "../bin/lib/flexible/functions/index.mjs";
import { render } from "../bin/lib/flexible/index.mjs";
import { folder, root } from "./support/gateway.mjs";

/**
 * A recorded rendering: what Go wrote, or its error and the line of it.
 *
 * @typedef {{ template: string, out?: string, error?: string, line?: number }} Recording
 */

const [first = "", ...rest] = fs.readFileSync(path.join(root, "tests/data/templates.jsonl"), "utf8").trim().split("\n");
/** @type {{ data: Record<string, unknown> }} */
const { data } = JSON.parse(first);
/** @type {Recording[]} */
const cases = rest.map((line) => JSON.parse(line));
const { dir, remove } = folder(Object.fromEntries(Object.entries(data).map(([name, value]) => [`settings/${name}.json`, JSON.stringify(value)])));

/** The top of the data are settings, which are objects: lists and texts are put in by a wrapper. */
function rendered(/** @type {string} */ template) {
  const others = Object.entries(data).filter(([, value]) => Array.isArray(value) || typeof value === "string");
  fs.writeFileSync(path.join(dir, "settings/all.json"), JSON.stringify(data));
  for (const [name] of others) fs.rmSync(path.join(dir, `settings/${name}.json`), { force: true });
  const wrapper = `{{ template "t.tmpl" .all }}`;
  fs.mkdirSync(path.join(dir, "templates"), { recursive: true });
  fs.writeFileSync(path.join(dir, "templates/t.tmpl"), template);
  return render("main", wrapper, { FC_SETTINGS: path.join(dir, "settings"), FC_TEMPLATES: path.join(dir, "templates") }).text;
}

/**
 * What is written, or what is wrong.
 *
 * @param {string} template
 * @returns {{ out?: string, fault?: import("../bin/lib/faults.mjs").Fault, stack?: string }}
 */
function attempt(template) {
  try {
    return { out: rendered(template) };
  } catch (error) {
    return { fault: error instanceof SourceError ? error.faults[0] : undefined, stack: error instanceof Error ? error.stack : String(error) };
  }
}

describe("templates give what Go's give", () => {
  test(`${cases.length} recorded ones`, (t) => {
    t.after(remove);
    const faults = [];
    for (const { template, out, error, line } of cases) {
      const found = attempt(template);
      if (error === undefined && found.out !== out) faults.push(`${template}\n  Go:    ${out}\n  Fjord: ${found.out ?? found.stack}`);
      if (error !== undefined && !found.fault) faults.push(`${template}\n  Go:    ${error}\n  Fjord: ${found.out ?? found.stack}`);
      // Of what is never closed Go names the end, Fjord the beginning.
      if (error !== undefined && found.fault && line !== undefined && found.fault.line !== line) faults.push(`${template}: line ${found.fault.line}, not ${line}`);
    }
    assert.deepEqual(faults, []);
  });

  test("a whole configuration, with settings, templates and partials", () => {
    const at = (/** @type {string} */ name) => path.join(root, "tests/data/flexible", name);
    const env = { FC_SETTINGS: at("settings"), FC_TEMPLATES: at("templates"), FC_PARTIALS: at("partials") };
    const { text, pieces } = render(at("krakend.tmpl"), fs.readFileSync(at("krakend.tmpl"), "utf8"), env);
    assert.equal(text, fs.readFileSync(at("rendered.json"), "utf8"));
    assert.equal(pieces.at(-1)?.[1], Buffer.byteLength(text));
  });
});

test("the list of functions is that of the documentation", () => {
  const page = fs.readFileSync(path.join(root, "docs/flexible.md"), "utf8");
  const [, list = ""] = /<!-- functions:start -->\n([^]*?)<!-- functions:end -->/.exec(page) ?? [];
  const listed = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => String(name));
  const sorted = [...names].sort();
  assert.deepEqual(listed.sort(), sorted);
  assert.equal(problem("upper"), undefined);
  assert.match(problem("uuidv4") ?? "", /left out: it would give another configuration each time/);
});

test("hostile templates end in a fault", () => {
  const hostile = [
    "{{".repeat(50_000),
    `${"{{if true}}".repeat(5000)}${"{{end}}".repeat(5000)}`,
    `{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`,
    '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
    "{{ range until 100000000 }}x{{ end }}",
    "{{ repeat 1000000000 `abc` }}",
    "{{ \0 }}",
    "{{ .a.__proto__.constructor.name.x }}{{ constructor }}",
    "{{ toString | }}",
  ];
  for (const text of hostile) {
    assert.throws(() => render("t", text, {}), (error) => error instanceof SourceError && error.faults.length === 1, text.slice(0, 60));
  }
  assert.equal(render("t", "{{ .constructor }}{{ (dict).__proto__ }}", {}).text, "<no value><no value>");
});
