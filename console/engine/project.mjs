// A project as the command reads it: templates rendered, YAML and TOML converted, the files that the configuration names beside it.
import { SourceError } from "../../bin/lib/faults.mjs";
import { messageOf } from "../../bin/lib/errors.mjs";
import { workerBeside } from "../../bin/lib/bindings.mjs";
import { readSource } from "../../bin/lib/source.mjs";
import { mount } from "../shims/fs.mjs";
import fs from "node:fs";
import path from "node:path";

/**
 * @typedef {import("../messages.js").Project} Project
 * @typedef {import("../../src/edge/fjord.mjs").Core} Core
 * @typedef {{ text: string, files: Record<string, string>, origin?: import("../../bin/lib/source.mjs").Origin, worker?: import("../../bin/lib/bindings.mjs").Worker }} Read
 */

/** Variables that say how templates are rendered. */
const TEMPLATES = "FC_";

/**
 * The configuration of a project; the faults that keep it from being one.
 *
 * @param {Core} core
 * @param {Project} project
 * @returns {Promise<{ read: Read } | { findings: import("../../bin/lib/core.mjs").Finding[], text: string }>}
 */
export async function readProject(core, { files: texts, main, env }) {
  mount(texts);
  try {
    const isTemplate = main.endsWith(".tmpl") || Boolean(env.FC_ENABLE);
    const { bytes, origin } = await readSource(core, main, isTemplate ? { ...env, FC_ENABLE: "1", FC_OUT: undefined } : env);
    const config = new core.Config(bytes);
    /** @type {Record<string, string>} */
    const files = {};
    try {
      for (const name of /** @type {string[]} */ (JSON.parse(config.files()))) {
        const beside = path.join(path.dirname(main), name);
        const found = [beside, name].find((file) => file in texts);
        if (found !== undefined) files[name] = fs.readFileSync(found, "utf8");
      }
    } finally {
      config.free();
    }
    return { read: { text: bytes.toString("utf8"), files, origin, worker: await workerBeside(main) } };
  } catch (error) {
    if (error instanceof SourceError && error.faults.length > 0) {
      const findings = error.faults.map(({ entry }) => /** @type {import("../../bin/lib/core.mjs").Finding} */ (entry));
      return { findings, text: error.faults.map((fault) => fault.text(false)).join("\n\n") };
    }
    const message = messageOf(error);
    const finding = { severity: /** @type {const} */ ("error"), code: "unreadable", path: "", file: main, line: 1, column: 1, message, help: null, related: [] };
    return { findings: [finding], text: message };
  }
}

/**
 * The variables that the worker has: those of the project, without what templates are rendered by.
 *
 * @param {Record<string, string>} env
 */
export const workerEnv = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(TEMPLATES)));
