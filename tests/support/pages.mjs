// A page for each namespace: its options from docs/reference.md, and an example, which is a case that tests/gateway runs.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { root } from "./gateway.mjs";

const CASES = path.join(root, "tests/gateway/cases");

/** Longer values (hashes, keys, signatures) are cut on a page. */
const MAX_VALUE = 120;

/** A page shows no more requests of a case than these. */
const MAX_REQUESTS = 4;

/**
 * Namespaces without an example here, because a case of tests/gateway has no such thing: a queue, an exporter, a document that is written. A test of their
 * own runs them, and a page may tell of them.
 *
 * @type {Partial<Record<string, { test: string, guide?: string }>>}
 */
export const ELSEWHERE = {
  "async/queue": { test: "agents.test.mjs", guide: "queues.md" },
  "documentation/openapi": { test: "openapi.test.mjs", guide: "openapi.md" },
  "documentation/postman": { test: "openapi.test.mjs", guide: "openapi.md" },
  "telemetry/opentelemetry": { test: "telemetry.test.mjs", guide: "observability.md" },
  "telemetry/opentelemetry-security": { test: "telemetry.test.mjs", guide: "observability.md" },
};

/**
 * A request of a case, with what must come of it: see tests/gateway/case.rs.
 *
 * @typedef {object} Exchange
 * @property {string} request
 * @property {Record<string, unknown>} [headers]
 * @property {unknown} [body]
 * @property {number} [pause]
 * @property {Record<string, unknown>} [expect]
 */

/**
 * A case that is the example of a namespace.
 *
 * @typedef {Exchange & { name: string, example?: string, config: Record<string, unknown>, origins?: Record<string, unknown>, files?: Record<string, string>, env?: Record<string, string>, then?: Exchange[] }} Case
 */

/**
 * The examples, by the namespaces that they name.
 *
 * @returns {Map<string, Case>}
 */
export function examples() {
  /** @type {Map<string, Case>} */
  const found = new Map();
  for (const name of fs.readdirSync(CASES, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"))) {
    for (const one of /** @type {Case[]} */ (JSON.parse(fs.readFileSync(path.join(CASES, name), "utf8")))) {
      if (one.example === undefined) continue;
      assert.ok(!found.has(one.example), `${one.example} has two examples`);
      assert.ok(JSON.stringify(one.config).includes(`"${one.example}"`), `${name}: ${one.name} is no example of ${one.example}`);
      found.set(one.example, one);
    }
  }
  return found;
}

/** The file of a namespace's page, without its folder. @param {string} name */
export const fileOf = (name) => `${name.replaceAll("/", "-")}.md`;

/**
 * The page of a namespace.
 *
 * @param {string} name
 * @param {{ anchor: string, section: string }[]} shapes What the reference has of each of its shapes.
 * @param {Case | undefined} example
 */
export function page(name, shapes, example) {
  const options = shapes.map(({ section }) => section.trim().replaceAll("](#", "](../reference.md#"));
  const links = shapes.map(({ anchor }) => `[reference](../reference.md#${anchor})`);
  const told = ELSEWHERE[name]?.guide;
  const guide = told === undefined ? "" : `\nAn example and more: [${told}](../${told}).\n`;
  return `<!-- Made by UPDATE=1 node --test tests/namespaces.test.mjs -->\n# \`${name}\`\n\n${options.join("\n\n")}\n${example === undefined ? "" : `\n${shown(example)}`}${guide}\n[All namespaces](../namespaces.md) · ${links.join(" · ")} · \`fjord explain ${name}\`\n`;
}

/** @param {Case} example */
function shown({ name, config, origins = {}, files = {}, env = {}, then = [], ...first }) {
  // A case about one endpoint writes just that.
  const whole = "endpoints" in config ? config : { version: 3, host: ["http://a"], endpoints: [config] };
  const title = name.replace(/^(?:[A-Z]\d+ (?:… )?|[\w -]+: )/, "");
  const parts = [
    `## Example: ${title}\n\nOne of the cases that the tests run. Its configuration:\n\n\`\`\`json\n${json(whole)}\n\`\`\`\n`,
    ...Object.entries(files).map(([file, text]) => `The file \`${file}\`:\n\n${block([text.trimEnd()])}`),
    ...(Object.keys(env).length > 0 ? [`Variables and secrets:\n\n${block(Object.entries(env).map(([key, value]) => `${key}=${cut(value)}`))}`] : []),
    ...(Object.keys(origins).length > 0 ? [`What the origins answer:\n\n${block(Object.entries(origins).flatMap(([call, answers]) => [call, ...[answers].flat().map((answer) => `  ${answered(/** @type {Record<string, unknown>} */ (answer))}`)]))}`] : []),
    `Requests (\`>\`), answers (\`<\`), and the calls that origins get:\n\n${block([first, ...then].slice(0, MAX_REQUESTS).flatMap((exchange, index) => [...(index > 0 ? [""] : []), ...exchanged(exchange)]))}`,
  ];
  return parts.join("\n");
}

/** JSON in lines; a list of plain values is in one. @param {unknown} value */
function json(value) {
  const plain = /\[\n\s+((?:"(?:[^"\\\n]|\\.)*"|-?[\d.]+|true|false|null)(?:,\n\s+(?:"(?:[^"\\\n]|\\.)*"|-?[\d.]+|true|false|null))*)\n\s+\]/g;
  return JSON.stringify(value, null, 2).replace(plain, (whole, /** @type {string} */ items) => (items.length > 140 ? whole : `[${items.replace(/,\n\s+/g, ", ")}]`));
}

/** @param {string[]} lines */
const block = (lines) => `\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;

/** @param {unknown} value */
function cut(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return (text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text).replaceAll("\n", "\\n");
}

/** What an origin answers. @param {Record<string, unknown>} answer */
function answered({ status = 200, after, headers = {}, body, fault }) {
  const wait = after === undefined ? "" : `after ${cut(after)} ms: `;
  if (fault !== undefined) return `${wait}${cut(fault)}`;
  return [`${wait}${cut(status)}`, ...lines(headers), ...(body === undefined ? [] : [cut(body)])].join("  ");
}

/** Header lines. @param {unknown} headers @returns {string[]} */
const lines = (headers) => Object.entries(/** @type {Record<string, unknown>} */ (headers)).flatMap(([name, value]) => [value].flat().map((one) => (one === null ? `(no ${name})` : `${name}: ${token(one) ?? cut(one)}`)));

/** What a header line has in the place of a token that the test makes: see tests/gateway/token.rs. @param {unknown} value */
function token(value) {
  const { jwt } = /** @type {{ jwt?: { claims?: unknown, before?: string } }} */ (typeof value === "object" && value !== null ? value : {});
  return jwt === undefined ? undefined : `${jwt.before ?? ""}(a token with the claims ${JSON.stringify(jwt.claims ?? {})})`;
}

/** @param {Exchange} exchange */
function exchanged({ request, headers = {}, body, pause, expect = {} }) {
  const { status = 200, headers: answer = {}, body: text, calls, sent, sent_body: sentBody, sent_bodies: sentBodies, log } = expect;
  const bodies = [sentBodies ?? (sentBody === undefined ? [] : sentBody)].flat();
  return [
    `> ${request}`,
    ...lines(headers).map((line) => `> ${line}`),
    ...(body === undefined ? [] : [`> ${cut(body)}`]),
    `< ${cut(status)}`,
    ...lines(answer).map((line) => `< ${line}`),
    ...(text === undefined || text === "" ? [] : [`< ${cut(text)}`]),
    ...[calls ?? []].flat().map((call) => `  called: ${cut(call)}`),
    ...(Array.isArray(calls) && calls.length === 0 ? ["  no origin is called"] : []),
    ...lines(sent ?? {}).map((line) => `  with ${line}`),
    ...bodies.map((one) => `  with the body ${cut(one)}`),
    ...[log ?? []].flat().map((line) => `  logged: ${cut(line)}`),
    ...(pause === undefined ? [] : [`  … ${pause / 1000} s later`]),
  ];
}
