// Serves a folder as the static assets binding does at the edge: index pages, pages without their ending, content types, entity tags,
// 404 for the rest. A worker of its own in front of workerd's disk service, which knows only bytes.
/** @type {Partial<Record<string, string>>} */
const TYPES = {
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  rss: "application/rss+xml",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  xml: "application/xml",
};

/** @typedef {{ DISK: Fetcher }} Env */

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   */
  async fetch(request, env) {
    if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 405 });
    const { pathname, search } = new URL(request.url);
    const elsewhere = pathname.replace(/(\/)index(?:\.html)?$|\.html$/, "$1");
    if (elsewhere !== pathname && (await exists(env, page(elsewhere)))) return redirect(elsewhere + search);
    const found = (await file(request, env, pathname)) ?? (pathname.endsWith("/") ? null : await file(request, env, `${pathname}.html`));
    if (found !== null) return found;
    if (!pathname.endsWith("/") && (await exists(env, `${pathname}/index.html`))) return redirect(`${pathname}/${search}`);
    return new Response(null, { status: 404 });
  },
};

/** The file of a page's path. @param {string} path */
const page = (path) => (path.endsWith("/") ? `${path}index.html` : `${path}.html`);

/** @param {string} location */
const redirect = (location) => new Response(null, { status: 307, headers: { location } });

/**
 * Whether a page is there.
 *
 * @param {Env} env
 * @param {string} path
 */
async function exists(env, path) {
  const found = await env.DISK.fetch(new URL(path, "http://disk"), { method: "HEAD" });
  return found.ok;
}

/**
 * The answer with a file; null if it isn't there.
 *
 * @param {Request} request
 * @param {Env} env
 * @param {string} pathname
 */
async function file(request, env, pathname) {
  const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
  const found = await env.DISK.fetch(new URL(path, "http://disk"), { method: request.method });
  // A folder is answered with a list of its entries: not for the outside.
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  if (!found.ok || (type === undefined && found.headers.get("content-type") === "application/json")) {
    await found.body?.cancel();
    return null;
  }
  const headers = new Headers({ "cache-control": "public, max-age=0, must-revalidate", "content-type": type ?? "application/octet-stream" });
  const length = found.headers.get("content-length");
  const changed = found.headers.get("last-modified");
  if (length !== null) headers.set("content-length", length);
  if (changed !== null) headers.set("etag", `"${length}-${Date.parse(changed)}"`);
  const tag = headers.get("etag");
  if (tag !== null && request.headers.get("if-none-match")?.split(/\s*,\s*/).some((known) => known === "*" || known.replace(/^W\//, "") === tag)) {
    await found.body?.cancel();
    headers.delete("content-length");
    return new Response(null, { status: 304, headers });
  }
  return new Response(found.body, { headers });
}
