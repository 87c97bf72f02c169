// What is wrong with a template, and where.

/** A mistake at an offset of a template's text; the file is known further out. */
export class TemplateFault extends Error {
  constructor(at, message) {
    super(message);
    this.at = at;
  }
}

/** What a function has to say of its arguments; the place is known further out. */
export class FunctionFault extends Error {}
