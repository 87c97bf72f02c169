// The edge's cache: keeps bytes under a name, for all isolates of a place. On *.workers.dev it stays empty.
const decoder = new TextDecoder();

/** Not the default cache: that one also holds what this zone's own calls leave there. Opened once. */
let opened = null;
const cache = async () => (opened ??= await caches.open("fjord:http-cache"));

/** Names stand below the host that was asked: a foreign one would be looked up by DNS, and other workers may use it too. */
const place = (name, request) => new URL(`/http-cache/2/${decoder.decode(name)}`, request.url).href;

/** The platform drops what nobody asks for. How long an answer may be given is not for the cache to say. */
const KEEP = { headers: { "Cache-Control": "max-age=2592000" } };

/** The bytes under a name; nothing if there are none. */
export async function find([name], env, ctx, request) {
  const found = await (await cache()).match(place(name, request));
  return found && new Uint8Array(await found.arrayBuffer());
}

/** Keeps bytes under a name, after the client has its answer. */
export function put([name, bytes], env, ctx, request) {
  const kept = cache().then((it) => it.put(place(name, request), new Response(bytes, KEEP)));
  ctx.waitUntil(kept.catch((error) => console.warn(`fjord: the edge's cache: ${error?.message}`)));
}

/** Forgets the bytes under a name. */
export async function remove([name], env, ctx, request) {
  await (await cache()).delete(place(name, request));
}
