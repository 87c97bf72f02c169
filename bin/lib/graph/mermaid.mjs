// A graph as Mermaid's flowchart, which GitHub and GitLab draw in Markdown.
import { mergeText } from "./model.mjs";

/** @param {string[]} lines */
const label = (...lines) => `"${lines.filter(Boolean).map(escaped).join("<br>")}"`;

/** @param {string} text */
const escaped = (text) => text.replace(/[&"<>#;\\`]/g, (sign) => `#${sign.charCodeAt(0)};`);

/** @param {import("./model.mjs").Model} model */
export function mermaid({ name, steps, endpoints }) {
  const lines = ["flowchart LR", `  %% ${name.replace(/\s+/g, " ")}`];
  if (steps.length > 0) lines.push(`  service[/${label(...steps)}/]`);
  for (const endpoint of endpoints) {
    const at = `e${endpoint.index}`;
    lines.push(`  subgraph ${at} [${label(`${endpoint.method} ${endpoint.path}`)}]`, "    direction LR");
    lines.push(`    ${at}in([${label("request", `timeout ${endpoint.timeout}`)}])`);
    let from = `${at}in`;
    if (endpoint.steps.length > 0) {
      lines.push(`    ${at}steps[/${label(...endpoint.steps)}/]`, `    ${from} --> ${at}steps`);
      from = `${at}steps`;
    }
    lines.push(`    ${at}merge{${label(mergeText(endpoint))}}`, `    ${at}out([${label(endpoint.output)}])`);
    endpoint.backends.forEach((backend, index) => {
      const id = `${at}b${index}`;
      lines.push(`    ${id}[${label(`${backend.method} ${backend.path}`, backend.hosts.join(", "), ...backend.steps, ...backend.shape)}]`);
      if (!endpoint.sequential || index === 0) lines.push(`    ${from} ${backend.shadow ? "-.->" : "-->"} ${id}`);
      else lines.push(`    ${at}b${index - 1} -->|${label(backend.values.join(", ") || "then")}| ${id}`);
      if (!backend.shadow) lines.push(`    ${id} -->${backend.group ? `|${label(backend.group)}|` : ""} ${at}merge`);
    });
    lines.push(`    ${at}merge --> ${at}out`, "  end");
    if (steps.length > 0) lines.push(`  service --> ${at}in`);
  }
  return `${lines.join("\n")}\n`;
}
