// Signatures by WebCrypto. The core has chosen the algorithm and the key; here they only get their names.
const decoder = new TextDecoder();

const hash = (/** @type {number} */ bits) => ({ hash: `SHA-${bits}` });
const rsa = (/** @type {number} */ bits) => ({ name: "RSASSA-PKCS1-v1_5", ...hash(bits) });
const pss = (/** @type {number} */ bits) => ({ name: "RSA-PSS", saltLength: bits / 8, ...hash(bits) });
const ecdsa = (/** @type {number} */ bits, /** @type {string} */ namedCurve) => ({ name: "ECDSA", namedCurve, ...hash(bits) });

/** @typedef {{ name: string, hash?: string, saltLength?: number, namedCurve?: string }} Algorithm */

/** @type {{ [name: string]: Algorithm }} */
const ALGORITHMS = {
  RS256: rsa(256), RS384: rsa(384), RS512: rsa(512),
  PS256: pss(256), PS384: pss(384), PS512: pss(512),
  ES256: ecdsa(256, "P-256"), ES384: ecdsa(384, "P-384"), ES512: ecdsa(512, "P-521"),
  EdDSA: { name: "Ed25519" },
};

/** Imported keys by algorithm and text; the ones that came first leave first. */
const KEYS = /** @type {Map<string, CryptoKey>} */ (new Map());
const MAX_KEYS = 256;

/**
 * `[1]` if a signature is one of the input, else `[0]`.
 *
 * @param {[name: Uint8Array, key: Uint8Array, input: Uint8Array, signature: Uint8Array]} args
 */
export async function verify([name, key, input, signature]) {
  const algorithm = algorithmOf(name);
  return Uint8Array.of(Number(await crypto.subtle.verify(algorithm, await imported(algorithm, name, key, "verify"), signature, input)));
}

/**
 * The signature of the input.
 *
 * @param {[name: Uint8Array, key: Uint8Array, input: Uint8Array]} args
 */
export async function sign([name, key, input]) {
  const algorithm = algorithmOf(name);
  return new Uint8Array(await crypto.subtle.sign(algorithm, await imported(algorithm, name, key, "sign"), input));
}

/** @param {Uint8Array} name */
function algorithmOf(name) {
  const algorithm = ALGORITHMS[decoder.decode(name)];
  if (algorithm === undefined) throw new Error(`no algorithm ${decoder.decode(name)}`);
  return algorithm;
}

/**
 * @param {Algorithm} algorithm
 * @param {Uint8Array} name
 * @param {Uint8Array} jwk
 * @param {"sign" | "verify"} usage
 */
async function imported(algorithm, name, jwk, usage) {
  const text = decoder.decode(jwk);
  const id = `${usage} ${decoder.decode(name)} ${text}`;
  let key = KEYS.get(id);
  if (key === undefined) {
    key = await crypto.subtle.importKey("jwk", /** @type {JsonWebKey} */ (JSON.parse(text)), algorithm, false, [usage]);
    const [oldest] = KEYS.keys();
    if (oldest !== undefined && KEYS.size >= MAX_KEYS) KEYS.delete(oldest);
    KEYS.set(id, key);
  }
  return key;
}
