// How much memory the core may take in this process: the module is the worker's, whose maximum is for an isolate of 128 MB.

const PAGE = 65536;
/** The id of a module's memory section, which has a list of memories (WebAssembly 5.5.8). */
const MEMORIES = 5;
/** A memory with a maximum, not shared, with addresses of 32 bits. */
const BOUNDED = 1;

/**
 * The module with another maximum of its memory; all else is the same.
 *
 * @param {Buffer<ArrayBuffer>} wasm
 * @param {number} maximum in bytes
 */
export function withMaximum(wasm, maximum) {
  const reader = new Reader(wasm);
  while (reader.at < wasm.length) {
    const start = reader.at;
    const [id, length] = [reader.number(), reader.number()];
    const end = reader.at + length;
    if (id !== MEMORIES) {
      reader.at = end;
      continue;
    }
    const [count, kind, minimum] = [reader.number(), reader.number(), reader.number()];
    if (count !== 1 || kind !== BOUNDED) break;
    const content = [count, kind, ...leb128(minimum), ...leb128(maximum / PAGE)];
    return Buffer.concat([wasm.subarray(0, start), Buffer.from([MEMORIES, ...leb128(content.length), ...content]), wasm.subarray(end)]);
  }
  throw new Error("the module has no memory with a maximum");
}

class Reader {
  /** After the module's magic and version. */
  at = 8;
  #bytes;

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  number() {
    for (let value = 0, shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new Error("the module has a number of more than 32 bits");
  }
}

/**
 * A number as unsigned LEB128.
 *
 * @param {number} value
 * @returns {number[]}
 */
function leb128(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}
