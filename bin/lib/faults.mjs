// Mistakes in a text that the core never sees, shown as the core shows its own.
import { paint, wantsColor } from "./color.mjs";
import { Failure } from "./errors.mjs";

/**
 * A text and the file that it comes from.
 *
 * @typedef {{ file: string, text: string }} Source
 */

/** One mistake at an offset of a source. */
export class Fault {
  /**
   * @param {Source} source
   * @param {number} at The offset, in characters.
   * @param {string} code
   * @param {string} message
   */
  constructor(source, at, code, message) {
    const before = source.text.slice(0, at);
    const start = before.lastIndexOf("\n") + 1;
    this.at = at;
    this.file = source.file;
    this.code = code;
    this.message = message;
    this.line = before.split("\n").length;
    this.column = [...before.slice(start)].length + 1;
    this.excerpt = source.text.slice(start).split(/\r?\n/, 1)[0] ?? "";
  }

  /** @param {boolean} color */
  text(color) {
    const bar = paint(color, "1;34", "|");
    const number = String(this.line);
    const pad = " ".repeat(number.length);
    const shift = Math.max(0, this.column - 60);
    const shown = [...this.excerpt].slice(shift, shift + 100).join("").replace(/[\p{Cc}]/gu, " ");
    return [
      paint(color, "1;31", `error[${this.code}]`) + paint(color, "1", `: ${this.message}`),
      `${pad}${paint(color, "1;34", "-->")} ${this.file}:${this.line}:${this.column}`,
      `${pad} ${bar}`,
      `${paint(color, "1;34", number)} ${bar} ${shown}`.trimEnd(),
      `${pad} ${bar} ${" ".repeat(this.column - 1 - shift)}${paint(color, "1;31", "^")}`,
      `${pad} ${bar}`,
    ].join("\n");
  }

  /** As an entry of the report for programs. */
  get entry() {
    const { file, code, line, column, message } = this;
    return { severity: "error", code, path: "", file, line, column, message, help: null, related: [] };
  }

  /** As an annotation for GitHub Actions. */
  get annotation() {
    return annotation("error", this);
  }
}

/**
 * An annotation for GitHub Actions.
 *
 * @param {"error" | "warning"} severity
 * @param {{ file: string, line: number, column: number, code: string, message: string }} finding
 */
export function annotation(severity, { file, line, column, code, message }) {
  const escape = (/** @type {string} */ text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return `::${severity} file=${escape(file)},line=${line},col=${column},title=${code}::${escape(message)}`;
}

/** Nothing can be checked or served: the text isn't even a configuration. */
export class SourceError extends Failure {
  /**
   * @param {Fault[]} faults
   * @param {string} [message] What to say where there are no faults.
   */
  constructor(faults, message) {
    super(message ?? faults.map((fault) => fault.text(wantsColor(process.stderr))).join("\n\n"));
    this.faults = faults;
  }
}
