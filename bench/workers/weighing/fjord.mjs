// Stands before the glue of a build: knows the memory of each instance.
import { instantiate as plain } from "./plain-fjord.mjs";

/** @type {WeakRef<WebAssembly.Memory>[]} */
const memories = [];

/** @param {WebAssembly.Module} module */
export function instantiate(module) {
  const core = plain(module);
  memories.push(new WeakRef(core.raw.memory));
  return core;
}

/** Bytes of the instances that haven't been collected, the newest last. */
export const weights = () => memories.flatMap((memory) => memory.deref()?.buffer.byteLength ?? []);
