// What `fjord check` and `fjord audit` say of a project.
import { audit, check, fitsWorker } from "../../bin/lib/ask.mjs";
import { overrides } from "../../bin/lib/bindings.mjs";
import { readProject } from "./project.mjs";

/**
 * @typedef {import("../messages.js").Opinion} Opinion
 * @typedef {import("../../src/edge/fjord.mjs").Core} Core
 */

/**
 * @param {Core} core with as much memory as a tool may need
 * @param {() => Promise<Core>} edge an instance with as much memory as at the edge
 * @param {import("../messages.js").Project} project
 * @returns {Promise<Opinion>}
 */
export async function opinion(core, edge, project) {
  const found = await readProject(core, project);
  if ("findings" in found) return { json: null, ...found, recommendations: [], costs: [], ok: false };
  const { text, files, origin, worker } = found.read;
  const read = new core.Config(new TextEncoder().encode(text));
  try {
    const config = { file: project.main, read, files, fits: await fitsWorker(edge, text, files), origin, worker };
    const { ok, text: shown, report } = check(config, { costs: true, variables: { ...worker?.overrides, ...overrides(project.env) } });
    const audited = audit(config, {});
    const recommendations = audited !== undefined && "recommendations" in audited ? audited.recommendations : [];
    return { json: text, findings: report.diagnostics, recommendations, costs: report.costs ?? [], text: shown, ok };
  } finally {
    read.free();
  }
}
