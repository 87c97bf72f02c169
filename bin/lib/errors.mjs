// What ends a command early: a message for the user, and the exit code.

/** Something is wrong that the user can act on: printed as it is, exit code 1. */
export class Failure extends Error {
  code = 1;
}

/** The command line can't be understood: exit code 2. */
export class UsageError extends Failure {
  code = 2;
}

/**
 * The code of a system error, such as "ENOENT"; undefined for all other errors.
 *
 * @param {unknown} error
 */
export function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/**
 * What an error says.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
