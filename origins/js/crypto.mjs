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
import { Buffer } from "node:buffer";

const TAG = 16;
const RSA_PSS = 6;

/** By the numbers that Rust gives them. */
const HASHES = ["sha256", "sha384", "sha512"];
const AEADS = ["aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"];
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** Encrypts all of `data` but its last 16 bytes, which take the tag. */
export function seal(algorithm, key, nonce, aad, data) {
  const cipher = createCipheriv(AEADS[algorithm], key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad);
  const size = data.length - TAG;
  data.set(cipher.update(data.subarray(0, size)));
  cipher.final();
  data.set(cipher.getAuthTag(), size);
}

/** Decrypts all of `data` but its last 16 bytes, the tag; whether the tag is right. */
export function open(algorithm, key, nonce, aad, data) {
  const cipher = createDecipheriv(AEADS[algorithm], key, nonce, { authTagLength: TAG });
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

export function random(data) {
  crypto.getRandomValues(data);
}

/** A fresh key pair of a curve: the private key, then the public one. */
export function ecPair(curve) {
  const pair = createECDH(CURVES[curve]);
  const publicKey = pair.generateKeys();
  return Buffer.concat([padded(pair.getPrivateKey(), (publicKey.length - 1) / 2), publicKey]);
}

export function ecSecret(curve, privateKey, peer) {
  const pair = createECDH(CURVES[curve]);
  pair.setPrivateKey(privateKey);
  return pair.computeSecret(peer);
}

const DER_PUBLIC = { format: "der", type: "spki" };
const DER_PRIVATE = { format: "der", type: "pkcs8" };
const X25519_PUBLIC = Buffer.from("302a300506032b656e032100", "hex");
const X25519_PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A fresh key pair of X25519: the private key, then the public one. */
export function x25519Pair() {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return Buffer.concat([privateKey.export(DER_PRIVATE).subarray(-32), publicKey.export(DER_PUBLIC).subarray(-32)]);
}

export function x25519Secret(privateKey, peer) {
  return diffieHellman({
    privateKey: createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, privateKey]), ...DER_PRIVATE }),
    publicKey: createPublicKey({ key: Buffer.concat([X25519_PUBLIC, peer]), ...DER_PUBLIC }),
  });
}

/** A private key in PKCS #8, whatever form it comes in. */
export function privateKey(key, type) {
  return createPrivateKey({ key: Buffer.from(key), format: "der", type }).export(DER_PRIVATE);
}

/** The public key of a private one. */
export function publicKey(key) {
  return createPublicKey(createPrivateKey({ key: Buffer.from(key), ...DER_PRIVATE })).export(DER_PUBLIC);
}

/** Signs; `hash` is none for Ed25519. */
export function sign(hash, isPss, key, message) {
  const options = { key: Buffer.from(key), ...DER_PRIVATE, ...(isPss ? pss(hash) : {}) };
  if (hash === undefined) return signAtOnce(null, message, options);
  return createSign(HASHES[hash]).update(message).sign(options);
}

/** Whether a signature is right. */
export function verify(hash, isPss, key, message, signature) {
  const options = { key: Buffer.from(key), ...DER_PUBLIC, ...(isPss ? pss(hash) : {}) };
  try {
    if (hash === undefined) return verifyAtOnce(null, message, options, signature);
    return createVerify(HASHES[hash]).update(message).verify(options, signature);
  } catch {
    return false;
  }
}

const pss = (hash) => ({ padding: RSA_PSS, saltLength: [32, 48, 64][hash] });

const padded = (bytes, size) => (bytes.length === size ? bytes : Buffer.concat([Buffer.alloc(size - bytes.length), bytes]));
