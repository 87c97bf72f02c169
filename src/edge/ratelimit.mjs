// Asks a binding of the worker for what isolates share: counts of rate limits and quotas, the list of revoked tokens.
const decoder = new TextDecoder();

/**
 * `[1]` if a binding lets one more through under a key, else `[0]`. The rate is for objects; counters of a location have their own.
 *
 * @param {[binding: Uint8Array, key: Uint8Array, rate: Uint8Array]} args
 * @param {import("./ops.mjs").Env} env
 */
export async function limit(args, env) {
  const [binding, key, rate] = [decoder.decode(args[0]), decoder.decode(args[1]), decoder.decode(args[2])];
  const bound = /** @type {Partial<DurableObjectNamespace & RateLimit> | undefined} */ (env[binding]);
  if (isNamespace(bound)) {
    const { status } = await bound.get(bound.idFromName(key)).fetch(`http://limits/${rate}`);
    if (status !== 204 && status !== 429) throw new Error(`the object answered ${status}`);
    return Uint8Array.of(Number(status === 204));
  }
  if (isCounter(bound)) return Uint8Array.of(Number((await bound.limit({ key })).success));
  throw new Error(bound === undefined ? "the worker has no such binding" : "the binding counts nothing");
}

/**
 * What the object of a key says to a command: that of a quota's account, or that of the list of revoked tokens.
 *
 * @param {[binding: Uint8Array, key: Uint8Array, command: Uint8Array]} args
 * @param {import("./ops.mjs").Env} env
 */
export async function object(args, env) {
  const [binding, key, command] = [decoder.decode(args[0]), decoder.decode(args[1]), decoder.decode(args[2])];
  const bound = /** @type {Partial<DurableObjectNamespace> | undefined} */ (env[binding]);
  if (!isNamespace(bound)) throw new Error(bound === undefined ? "the worker has no such binding" : "the binding isn't a Durable Object namespace");
  const answer = await bound.get(bound.idFromName(key)).fetch(`http://limits/${command}`);
  if (!answer.ok) throw new Error(`the object answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param {Partial<DurableObjectNamespace> | undefined} bound
 * @returns {bound is DurableObjectNamespace}
 */
const isNamespace = (bound) => typeof bound?.idFromName === "function";

/**
 * @param {Partial<RateLimit> | undefined} bound
 * @returns {bound is RateLimit}
 */
const isCounter = (bound) => typeof bound?.limit === "function";
