// Replaces the edge's cache, which workerd leaves to a service: a worker of its own that keeps bodies in its memory.
// Requests come as workerd writes them for the Cache API: GET looks, PUT brings a whole response, PURGE forgets.
const LIMIT = 64 << 20;
/** @type {Map<string, Uint8Array>} */
const kept = new Map();
let size = 0;

/** @param {string} name */
function forget(name) {
  const body = kept.get(name);
  if (body === undefined) return false;
  size -= body.length;
  return kept.delete(name);
}

/**
 * @param {string} name
 * @param {Uint8Array} message
 */
function keep(name, message) {
  forget(name);
  const text = new TextDecoder("latin1").decode(message);
  const body = message.subarray(text.indexOf("\r\n\r\n") + 4);
  // The ones not used for the longest time go first.
  for (const oldest of kept.keys()) if (size + body.length > LIMIT) forget(oldest);
  kept.set(name, body);
  size += body.length;
}

export default {
  /** @param {Request} request */
  async fetch(request) {
    const name = `${request.headers.get("cf-cache-namespace")} ${request.url}`;
    if (request.method === "PUT") {
      const message = new Uint8Array(await request.arrayBuffer());
      if (message.length <= LIMIT) keep(name, message);
      return new Response(null, { status: 204 });
    }
    if (request.method === "PURGE") return new Response(null, { status: forget(name) ? 200 : 404 });
    const body = kept.get(name);
    if (body === undefined) return new Response(null, { status: 504, headers: { "CF-Cache-Status": "MISS" } });
    kept.delete(name);
    kept.set(name, body);
    return new Response(body, { headers: { "CF-Cache-Status": "HIT" } });
  },
};
