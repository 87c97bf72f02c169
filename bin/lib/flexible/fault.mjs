// What is wrong with a template, and where.

/** A mistake at an offset of a template's text; the file is known further out. */
export class TemplateFault extends Error {
  /** Where it is known, the template's file. @type {string | undefined} */
  file;

  /**
   * @param {number} at
   * @param {string} message
   */
  constructor(at, message) {
    super(message);
    this.at = at;
  }
}

/** What a function has to say of its arguments; the place is known further out. */
export class FunctionFault extends Error {
  /**
   * @param {string} message
   * @param {{ argument?: number, isSaid?: boolean }} [details] The argument that is wrong, and whether the message says the
   *   function's name.
   */
  constructor(message, { argument, isSaid = false } = {}) {
    super(message);
    this.argument = argument;
    this.isSaid = isSaid;
  }
}
