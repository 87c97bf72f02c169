// What is said of errors. Anything may be thrown, by the platform too.

/**
 * What an error says.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
