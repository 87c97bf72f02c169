// Stands before the glue of a build: counts the instances, their traps and their memory. What is measured ships nothing of this.
import { instantiate as plain } from "./plain-fjord.mjs";

/** @type {WeakRef<WebAssembly.Memory>[]} */
const memories = [];
const seen = { instances: 0, traps: 0 };

/** What `GET /__soak` tells. */
export function observed() {
  const alive = memories.map((memory) => memory.deref()).filter((memory) => memory !== undefined);
  return { ...seen, memory: alive.map(({ buffer }) => buffer.byteLength) };
}

/** @param {WebAssembly.Module} module */
export function instantiate(module) {
  const core = plain(module);
  seen.instances += 1;
  memories.push(new WeakRef(core.raw.memory));
  const raw = Object.fromEntries(Object.entries(core.raw).map(([name, entry]) => [name, typeof entry === "function" ? watched(/** @type {(...args: unknown[]) => unknown} */ (entry)) : entry]));
  return { ...core, raw };
}

/** @param {(...args: unknown[]) => unknown} entry */
const watched = (entry) => (/** @type {unknown[]} */ ...args) => {
  try {
    return entry(...args);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) seen.traps += 1;
    throw error;
  }
};
