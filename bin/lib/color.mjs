// Colours of a terminal, and whether a stream wants them.

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

/**
 * Words in a style of the terminal, if it is to have colours.
 *
 * @param {boolean} color
 * @param {string} style
 * @param {string} words
 */
export const paint = (color, style, words) => (color ? `\x1b[${style}m${words}\x1b[0m` : words);
