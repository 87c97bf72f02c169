// What the command uses of `node:path`, in its POSIX form.

/** @param {string} path */
export function normalize(path) {
  if (path === "") return ".";
  const isAbsolute = path.startsWith("/");
  /** @type {string[]} */
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push("..");
  }
  const joined = parts.join("/");
  const end = path.endsWith("/") && joined !== "" ? "/" : "";
  return (isAbsolute ? "/" : "") + joined + end || (path.endsWith("/") ? "./" : ".");
}

/** @param {string[]} parts */
export const join = (...parts) => normalize(parts.filter((part) => part !== "").join("/"));

/** @param {string[]} parts The last absolute one begins the path; the page has no current folder. */
export const resolve = (...parts) => {
  const first = Math.max(0, parts.findLastIndex((part) => part.startsWith("/")));
  return normalize(parts.slice(first).filter((part) => part !== "").join("/")).replace(/(.)\/$/, "$1");
};

/**
 * @param {string} path
 * @param {string} [ending]
 */
export function basename(path, ending = "") {
  const name = path.replace(/\/+$/, "").replace(/^.*\//s, "");
  return ending !== "" && name !== ending && name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}

/** @param {string} path */
export function dirname(path) {
  const end = path.replace(/\/+$/, "").lastIndexOf("/");
  if (end < 0) return ".";
  return path.slice(0, end).replace(/\/+$/, "") || "/";
}

/** @param {string} path */
export const extname = (path) => /.(\.[^.]*)$/s.exec(basename(path))?.[1] ?? "";

export const sep = "/";
export const posix = { normalize, join, resolve, basename, dirname, extname, sep };
export default posix;
