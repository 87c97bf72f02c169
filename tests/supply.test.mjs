// The check of licences, sources and duplicates: what it lets through, and what it doesn't.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faults, satisfied } from "../scripts/supply.mjs";

test("a licence must be satisfied by those allowed", () => {
  const allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Zlib"];
  for (const [expression, expected] of /** @type {[string, boolean][]} */ ([
    ["MIT", true],
    ["MIT/GPL-3.0", true],
    ["GPL-3.0 OR MIT", true],
    ["MIT AND GPL-3.0", false],
    ["MIT AND (GPL-3.0 OR Zlib)", true],
    ["(MIT OR Apache-2.0) AND NCSA", false],
    ["Apache-2.0 WITH LLVM-exception OR GPL-3.0", true],
    ["MIT WITH Some-exception", false],
    ["GPL-3.0 OR LGPL-3.0 AND MIT", false],
    ["", false],
    ["mit", false],
  ])) {
    assert.equal(satisfied(expression, allowed), expected, expression);
  }
  for (const broken of ["(MIT", "MIT MIT", "MIT )"]) assert.throws(() => satisfied(broken, allowed), /can't be read/);
});

test("a foreign licence, a foreign source and an unlisted duplicate are told, and so is a list that is too long", () => {
  const one = (/** @type {object} */ rest) => ({ name: "a", version: "1.0.0", license: "MIT", source: "registry", development: false, ...rest });
  const rules = { licenses: () => ["MIT"], sources: ["registry"], duplicates: ["a@1.0.0"] };
  const two = [one({}), one({ version: "2.0.0" })];
  assert.deepEqual(faults(two, rules), { licences: [], sources: [], duplicates: [] });
  assert.deepEqual(faults([...two, one({ version: "3.0.0" })], rules).duplicates, ["a: 2.0.0, 3.0.0"]);
  assert.deepEqual(faults([one({})], rules).duplicates, ["a@1.0.0 is listed, and no duplicate"]);
  assert.deepEqual(faults([...two, one({ name: "b", license: "GPL-3.0" })], rules).licences, ["b 1.0.0: GPL-3.0"]);
  assert.deepEqual(faults([...two, one({ name: "b", license: "" })], rules).licences, ["b 1.0.0: no licence"]);
  assert.deepEqual(faults([...two, one({ name: "b", source: "git+https://a.test" })], rules).sources, ["b 1.0.0: git+https://a.test"]);
  assert.deepEqual(faults([...two, one({ name: "own", license: "", source: null })], rules).licences, []);
});
