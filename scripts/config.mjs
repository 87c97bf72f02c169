// The configuration, checked by the core and put beside it as text: a change of it rebuilds no wasm.
import path from "node:path";
import { place, refuseShadowed } from "../bin/lib/build.mjs";
import { described } from "../bin/lib/build/described.mjs";
import { linkedFiles } from "../bin/lib/linked.mjs";
import { checkConfig, loadCore, readConfig, wantsColor, workerFiles } from "../bin/lib/core.mjs";
import { moduleFor } from "../bin/lib/modules.mjs";
import { Failure, at, root, writeText } from "./lib.mjs";
import { buildModule } from "./modules.mjs";

/**
 * @param {string} file
 * @param {{ deploys: boolean, buildOrigins: () => Promise<void> }} how Whether the module that it needs is built, rather than the smallest
 *   taken that is there; what builds the module of calls over sockets.
 */
export async function buildConfig(file, { deploys, buildOrigins }) {
  const core = await loadCore();
  const shown = path.relative(root, file);
  const config = await readConfig(core, file);
  const checked = checkConfig({ ...config, file: shown }, { color: wantsColor(process.stderr), quiet: true, module: true });
  if (checked.text) console.error(checked.text.trimEnd());
  if (!checked.ok) throw new Failure(`${shown} can't be served.`);
  refuseShadowed(checked.report);
  const needsSockets = config.read.needs_sockets();
  if (needsSockets) await buildOrigins();
  writeText(at("build/linked.mjs"), String(linkedFiles(needsSockets)["linked.mjs"]));
  if (deploys) await buildModule(checked.report.module ?? "full");
  const module = moduleFor(checked.report);
  place(module, at("build"));
  writeText(at("build/krakend.json"), config.text);
  writeText(at("build/files.json"), JSON.stringify(workerFiles(config)));
  if (deploys) console.log(described(module, checked.report, needsSockets));
}
