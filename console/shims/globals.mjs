// The globals of Node that the command's modules use, for a browser.
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes, as Node has them. */
class Bytes extends Uint8Array {
  /** @param {"hex" | "base64" | "utf8"} [encoding] */
  toString(encoding = "utf8") {
    if (encoding === "utf8") return decoder.decode(this);
    if (encoding === "hex") return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return btoa(Array.from(this, (byte) => String.fromCharCode(byte)).join(""));
  }

  /** @param {number} at */
  readUInt8(at) {
    const byte = this[at];
    if (byte === undefined) throw new RangeError(`no byte ${at}`);
    return byte;
  }
}

/**
 * Bytes of base64, with either alphabet, read as far as it is some.
 *
 * @param {string} text
 */
function fromBase64(text) {
  const clean = text.replaceAll("-", "+").replaceAll("_", "/").replace(/=.*$/s, "").replace(/[^A-Za-z0-9+/]/g, "");
  const whole = clean.length % 4 === 1 ? clean.slice(0, -1) : clean;
  return Bytes.from(atob(whole), (sign) => sign.charCodeAt(0));
}

export const Buffer = {
  /**
   * @param {string | ArrayLike<number>} from
   * @param {string} [encoding]
   */
  from: (from, encoding) => (typeof from !== "string" ? new Bytes(from) : encoding === "base64" ? fromBase64(from) : new Bytes(encoder.encode(from))),
  /** @param {Uint8Array[]} parts */
  concat(parts) {
    const all = new Bytes(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  },
  /** @param {string} text */
  byteLength: (text) => encoder.encode(text).length,
  /**
   * @param {Uint8Array} a
   * @param {Uint8Array} b
   */
  compare(a, b) {
    const length = Math.min(a.length, b.length);
    for (let at = 0; at < length; at++) if (a[at] !== b[at]) return Number(a[at]) - Number(b[at]);
    return a.length - b.length;
  },
};

export const process = { env: {}, stderr: { isTTY: false } };
