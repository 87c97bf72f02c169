// Cryptography for rustls: the runtime's own, through `node:crypto`, as WebCrypto answers later and rustls asks at once.
//
// Arguments are views of the module's memory, valid for the time of a call; `data` is changed in place.
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  diffieHellman,
  generateKeyPairSync,
  sign as signAtOnce,
  verify as verifyAtOnce,
} from "node:crypto";
import * as buffer from "node:buffer";

// The types of workers say that it is anything.
const Buffer = /** @type {BufferConstructor} */ (buffer.Buffer);

const TAG = 16;
const RSA_PSS = 6;

/** By the numbers that Rust gives them. */
const HASHES = ["sha256", "sha384", "sha512"];
const SALTS = [32, 48, 64];
const AEADS = ["aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"];
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/**
 * The value of a number.
 *
 * @template T
 * @param {T[]} list
 * @param {number} index
 */
function of(list, index) {
  const value = list[index];
  if (value === undefined) throw new RangeError(`there is no algorithm ${index}`);
  return value;
}

/** @typedef {import("node:crypto").CipherGCMTypes} Gcm every cipher here has its interface */

/**
 * Encrypts all of `data` but its last 16 bytes, which take the tag.
 *
 * @param {number} algorithm
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} aad
 * @param {Uint8Array} data
 */
export function seal(algorithm, key, nonce, aad, data) {
  const cipher = createCipheriv(/** @type {Gcm} */ (of(AEADS, algorithm)), key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad);
  const size = data.length - TAG;
  data.set(cipher.update(data.subarray(0, size)));
  cipher.final();
  data.set(cipher.getAuthTag(), size);
}

/**
 * Decrypts all of `data` but its last 16 bytes, the tag; whether the tag is right.
 *
 * @param {number} algorithm
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} aad
 * @param {Uint8Array} data
 */
export function open(algorithm, key, nonce, aad, data) {
  const cipher = createDecipheriv(/** @type {Gcm} */ (of(AEADS, algorithm)), key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad);
  const size = data.length - TAG;
  cipher.setAuthTag(data.subarray(size));
  try {
    const plain = cipher.update(data.subarray(0, size));
    cipher.final();
    data.set(plain);
    return true;
  } catch {
    return false;
  }
}

/**
 * Fills with random bytes.
 *
 * @param {Uint8Array<ArrayBuffer>} data
 */
export function random(data) {
  crypto.getRandomValues(data);
}

/**
 * A fresh key pair of a curve: the private key, then the public one.
 *
 * @param {number} curve
 */
export function ecPair(curve) {
  const pair = createECDH(of(CURVES, curve));
  const publicKey = pair.generateKeys();
  return Buffer.concat([padded(pair.getPrivateKey(), (publicKey.length - 1) / 2), publicKey]);
}

/**
 * The common secret of a private key and a peer's public one.
 *
 * @param {number} curve
 * @param {Uint8Array} privateKey
 * @param {Uint8Array} peer
 */
export function ecSecret(curve, privateKey, peer) {
  const pair = createECDH(of(CURVES, curve));
  pair.setPrivateKey(privateKey);
  return pair.computeSecret(peer);
}

const DER_PUBLIC = /** @type {const} */ ({ format: "der", type: "spki" });
const DER_PRIVATE = /** @type {const} */ ({ format: "der", type: "pkcs8" });
const X25519_PUBLIC = Buffer.from("302a300506032b656e032100", "hex");
const X25519_PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A fresh key pair of X25519: the private key, then the public one. */
export function x25519Pair() {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return Buffer.concat([privateKey.export(DER_PRIVATE).subarray(-32), publicKey.export(DER_PUBLIC).subarray(-32)]);
}

/**
 * Likewise, for X25519.
 *
 * @param {Uint8Array} privateKey
 * @param {Uint8Array} peer
 */
export function x25519Secret(privateKey, peer) {
  return diffieHellman({
    privateKey: createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, privateKey]), ...DER_PRIVATE }),
    publicKey: createPublicKey({ key: Buffer.concat([X25519_PUBLIC, peer]), ...DER_PUBLIC }),
  });
}

/**
 * A private key in PKCS #8, whatever form it comes in.
 *
 * @param {Uint8Array} key
 * @param {"pkcs1" | "pkcs8" | "sec1"} type
 */
export function exportPrivate(key, type) {
  return createPrivateKey({ key: Buffer.from(key), format: "der", type }).export(DER_PRIVATE);
}

/**
 * The public key of a private one.
 *
 * @param {Uint8Array} key
 */
export function exportPublic(key) {
  return createPublicKey(createPrivateKey({ key: Buffer.from(key), ...DER_PRIVATE })).export(DER_PUBLIC);
}

/**
 * Signs; `hash` is none for Ed25519.
 *
 * @param {number | undefined} hash
 * @param {boolean} isPss
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 */
export function sign(hash, isPss, key, message) {
  const options = { key: Buffer.from(key), ...DER_PRIVATE, ...(isPss && hash !== undefined ? pss(hash) : {}) };
  if (hash === undefined) return signAtOnce(null, message, options);
  return createSign(of(HASHES, hash)).update(message).sign(options);
}

/**
 * Whether a signature is right.
 *
 * @param {number | undefined} hash
 * @param {boolean} isPss
 * @param {Uint8Array} key
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verify(hash, isPss, key, message, signature) {
  const options = { key: Buffer.from(key), ...DER_PUBLIC, ...(isPss && hash !== undefined ? pss(hash) : {}) };
  try {
    if (hash === undefined) return verifyAtOnce(null, message, options, signature);
    return createVerify(of(HASHES, hash)).update(message).verify(options, signature);
  } catch {
    return false;
  }
}

const pss = (/** @type {number} */ hash) => ({ padding: RSA_PSS, saltLength: of(SALTS, hash) });

const padded = (/** @type {Buffer} */ bytes, /** @type {number} */ size) => (bytes.length === size ? bytes : Buffer.concat([Buffer.alloc(size - bytes.length), bytes]));
