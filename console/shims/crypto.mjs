// What templates use of `node:crypto`: hashes of texts.
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** @type {Partial<Record<string, (bytes: Uint8Array) => Uint8Array>>} */
const HASHES = { sha1, sha256, sha512 };

/** @param {string} name */
export function createHash(name) {
  const hash = HASHES[name];
  if (hash === undefined) throw new Error(`no hash is called ${name}`);
  let bytes = new Uint8Array(0);
  const self = {
    /** @param {string} text */
    update: (text) => {
      bytes = utf8ToBytes(text);
      return self;
    },
    digest: () => bytesToHex(hash(bytes)),
  };
  return self;
}

export default { createHash };
