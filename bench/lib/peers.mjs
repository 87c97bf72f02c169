// What Fjord is measured against: workers for one case each, on the same runtime.
import vm from "node:vm";
import { buildSync } from "esbuild";
import { at } from "../../scripts/lib.mjs";
import { document } from "./documents.mjs";

/**
 * @typedef {import("./cases.mjs").Shape} Shape
 */

/**
 * JavaScript for the URLs; with `isCounted` they have the last segment of the request's.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
const urls = ({ documents, isCounted }, origin) =>
  documents.map(({ bytes, seed }) => (isCounted ? `"${origin}/${bytes}/${seed}?of=" + request.url.slice(request.url.lastIndexOf("/") + 1)` : `"${origin}/${bytes}/${seed}"`));

/**
 * The way into a worker: a route only where the case is about routes, a guard only where it has one.
 *
 * @param {Shape} shape
 * @param {string} work
 */
function entry({ guard, others, status, passes, isCounted }, work) {
  const routes = `const routes = new Map(Array.from({ length: ${others} }, (_, i) => ["/other" + i, answer])${status ? "" : '.concat([["/bench", answer]])'});`;
  const routed = `const handler = routes.get(new URL(request.url).pathname);
    return handler === undefined ? new Response("404 page not found", { status: 404 }) : handler(request);`;
  const guarded = guard ? `return (await refuse(request)) ?? answer();` : `return answer(${passes || isCounted ? "request" : ""});`;
  return `${guard ?? ""}
${work}
${others ? routes : ""}
export default {
  ${guard ? "async " : ""}fetch(request) {
    ${others ? routed : guarded}
  },
};`;
}

/**
 * Fetches, and hands the bytes on: nobody can do with less.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
function floor(shape, origin) {
  const { noOp, sequence, documents } = shape;
  const all = urls(shape, origin);
  const bytes = `const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());`;
  if (documents.length === 0) return `export default { fetch() { return new Response(null, { status: 404 }); } };`;
  if (noOp) return `export default { fetch() { return fetch(${all[0]}); } };`;
  if (documents.length === 1) return `${bytes}\nexport default { async fetch(request) { return new Response(await bytes(${all[0]})); } };`;
  const parts = sequence
    ? `const parts = []; for (const url of [${all.join(", ")}]) parts.push(await bytes(url));`
    : `const parts = await Promise.all([${all.map((url) => `bytes(${url})`).join(", ")}]);`;
  return `${bytes}
export default {
  async fetch() {
    ${parts}
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return new Response(whole);
  },
};`;
}

const send = (/** @type {string} */ more) => `return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json"${more} } });`;

/**
 * How a header line of the request goes on: what is asked for it, what \`fetch\` is told, what is given from one to the other.
 *
 * @param {Shape} shape
 */
const passing = ({ passes, isCounted }) =>
  passes === undefined
    ? { asked: isCounted ? "request" : "", passed: "", given: "" }
    : { asked: "request", passed: `headers: { "${passes}": request.headers.get("${passes}") }`, given: ", request" };

/**
 * The ten lines that everybody writes: no timeouts, no partial results.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
function js(shape, origin) {
  const { asked } = passing(shape);
  if (shape.noOp) return entry(shape, `async function answer() {\n  ${passed(shape, origin)}\n}`);
  const { get, calls } = fetched(shape, origin);
  return entry(shape, `${get}
async function answer(${asked}) {
  ${calls}
  const answer = ${shape.combine};
  ${send("")}
}`);
}

/**
 * An answer as it is.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
const passed = (shape, origin) => `const { body, status, headers } = await fetch(${urls(shape, origin)[0]});
  return new Response(body, { status, headers });`;

/**
 * The answers of all calls, parsed, as `p`.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
function fetched(shape, origin) {
  const { sequence } = shape;
  const { passed: lines, given } = passing(shape);
  const all = urls(shape, origin);
  return {
    get: `const get = async (url${given}) => (await fetch(url${lines && `, { ${lines} }`})).json();`,
    calls: sequence
      ? `const p = [];\n${sequence(origin).map((url) => `  p.push(await get(${url}));`).join("\n")}`
      : `const p = await Promise.all([${all.map((url) => `get(${url}${given})`).join(", ")}]);`,
  };
}

/**
 * The ten lines in Hono, which many take on Workers: its router, its context, its answers.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
function hono(shape, origin) {
  const { guard, others, status, isCounted, noOp, combine } = shape;
  const { get, calls } = fetched(shape, origin);
  const routes = others ? `for (let i = 0; i < ${others}; i++) app.get("/other" + i, answer);` : "";
  const own = status ? "" : `app.get("/bench${isCounted ? "/:id" : ""}", answer);`;
  const guarded = guard ? `app.use(async (c, next) => {\n  const refused = await refuse(c.req.raw);\n  if (refused) return refused;\n  await next();\n});` : "";
  const contents = `import { Hono } from "hono";
${guard ?? ""}
${get}
const app = new Hono();
${guarded}
async function answer(c) {
  const request = c.req.raw;
  ${status ? "return c.notFound();" : noOp ? passed(shape, origin) : `${calls}\n  return c.json(${combine});`}
}
${routes}
${own}
export default app;`;
  const { outputFiles } = buildSync({ stdin: { contents, resolveDir: at() }, bundle: true, format: "esm", minify: true, write: false });
  return outputFiles.map(({ text }) => text).join("");
}

/**
 * The same by somebody careful: a timeout that covers the bodies, statuses looked at, partial results.
 *
 * @param {Shape} shape
 * @param {string} origin
 */
function jsSafe(shape, origin) {
  const { noOp, sequence, combine } = shape;
  const all = urls(shape, origin);
  const { asked, passed: lines, given } = passing(shape);
  // A body that the runtime hands on by itself outlives its request, and the request's timers: it's cut if the request is held open.
  if (noOp) {
    return `async function answer(ctx) {
  const controller = new AbortController();
  ctx.waitUntil(new Promise((resolve) => setTimeout(() => { controller.abort(); resolve(); }, 3000)));
  try {
    const { body, status, headers } = await fetch(${all[0]}, { signal: controller.signal });
    return new Response(body, { status, headers });
  } catch {
    return new Response(null, { status: 500 });
  }
}
export default { fetch(request, env, ctx) { return answer(ctx); } };`;
  }
  const calls = sequence
    ? `const p = [];
  let completed = true;
  try {
${sequence(origin).map((url) => `    p.push(await get(${url}));`).join("\n")}
  } catch (error) {
    console.error(error);
    completed = false;
  }`
    : `const settled = await Promise.allSettled([${all.map((url) => `get(${url}${given})`).join(", ")}]);
  const completed = settled.every(({ status }) => status === "fulfilled");
  const p = settled.map(({ value }) => value ?? {});`;
  return entry(shape, `async function get(url${given}) {
  const response = await fetch(url, { ${lines && `${lines}, `}signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error("status " + response.status);
  return response.json();
}
async function answer(${asked}) {
  ${calls}
  const answer = ${combine};
  ${send(', "x-krakend-completed": String(completed)')}
}`);
}

/** The peers' modules by name, in the order in which they are shown. */
export const peers = { floor, js, "js-safe": jsSafe, hono };

/**
 * What the answer of `floor` and that of all the others must be.
 *
 * @param {Shape} shape
 * @returns {{ status: number, floor: string, data: unknown }}
 */
export function expected({ documents, combine, status = 200 }) {
  const texts = documents.map(({ bytes, seed }) => document(bytes, seed));
  const p = texts.map((text) => /** @type {unknown} */ (JSON.parse(text)));
  const combined = /** @type {(p: unknown[]) => unknown} */ (vm.runInThisContext(`(p) => (${combine})`));
  return { status, floor: texts.join(""), data: combined(p) };
}
