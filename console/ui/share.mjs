// The state of the page in a link: compressed, in the fragment, which browsers send to nobody.

/**
 * @typedef {{ project: import("../messages.js").Project, trials: import("./state.mjs").State["trials"], endpoint: number, view: string }} Shared
 */

const PREFIX = "#fjord=";
/** No link makes the page read more than this. */
const MOST = 4 << 20;

/** @param {ReadableStream<Uint8Array>} stream */
async function bytesOf(stream) {
  const parts = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST) throw new Error("the link holds more than 4 MB");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (parts)).arrayBuffer());
}

/**
 * @param {Uint8Array} bytes
 * @param {CompressionStream | DecompressionStream} stream
 */
const through = (bytes, stream) => bytesOf(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream().pipeThrough(stream));

/**
 * The fragment for a state.
 *
 * @param {Shared} shared
 */
export async function fragmentOf(shared) {
  const packed = await through(new TextEncoder().encode(JSON.stringify({ v: 1, ...shared })), new CompressionStream("deflate-raw"));
  const base64 = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  return PREFIX + base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The state in a fragment; null without one. A broken one is an error: half a configuration helps nobody.
 *
 * @param {string} fragment
 * @returns {Promise<Shared | null>}
 */
export async function sharedIn(fragment) {
  if (!fragment.startsWith(PREFIX)) return null;
  try {
    const base64 = fragment.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/");
    const packed = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const found = /** @type {Partial<Shared> & { v?: number }} */ (JSON.parse(new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw")))));
    const { project, trials = {}, endpoint = 0, view = "findings" } = found;
    if (found.v !== 1 || project === undefined || typeof project.main !== "string" || typeof project.files[project.main] !== "string") throw new Error("nothing to open");
    return { project: { ...project, env: { ...project.env } }, trials, endpoint, view };
  } catch (error) {
    throw new Error("this link is broken: it may have been cut off on its way", { cause: error });
  }
}
