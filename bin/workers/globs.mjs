// The lists of `run_worker_first`: globs of paths, those that begin with `!` make exceptions.

/**
 * Whether one of the globs fits a path, and none that begins with `!`.
 *
 * @param {string[]} globs
 */
export function matcher(globs) {
  const regex = (/** @type {string} */ glob) => new RegExp(`^${glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  const yes = globs.filter((glob) => !glob.startsWith("!")).map(regex);
  const no = globs.filter((glob) => glob.startsWith("!")).map((glob) => regex(glob.slice(1)));
  return (/** @type {string} */ file) => yes.some((glob) => glob.test(file)) && !no.some((glob) => glob.test(file));
}
