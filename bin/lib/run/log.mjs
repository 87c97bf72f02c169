// What workerd writes of its own: the reason of a failed call is in lines for its developers, and the gateway's line has a reference to it.

/** The reason, in the line before the one with its reference. */
const REASON = /^workerd\/\S+: error: e = \S+ failed: (.*)$/;
const REFERENCE = /^stack: .*; wdErrId = (\w+)$/;
/** How the gateway's line says that there is a reason. */
const REFERRED = /internal error; reference = (\w+)/;

/** How long a reason waits for the gateway's line before it is said by itself. */
const PATIENCE_MS = 500;

export class WorkerdLog {
  #rest = "";
  /** @type {string | undefined} */
  #reason;
  /** Reasons that nobody has referred to yet. @type {Map<string, { reason: string, timer: NodeJS.Timeout }>} */
  #waiting = new Map();
  #write;

  /** @param {(text: string) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {string} text */
  take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  /** What is left at the end. */
  end() {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
    this.#sayReason();
    for (const id of this.#waiting.keys()) this.#say(id);
  }

  /** @param {string} line */
  #line(line) {
    const reference = REFERENCE.exec(line)?.[1];
    if (this.#reason !== undefined && reference !== undefined) {
      this.#waiting.set(reference, { reason: this.#reason, timer: setTimeout(() => this.#say(reference), PATIENCE_MS).unref() });
      this.#reason = undefined;
      return;
    }
    this.#sayReason();
    this.#reason = REASON.exec(line)?.[1];
    if (this.#reason === undefined) this.#write(`${line.replace(REFERRED, (all, /** @type {string} */ id) => this.#take(id)?.reason ?? all)}\n`);
  }

  /** A reason that came without a reference. */
  #sayReason() {
    if (this.#reason !== undefined) this.#write(`workerd: ${this.#reason}\n`);
    this.#reason = undefined;
  }

  /** @param {string} id */
  #take(id) {
    const found = this.#waiting.get(id);
    clearTimeout(found?.timer);
    this.#waiting.delete(id);
    return found;
  }

  /** @param {string} id */
  #say(id) {
    const found = this.#take(id);
    if (found) this.#write(`workerd: ${found.reason}\n`);
  }
}
