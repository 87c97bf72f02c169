// Templates of configurations with the files that they need. What Go makes of each is asked natively: tests/flexible.rs.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { loadCore } from "../bin/lib/core.mjs";
import { SourceError } from "../bin/lib/faults.mjs";
import { render } from "../bin/lib/flexible.mjs";
import { folder, root } from "./support/gateway.mjs";

const core = await loadCore();

test("a whole configuration, with settings, templates and partials", () => {
  const at = (/** @type {string} */ name) => path.join(root, "tests/data/flexible", name);
  const env = { FC_SETTINGS: at("settings"), FC_TEMPLATES: at("templates"), FC_PARTIALS: at("partials") };
  const { text, pieces } = render(core, at("krakend.tmpl"), fs.readFileSync(at("krakend.tmpl"), "utf8"), env);
  assert.equal(text, fs.readFileSync(at("rendered.json"), "utf8"));
  assert.equal(pieces.at(-1)?.[1], Buffer.byteLength(text));
});

describe("what is wrong is said at its place", () => {
  const { dir, remove } = folder({
    "settings/a.json": '{"list": [1, 2]}',
    "broken/a.json": '{"list": [1, 2}',
    "lists/a.json": "[]",
    "templates/other.tmpl": "line\n{{ .list.x }}",
    "partials/deep/é.json": "{}",
  });
  const env = { FC_SETTINGS: path.join(dir, "settings"), FC_TEMPLATES: path.join(dir, "templates"), FC_PARTIALS: path.join(dir, "partials") };
  /** @type {[template: string, env: NodeJS.ProcessEnv, file: string, line: number, message: RegExp][]} */
  const cases = [
    ["é{{ nothing }}", env, "t.tmpl", 1, /function "nothing" not defined/],
    ['\n{{ template "other.tmpl" .a }}', env, "other.tmpl", 2, /can't evaluate field x/],
    ["{{ .a }}", { ...env, FC_SETTINGS: path.join(dir, "broken") }, "a.json", 1, /./],
    ["{{ .a }}", { ...env, FC_SETTINGS: path.join(dir, "lists") }, "a.json", 1, /settings are a JSON object/],
    ['\n\n{{ include "gone.json" }}', env, "t.tmpl", 3, /the partial .*gone\.json doesn't exist/],
    ['{{ include "gone.json" }}', {}, "t.tmpl", 1, /gone\.json doesn't exist: FC_PARTIALS names the folder/],
  ];
  for (const [template, variables, file, line, message] of cases) {
    test(`${JSON.stringify(template)} in ${file}`, () => {
      assert.throws(() => render(core, "t.tmpl", template, variables), (error) => {
        assert.ok(error instanceof SourceError);
        const [fault] = error.faults;
        assert.equal(path.basename(fault?.file ?? ""), file);
        assert.equal(fault?.line, line);
        assert.match(fault?.message ?? "", message);
        return true;
      });
    });
  }

  test("a folder that isn't there", () => {
    assert.throws(() => render(core, "t.tmpl", "", { FC_TEMPLATES: path.join(dir, "none") }), /FC_TEMPLATES names .*none, which doesn't exist/);
  });

  test("partials of folders below, each read once", (t) => {
    t.after(remove);
    const { text, sources, pieces } = render(core, "t.tmpl", '{{ include "deep/é.json" }},{{ include "deep/é.json" }}', env);
    assert.equal(text, "{},{}");
    assert.deepEqual(sources.map(({ file }) => path.basename(file)), ["t.tmpl", "other.tmpl", "é.json"]);
    assert.deepEqual(pieces.map(([start, end, source]) => [start, end, source]), [[0, 2, 2], [2, 3, 0], [3, 5, 2]]);
  });
});
