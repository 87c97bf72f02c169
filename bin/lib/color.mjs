// Whether a stream wants colours.

/**
 * FORCE_COLOR says so, or NO_COLOR that it doesn't, before the terminal is asked.
 *
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} env
 */
export function wantsColor(stream, { FORCE_COLOR: force, NO_COLOR: never } = process.env) {
  if (force !== undefined) return force !== "0" && force !== "false";
  return Boolean(stream.isTTY) && !never;
}
