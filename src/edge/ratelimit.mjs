// Asks a binding of the worker to count for a rate limit that isolates share.
const decoder = new TextDecoder();

/** `[1]` if a binding lets one more through under a key, else `[0]`. The rate is for objects; counters of a location have their own. */
export async function limit(args, env) {
  const [binding, key, rate] = args.map((bytes) => decoder.decode(bytes));
  const bound = env[binding];
  if (typeof bound?.idFromName === "function") {
    const { status } = await bound.get(bound.idFromName(key)).fetch(`http://limits/${rate}`);
    if (status !== 204 && status !== 429) throw new Error(`the object answered ${status}`);
    return Uint8Array.of(status === 204);
  }
  if (typeof bound?.limit === "function") return Uint8Array.of((await bound.limit({ key })).success);
  throw new Error(bound === undefined ? "the worker has no such binding" : "the binding counts nothing");
}
