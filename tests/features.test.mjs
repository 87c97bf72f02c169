// docs/features.md shows the features that KrakenD lists, with what Fjord makes of them. `UPDATE=1 node --test tests/features.test.mjs` writes it, and the
// count in README.md.
//
// tests/data/features.tsv has a row for each. Its column `fjord` is yes, partly, other (another way leads there) or no; or the namespaces whose support
// docs/reference.md says: `ns:` at all their places, `service:` at the service, `parts:` at endpoints and backends.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { root } from "./support/gateway.mjs";
import { entries } from "./support/reference.mjs";

const read = (/** @type {string} */ file) => fs.readFileSync(path.join(root, file), "utf8");
const reference = entries(read("docs/reference.md"));

/**
 * @typedef {{ category: string, name: string, ce: boolean, support: string, note: string }} Feature
 */

/** @returns {Feature[]} */
function features() {
  const [, ...lines] = read("tests/data/features.tsv").trimEnd().split("\n");
  return lines.map((line) => {
    const [category = "", name = "", ce = "", ee = "", fjord = "", note = ""] = line.split("\t");
    assert.match(`${ce}${ee}`, /^[yn]y$/, line);
    const found = supported(fjord);
    const links = found.names.map((known) => `[\`${known.name}\`](reference.md#${known.anchor})`);
    return { category, name, ce: ce === "y", support: found.support, note: [...links, note].filter((text) => text !== "").join("; ") };
  });
}

/**
 * What the column says, and the namespaces that it names.
 *
 * @param {string} fjord
 */
function supported(fjord) {
  const [place = "", list] = fjord.split(":");
  if (list === undefined) {
    assert.match(place, /^(yes|partly|other|no)$/);
    return { support: place, names: [] };
  }
  const names = list.split(",");
  const isHere = (/** @type {import("./support/reference.mjs").Entry} */ { places }) => {
    const atService = places.includes("the service");
    return place === "ns" || (place === "service" ? atService : !atService);
  };
  const found = reference.filter((known) => names.includes(known.name) && isHere(known));
  for (const name of names) assert.ok(found.some((known) => known.name === name), `${fjord}: no namespace ${name}`);
  const works = found.filter(({ support }) => support === "yes").length;
  return {
    support: works === found.length ? "yes" : works > 0 ? "partly" : "no",
    names: found.filter((known, index) => found.findIndex(({ name }) => name === known.name) === index),
  };
}

/** @param {Feature[]} list */
function count(list) {
  const number = (/** @type {Feature[]} */ some, /** @type {string} */ support) => some.filter((feature) => feature.support === support).length;
  const [open, enterprise] = [list.filter(({ ce }) => ce), list.filter(({ ce }) => !ce)];
  const words = (/** @type {Feature[]} */ some) => `${number(some, "yes")} of ${some.length} work, ${number(some, "partly")} in part, ${number(some, "other")} another way, ${number(some, "no")} don't`;
  return `Of the ${list.length} features on KrakenD's own list: of those in both editions ${words(open)}; of those of the Enterprise edition alone ${words(enterprise)}.`;
}

/** @param {Feature[]} list */
function page(list) {
  const groups = [...new Set(list.map(({ category }) => category))].map((category) => {
    const rows = list.filter((feature) => feature.category === category).map(({ name, ce, support, note }) => `| ${name} | ${ce ? "yes" : "no"} | yes | ${support} | ${note} |`);
    return `## ${category}\n\n| feature | CE | EE | Fjord | how |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Features

The features that [KrakenD lists](https://www.krakend.io/features/), as of 2026-09, in its open edition (CE), its Enterprise edition (EE) and Fjord. Made by
\`UPDATE=1 node --test tests/features.test.mjs\`; rows with a namespace say what the [reference](reference.md) says.

- **yes**: it works as in KrakenD, but for the [differences](differences.md).
- **partly**: some of its places or forms work.
- **other**: not in this form; the last column says which way leads there.
- **no**: it isn't there. A configuration that needs it is refused, or \`fjord check\` says that it has no effect.

${count(list)}

${groups.join("\n")}`;
}

test("the page of features is that of the reference", () => {
  const list = features();
  assert.equal(list.length, 153);
  const readme = read("README.md");
  const written = readme.replace(/(<!-- features:start -->\n)[^]*?(<!-- features:end -->)/, (_, start, end) => `${start}${count(list)} [All of them](docs/features.md).\n${end}`);
  assert.match(readme, /<!-- features:start -->/);
  if (process.env.UPDATE) {
    fs.writeFileSync(path.join(root, "docs/features.md"), page(list));
    fs.writeFileSync(path.join(root, "README.md"), written);
    return;
  }
  const command = "run UPDATE=1 node --test tests/features.test.mjs";
  assert.equal(read("docs/features.md"), page(list), command);
  assert.equal(readme, written, command);
});
