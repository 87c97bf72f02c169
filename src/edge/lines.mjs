// Header lines, and what calls and answers are made with beside them. Most repeat those before them, so they are kept.
import { HOP_BY_HOP } from "./protocol.mjs";

/** Blocks of text whose lines are kept, at most; and how long one may be, or a URL: long ones carry tokens and come once. */
const KEPT = 256;
const LONGEST = 256;

/** Calls that are kept with the lines they share, at most. */
const CALLS = 8;

/** @type {string[]} */
const NO_FIELDS = [];

/** Never passed on: headers about one connection, and the length, which the runtime sets by itself. The runtime shows them all. */
const DROPPED = [...HOP_BY_HOP, "content-length"];

/** Header lines made of a block of text: names and values, each ended by a line break. */
export class Lines {
  /** @type {RequestInit | null} */
  #init = null;
  /**
   * By URL; without a request until the second call.
   *
   * @type {Map<string, { method: string, names: string, request: Request | null }> | null}
   */
  #calls = null;
  /** @type {{ status: number, headers: Headers } | null} */
  #answer = null;
  /** @type {[name: string, value: string][] | null} */
  #pairs = null;

  /** @param {Headers} headers */
  constructor(headers) {
    this.headers = headers;
  }

  /**
   * What `fetch` takes beside a URL.
   *
   * @param {string} method
   */
  init(method) {
    if (this.#init === null || this.#init.method !== method) {
      this.#init = { method, headers: this.headers, redirect: "manual" };
    }
    return this.#init;
  }

  /**
   * A call without a body that was made before, with the lines of its trace in place of those of their names: a request as a whole
   * costs `fetch` 5 µs, its parts cost 12, and 30 with a trace. `fetch` copies it before it returns, so the next call may set other
   * values. Null the first time, so that URLs that never come again cost nothing.
   *
   * @param {string} method
   * @param {string} url
   * @param {string} trace
   */
  call(method, url, trace) {
    if (url.length > LONGEST) return null;
    this.#calls ??= new Map();
    const fields = trace === "" ? NO_FIELDS : trace.split("\n");
    // Lines that one call has and the next lacks would stay.
    const names = fields.length <= 3 ? (fields[0] ?? "") : fields.filter((_, index) => index % 2 === 0).join();
    const kept = this.#calls.get(url);
    if (kept === undefined || kept.method !== method || kept.names !== names) {
      if (this.#calls.size >= CALLS) this.#calls.clear();
      this.#calls.set(url, { method, names, request: null });
      return null;
    }
    const request = (kept.request ??= new Request(url, this.init(method)));
    for (let i = 0; i + 1 < fields.length; i += 2) request.headers.set(fields[i] ?? "", fields[i + 1] ?? "");
    return request;
  }

  /**
   * What `Response` takes beside a body.
   *
   * @param {number} status
   */
  answer(status) {
    if (this.#answer === null || this.#answer.status !== status) this.#answer = { status, headers: this.headers };
    return this.#answer;
  }

  /**
   * These lines and one more.
   *
   * @param {string} name
   * @param {string} value
   */
  with(name, value) {
    const headers = new Headers(this.headers);
    headers.set(name, value);
    return new Lines(headers);
  }

  /**
   * These lines, with those of a block that comes once in place of theirs. Neither is kept.
   *
   * @param {string} block
   */
  replaced(block) {
    const parts = block.split("\n");
    const headers = new Headers(this.headers);
    for (let i = 0; i + 1 < parts.length; i += 2) headers.set(parts[i] ?? "", parts[i + 1] ?? "");
    return new Lines(headers);
  }

  /**
   * These lines, then an origin's; a copy of the origin's, as that keeps lines of one name apart. What CORS says is said once,
   * by the gateway: browsers refuse doubled lines.
   *
   * No loop goes over the origin's lines: each of them would cost a µs, where the runtime copies all in one.
   *
   * @param {Headers} origin
   * @param {boolean} withoutType
   */
  over(origin, withoutType) {
    const headers = new Headers(origin);
    const connection = headers.get("connection");
    // Names that are none of a header can't be there.
    const listed = connection === null ? [] : connection.split(",").map((name) => name.trim()).filter((name) => TOKEN.test(name));
    for (const name of DROPPED) headers.delete(name);
    for (const name of listed) headers.delete(name);
    if (withoutType) headers.delete("content-type");
    this.#pairs ??= [...this.headers];
    for (const [name, value] of this.#pairs) {
      const theirs = headers.get(name);
      if (theirs !== null) headers.delete(name);
      headers.append(name, value);
      if (theirs !== null && !name.startsWith("access-control-")) headers.append(name, theirs);
    }
    return new Lines(headers);
  }
}

/** The name of a header line. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

const known = /** @type {Map<string, Lines>} */ (new Map());

/**
 * The lines of a block.
 *
 * @param {string} block
 */
export function linesOf(block) {
  let lines = known.get(block);
  if (lines === undefined) {
    const parts = block.split("\n");
    const headers = new Headers();
    for (let i = 0; i + 1 < parts.length; i += 2) headers.append(parts[i] ?? "", parts[i + 1] ?? "");
    lines = new Lines(headers);
    if (block.length <= LONGEST) {
      if (known.size >= KEPT) known.clear();
      known.set(block, lines);
    }
  }
  return lines;
}

/**
 * Lines of a block, where steps saw an origin's: what they left of them follows the gateway's `own`. Lines that they
 * left alone stay apart as the origin's.
 *
 * @param {string} block
 * @param {number} own
 * @param {Headers} origin
 */
export function changed(block, own, origin) {
  const parts = block.split("\n");
  const left = /** @type {Map<string, string[]>} */ (new Map());
  for (let i = 2 * own; i + 1 < parts.length; i += 2) {
    const name = (parts[i] ?? "").toLowerCase();
    const value = parts[i + 1] ?? "";
    const values = left.get(name);
    if (values === undefined) left.set(name, [value]);
    else values.push(value);
  }
  const headers = new Headers(origin);
  for (const [name] of origin) if (!left.has(name)) headers.delete(name);
  for (const [name, values] of left) {
    // The steps saw lines of one name joined, but cookies one by one.
    if (name !== "set-cookie" && origin.get(name) === values[0]) values.shift();
    else headers.delete(name);
    for (const value of values) headers.append(name, value);
  }
  return linesOf(parts.slice(0, 2 * own).map((part) => `${part}\n`).join("")).over(headers, false);
}
