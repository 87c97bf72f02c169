// The edge's cache: keeps bytes under a name, for all isolates of a place. On *.workers.dev it stays empty.
import { messageOf } from "./errors.mjs";

const decoder = new TextDecoder();

/** Not the default cache: that one also holds what this zone's own calls leave there. Opened once. */
/** @type {Cache | null} */
let opened = null;
const cache = async () => (opened ??= await caches.open("fjord:http-cache"));

/**
 * Names are below the host that was asked: a foreign one would be looked up by DNS, and other workers may use it too.
 *
 * @param {Uint8Array} name
 * @param {Request} request
 */
const place = (name, request) => new URL(`/http-cache/2/${decoder.decode(name)}`, request.url).href;

/** The platform drops what nobody asks for. How long an answer may be given is not for the cache to say. */
const KEEP = { headers: { "Cache-Control": "max-age=2592000" } };

/**
 * The bytes under a name; nothing if there are none.
 *
 * @param {[name: Uint8Array]} args
 * @param {import("./ops.mjs").Env} _env
 * @param {ExecutionContext} _ctx
 * @param {Request} request
 */
export async function find([name], _env, _ctx, request) {
  const found = await (await cache()).match(place(name, request));
  return found && new Uint8Array(await found.arrayBuffer());
}

/**
 * Keeps bytes under a name, after the client has its answer.
 *
 * @param {[name: Uint8Array, bytes: Uint8Array]} args
 * @param {import("./ops.mjs").Env} _env
 * @param {ExecutionContext} ctx
 * @param {Request} request
 */
export function put([name, bytes], _env, ctx, request) {
  const kept = cache().then((it) => it.put(place(name, request), new Response(bytes, KEEP)));
  ctx.waitUntil(kept.catch((/** @type {unknown} */ error) => console.warn(`fjord: the edge's cache: ${messageOf(error)}`)));
}

/**
 * Forgets the bytes under a name.
 *
 * @param {[name: Uint8Array]} args
 * @param {import("./ops.mjs").Env} _env
 * @param {ExecutionContext} _ctx
 * @param {Request} request
 */
export async function remove([name], _env, _ctx, request) {
  await (await cache()).delete(place(name, request));
}
