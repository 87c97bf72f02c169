// Answers that origins might give, made from what the configuration takes of them.

/**
 * @typedef {import("../../bin/lib/graph/model.mjs").EndpointNode} EndpointNode
 * @typedef {{ [name: string]: unknown }} Part
 */

/** @param {string} name */
function valueOf(name) {
  if (/(^|_)id$/i.test(name)) return 1;
  if (/price|amount|total|count|rate|stars/i.test(name)) return 42.5;
  if (/^(is|has)_|active|enabled/i.test(name)) return true;
  if (/e?mail/i.test(name)) return "kari@example.com";
  return `a ${name.replaceAll("_", " ")}`;
}

/**
 * @param {Part} data
 * @param {string} path
 * @param {unknown} [value]
 */
function put(data, path, value) {
  const labels = path.split(".").filter((label) => label !== "*" && label !== "");
  let here = data;
  labels.forEach((label, index) => {
    if (index === labels.length - 1) here[label] ??= value ?? valueOf(label);
    else {
      const next = here[label];
      here = /** @type {Part} */ (next !== null && typeof next === "object" ? next : (here[label] = {}));
    }
  });
}

/** @param {unknown} value */
const texts = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);

/**
 * The body of a backend's answer.
 *
 * @param {Part} backend
 * @param {number} index
 * @param {EndpointNode} endpoint
 */
export function sampleBody(backend, index, endpoint) {
  /** @type {Part} */
  const data = {};
  for (const path of [...texts(backend.allow), ...texts(backend.deny), ...Object.keys(backend.mapping ?? {})]) put(data, path);
  const { flatmap_filter: flatmap } = /** @type {{ flatmap_filter?: { args?: unknown }[] }} */ (/** @type {Part} */ (backend.extra_config ?? {}).proxy ?? {});
  for (const { args } of Array.isArray(flatmap) ? flatmap : []) put(data, String(texts(args)[0] ?? "").replace(/^collection\.\*?\.?/, ""));
  // What later calls need of it.
  for (const { values } of endpoint.backends) {
    for (const value of values) {
      const [, of, path = ""] = /^resp(\d+)_(.+)$/.exec(value) ?? [];
      if (Number(of) === index) put(data, path);
    }
  }
  if (Object.keys(data).length === 0) Object.assign(data, { id: index + 1, name: `from backend ${index + 1}`, secret: "not for everybody" });
  // A field that nothing asks for shows what a filter takes away.
  else if (texts(backend.allow).length > 0) data.internal_note = "not for everybody";
  const { target } = backend;
  if (typeof target === "string" && target !== "" && backend.is_collection !== true) {
    /** @type {Part} */
    const outer = { status: "ok" };
    put(outer, target, data);
    return JSON.stringify(outer, null, 2);
  }
  return JSON.stringify(backend.is_collection === true ? [data, { ...data, id: 2 }] : data, null, 2);
}

/**
 * What a parameter of the path might be.
 *
 * @param {string} name
 */
export const sampleParameter = (name) => (/slug|name/i.test(name) ? "oar" : "1");
