// `node:fs` over texts in memory: the files that were dropped on the page.

/** @type {Map<string, string>} */
let files = new Map();

/**
 * Puts other files in place of the ones before.
 *
 * @param {Record<string, string>} texts by path
 */
export function mount(texts) {
  files = new Map(Object.entries(texts).map(([name, text]) => [trimmed(name), text]));
}

/** @param {string} name */
const trimmed = (name) => name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");

/** @param {string} name */
const isFolder = (name) => trimmed(name) === "." || trimmed(name) === "" || [...files.keys()].some((file) => file.startsWith(`${trimmed(name)}/`));

/**
 * @param {string} code
 * @param {string} name
 */
const systemError = (code, name) => Object.assign(new Error(`${code}: ${name}`), { code });

/** @param {string} name */
export const existsSync = (name) => files.has(trimmed(name)) || isFolder(name);

/**
 * The bytes of a file, or its text if an encoding is named.
 *
 * @param {string} name
 * @param {string} [encoding]
 */
export function readFileSync(name, encoding) {
  const text = files.get(trimmed(name));
  if (text === undefined) throw systemError(isFolder(name) ? "EISDIR" : "ENOENT", name);
  return encoding === undefined ? Buffer.from(text) : text;
}

/**
 * The names in a folder; of all files below it if asked.
 *
 * @param {string} folder
 * @param {{ recursive?: boolean }} [options]
 */
export function readdirSync(folder, { recursive = false } = {}) {
  if (!isFolder(folder)) throw systemError(files.has(trimmed(folder)) ? "ENOTDIR" : "ENOENT", folder);
  const root = trimmed(folder).replace(/^\.$/, "");
  const below = [...files.keys()].filter((name) => root === "" || name.startsWith(`${root}/`)).map((name) => (root === "" ? name : name.slice(root.length + 1)));
  return recursive ? below : [...new Set(below.map((name) => name.replace(/\/.*/s, "")))];
}

/** @param {string} name */
export const statSync = (name) => ({ isFile: () => files.has(trimmed(name)), isDirectory: () => isFolder(name) });
export const lstatSync = statSync;

/**
 * @param {string} name
 * @param {string} text
 */
export function writeFileSync(name, text) {
  files.set(trimmed(name), text);
}

export default { existsSync, readFileSync, readdirSync, statSync, lstatSync, writeFileSync };
