// `fjord graph`: draws a configuration.
import { configFile } from "./arguments.mjs";
import { checkConfig, loadCore, readConfig, wantsColor } from "./core.mjs";
import { Failure, UsageError } from "./errors.mjs";
import { dot } from "./graph/dot.mjs";
import { mermaid } from "./graph/mermaid.mjs";
import { graphOf } from "./graph/model.mjs";
import { svg } from "./graph/svg.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  format: { type: "string", short: "f", default: "svg" },
  endpoint: { type: "string", short: "e" },
  theme: { type: "string", default: "light" },
};

export const help = `fjord graph: draws a configuration: endpoints, steps in their order, backends, what merges into what.

Usage: fjord graph [[-c] FILE] [options]

  -c, --config FILE     the configuration; default: krakend.json in this folder
  -f, --format FORMAT   svg (default), mermaid for Markdown, or dot for Graphviz
  -e, --endpoint PATH   only the endpoints of this path, such as /users/{id}
      --theme THEME     light (default) or dark; only svg has colors
  -h, --help            this text

The picture goes to standard output: fjord graph krakend.json > gateway.svg`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const file = configFile("graph", values, positionals);
  const { format, theme, endpoint } = values;
  if (format !== "svg" && format !== "mermaid" && format !== "dot") throw new UsageError(`--format ${format}: expected svg, mermaid or dot`);
  if (theme !== "light" && theme !== "dark") throw new UsageError(`--theme ${theme}: expected light or dark`);
  const core = await loadCore();
  const config = await readConfig(core, file);
  const { ok, text, report } = checkConfig(config, { view: "lenient", color: wantsColor(process.stderr), costs: true });
  // What can't be read at all has no picture; endpoints with faults have one.
  if (!ok) throw new Failure(text.trimEnd());
  const model = graphOf(JSON.parse(config.text), report.costs);
  if (endpoint !== undefined) {
    model.endpoints = model.endpoints.filter(({ path }) => path === endpoint);
    if (model.endpoints.length === 0) throw new UsageError(`--endpoint ${endpoint}: the configuration has no such endpoint`);
  }
  const write = { svg: () => svg(model, { theme }), mermaid: () => mermaid(model), dot: () => dot(model) };
  process.stdout.write(write[format]());
}
