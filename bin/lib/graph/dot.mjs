// A graph in Graphviz's language.
import { mergeText } from "./model.mjs";

/** @param {string[]} lines */
const label = (...lines) => `"${lines.filter(Boolean).map(escaped).join("\\n")}"`;

/** @param {string} text */
const escaped = (text) => text.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " ");

/** @param {import("./model.mjs").Model} model */
export function dot({ name, steps, endpoints }) {
  const lines = [
    `digraph ${label(name)} {`,
    "  rankdir=LR; fontname=\"Helvetica\";",
    '  node [shape=box, style="rounded,filled", fillcolor="#f2f7f8", color="#0b6478", fontname="Helvetica", fontsize=11];',
    '  edge [color="#4a626b", fontname="Helvetica", fontsize=10];',
  ];
  if (steps.length > 0) lines.push(`  service [shape=component, label=${label(...steps)}];`);
  for (const endpoint of endpoints) {
    const at = `e${endpoint.index}`;
    lines.push(`  subgraph cluster_${at} {`, `    label=${label(`${endpoint.method} ${endpoint.path}`)}; color="#d5e2e6"; style=rounded;`);
    lines.push(`    ${at}in [shape=ellipse, label=${label("request", `timeout ${endpoint.timeout}`)}];`);
    let from = `${at}in`;
    if (endpoint.steps.length > 0) {
      lines.push(`    ${at}steps [label=${label(...endpoint.steps)}];`, `    ${from} -> ${at}steps;`);
      from = `${at}steps`;
    }
    lines.push(`    ${at}merge [shape=diamond, label=${label(mergeText(endpoint))}];`, `    ${at}out [shape=ellipse, label=${label(endpoint.output)}];`);
    endpoint.backends.forEach((backend, index) => {
      const id = `${at}b${index}`;
      lines.push(`    ${id} [label=${label(`${backend.method} ${backend.path}`, backend.hosts.join(", "), ...backend.steps, ...backend.shape)}];`);
      if (!endpoint.sequential || index === 0) lines.push(`    ${from} -> ${id}${backend.shadow ? " [style=dashed]" : ""};`);
      else lines.push(`    ${at}b${index - 1} -> ${id} [label=${label(backend.values.join(", ") || "then")}];`);
      if (!backend.shadow) lines.push(`    ${id} -> ${at}merge${backend.group ? ` [label=${label(backend.group)}]` : ""};`);
    });
    lines.push(`    ${at}merge -> ${at}out;`, "  }");
    if (steps.length > 0) lines.push(`  service -> ${at}in;`);
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}
