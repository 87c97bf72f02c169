// Whether the instance is spoiled: a panic leaves its memory as it was in the middle of a step.

/** @type {string | null} */
let message = null;

/** Called by the module's panic hook. @param {string} text */
export function trapped(text) {
  message = text;
}

/** What spoiled the instance, once; null if nothing did. */
export function takeTrap() {
  const text = message;
  message = null;
  return text;
}
