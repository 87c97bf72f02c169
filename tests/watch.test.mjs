// What `fjord run --watch` looks at, and what a failure does to it.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, mock, test } from "node:test";
import { signature, watch } from "../bin/lib/run/watch.mjs";

/** @type {string} */
let folder;
beforeEach((t) => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-watch-"));
  if ("after" in t) t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
});
const at = (/** @type {string[]} */ ...parts) => path.join(folder, ...parts);

test("a change of a file below a folder is seen, also of one behind a link", () => {
  fs.mkdirSync(at("settings/deep"), { recursive: true });
  fs.writeFileSync(at("settings/deep/a.json"), "1");
  fs.writeFileSync(at("elsewhere.json"), "1");
  fs.symlinkSync(at("elsewhere.json"), at("settings/linked.json"));
  const files = [at("settings"), at("absent.json")];
  let last = signature(files);
  for (const [name, text] of /** @type {const} */ ([["settings/deep/a.json", "22"], ["elsewhere.json", "333"], ["absent.json", "4"], ["settings/deep/b.json", "5"]])) {
    fs.writeFileSync(at(name), text);
    const now = signature(files);
    assert.notEqual(now, last, name);
    last = now;
  }
});

test("links to folders aren't followed, and circles end", () => {
  fs.mkdirSync(at("settings"));
  fs.mkdirSync(at("large"));
  fs.writeFileSync(at("large/file"), "");
  fs.symlinkSync(at("settings"), at("settings/self"));
  fs.symlinkSync(at("large"), at("settings/large"));
  fs.symlinkSync("loop", at("settings/loop"));
  const seen = signature([at("settings")]).split("\n");
  assert.deepEqual(seen.map((line) => path.relative(folder, line.split(" ", 1)[0] ?? "").split(path.sep).join("/")), ["settings", "settings/large", "settings/loop", "settings/self"]);
  // A folder that is named itself may be a link.
  fs.symlinkSync(at("large"), at("named"));
  assert.match(signature([at("named")]), /named\/file|named\\file/);
});

test("a failure is printed, and the next change is taken", async () => {
  const printed = mock.method(console, "error", () => {});
  const file = at("krakend.json");
  fs.writeFileSync(file, "1");
  let calls = 0;
  await new Promise((resolve) => {
    const watcher = watch([file], async () => {
      calls += 1;
      if (calls === 1) {
        setTimeout(() => fs.writeFileSync(file, "333"), 10);
        throw new Error("a fault of the command");
      }
      watcher.stop();
      resolve(undefined);
      return [file];
    });
    fs.writeFileSync(file, "22");
  });
  printed.mock.restore();
  assert.equal(calls, 2);
  assert.match(String(printed.mock.calls[0]?.arguments[0]), /a fault of the command/);
});
