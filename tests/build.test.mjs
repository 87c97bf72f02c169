// When a build compiles: whenever a file of a crate that the modules are made of has changed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { at, root } from "../scripts/lib.mjs";
import { ORIGINS, SOURCES } from "../scripts/sources.mjs";
import { listening } from "./support/upstream.mjs";

/**
 * What `cargo metadata` says of a package.
 *
 * @typedef {{ name: string, manifest_path: string, dependencies: { name: string, kind: string | null, path?: string }[] }} Package
 */

/** The folders of a package and of the workspace's packages below it, relative to the top. @param {string} name */
function folders(name) {
  const { stdout, stderr, status } = spawnSync("cargo", ["metadata", "--format-version", "1", "--no-deps", "--locked"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  assert.equal(status, 0, stderr);
  const packages = new Map((/** @type {{ packages: Package[] }} */ (JSON.parse(stdout))).packages.map((one) => [one.name, one]));
  const found = new Set(/** @type {string[]} */ ([]));
  const visit = (/** @type {string} */ reached) => {
    const one = packages.get(reached);
    assert.ok(one, `${reached} is in the workspace`);
    const folder = path.relative(root, path.dirname(one.manifest_path));
    if (found.has(folder)) return;
    found.add(folder);
    for (const below of one.dependencies) if (below.path !== undefined && below.kind !== "dev") visit(below.name);
  };
  visit(name);
  return found;
}

const covers = (/** @type {string[]} */ entries, /** @type {string} */ file) => entries.some((entry) => file === entry || file.startsWith(`${entry}/`));

for (const [name, entries] of /** @type {const} */ ([["fjord", SOURCES], ["fjord-limits", SOURCES], ["fjord-origins", ORIGINS]])) {
  test(`a changed file of ${name} or of a crate below it is compiled`, () => {
    for (const folder of folders(name)) {
      for (const part of ["Cargo.toml", "src"]) {
        const file = path.join(folder, part);
        assert.ok(covers(entries, file), `${file} is among the sources: ${entries.join(" ")}`);
      }
    }
  });
}

test("wrangler watches every folder that the core is made of", () => {
  const [, list] = /^watch_dir = (\[.*\])$/m.exec(fs.readFileSync(at("wrangler.toml"), "utf8")) ?? [];
  const watched = /** @type {string[]} */ (JSON.parse(list ?? "[]"));
  for (const folder of new Set([...folders("fjord"), ...folders("fjord-limits")])) {
    const file = path.join(folder, "src");
    assert.ok(covers(watched, file), `${file} is below watch_dir: ${watched.join(" ")}`);
  }
});

describe("npm start", () => {
  const start = (/** @type {Record<string, string>} */ variables, /** @type {string[]} */ ...args) =>
    spawnSync(process.execPath, [at("scripts/start.mjs"), ...args], { env: { ...process.env, ...variables }, encoding: "utf8", timeout: 30_000 });

  test("says that a port is taken before anything is built or open", async (t) => {
    const other = net.createServer();
    const port = String(await listening(other));
    t.after(() => other.close());
    for (const { status, stdout, stderr } of [start({ PORT: port }), start({}, "--port", port), start({ PORT: "1" }, "-p", port)]) {
      assert.deepEqual({ status, stdout, stderr }, { status: 1, stdout: "", stderr: `127.0.0.1:${port} is in use by another program\n` });
    }
  });

  test("refuses what isn't a port, and other options", () => {
    assert.match(start({ PORT: "http" }).stderr, /^npm start: http isn't a port/);
    assert.match(start({}, "--prot", "1").stderr, /^npm start: Unknown option '--prot'/);
  });
});
