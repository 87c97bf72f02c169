// Serves a folder as the static assets binding does at the edge: index pages, content types, 404 for the rest.
// A worker of its own in front of workerd's disk service, which knows only bytes.
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

export default {
  /**
   * @param {Request} request
   * @param {{ DISK: Fetcher }} env
   */
  async fetch(request, env) {
    if (request.method !== "GET" && request.method !== "HEAD") return new Response(null, { status: 405 });
    const { pathname } = new URL(request.url);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const found = await env.DISK.fetch(new URL(path, "http://disk"), { method: request.method });
    // A folder is answered with a list of its entries: not for the outside.
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
    if (!found.ok || (type === undefined && found.headers.get("content-type") === "application/json")) {
      return new Response(null, { status: 404 });
    }
    const headers = new Headers({ "content-type": type ?? "application/octet-stream" });
    const length = found.headers.get("content-length");
    if (length !== null) headers.set("content-length", length);
    return new Response(found.body, { headers });
  },
};
