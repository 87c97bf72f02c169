// Reads the namespaces of docs/reference.md, for the pages that are made of it.
import assert from "node:assert/strict";

/**
 * A namespace as the reference has it. One with several shapes is there once for each.
 *
 * @typedef {{ name: string, anchor: string, places: string, does: string, support: string, section: string }} Entry
 */

/**
 * The namespaces of the reference.
 *
 * @param {string} reference
 * @returns {Entry[]}
 */
export function entries(reference) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...reference.matchAll(/^### `(.+)`\n\n([^]*?)(?=^### |(?![^]))/gm)].map(([, name = "", section = ""]) => {
    const [, places = "", does = ""] = /^In the `extra_config` of (.+?)\. (.+)$/m.exec(section) ?? [];
    assert.notEqual(does, "", name);
    const slug = name.replace(/[^a-z0-9_-]/g, "");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return { name, anchor: before === 0 ? slug : `${slug}-${before}`, places, does, support: support(section), section };
  });
}

/**
 * Whether a namespace works. Plugins are refused by their names.
 *
 * @param {string} section
 */
function support(section) {
  if (/^\*\*Refused\*\*/m.test(section) || /^\| `name` \|.*\| refused: /m.test(section)) return "refused";
  return /^\*\*Without effect\*\*/m.test(section) ? "no effect" : "yes";
}
