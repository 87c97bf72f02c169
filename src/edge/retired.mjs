// Instances of the core that take no new requests: trapped, or grown. Requests in flight hold them until their ends.

/** What the module's instances may take together, of the worker's 128 MB. Each takes at most 48. */
const MOST = 96 << 20;
/** What a fresh one takes before its first large body. */
const FRESH = 8 << 20;
/** How long requests continue at most without a client: the platform's limit. */
const LINGER_MS = 30_000;

export class Retired {
  /** @type {{ memory: WeakRef<WebAssembly.Memory>, until: number }[]} */
  #memories = [];

  /**
   * Adds an instance's memory.
   *
   * @param {WebAssembly.Memory} memory
   */
  add(memory) {
    this.#memories.push({ memory: new WeakRef(memory), until: Date.now() + LINGER_MS });
  }

  /** Whether there's room for a fresh instance beside them. */
  leaveRoom() {
    const now = Date.now();
    this.#memories = this.#memories.filter(({ memory, until }) => until > now && memory.deref() !== undefined);
    let bytes = FRESH;
    for (const { memory } of this.#memories) bytes += memory.deref()?.buffer.byteLength ?? 0;
    return bytes <= MOST;
  }
}
