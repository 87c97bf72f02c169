// One request of a soak: what is sent, whether the answer is right, and whose answer it is.
import http from "node:http";
import { token } from "../lib/token.mjs";
import { TIMEOUT_MS } from "./config.mjs";
import { FAULTS } from "./origin.mjs";

/** @import { Kind } from "./config.mjs" */

/** What takes longer than this is said to hang: the deadline, and as much as a busy machine needs. */
const PATIENCE_MS = TIMEOUT_MS + 10_000;

/** Answers without a reason come in time, or the machine was too slow for the deadline. */
const LATE_MS = TIMEOUT_MS * 0.8;

/** How a request ended: `lost` got no whole answer, `mixed` got something of another request, `late` was out of time. */
/** @typedef {"good" | "failed" | "left" | "late" | "lost" | "hung" | "mixed" | "wrong"} End */

/**
 * What is done in one request.
 *
 * @typedef {object} Plan
 * @property {Kind} kind
 * @property {number} id
 * @property {string} [fault] of the origin
 * @property {number} [leaves] ms after which the client leaves
 */

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const authorization = `Bearer ${token()}`;

/** Closes the connections that are kept. */
export const hangUp = () => agent.destroy();

/** Small numbers from a seed: the same run again. @param {number} seed */
export function random(seed) {
  let state = seed | 1;
  return (/** @type {number} */ below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/**
 * The request number `id`.
 *
 * @param {Kind[]} kinds
 * @param {number} id
 * @param {(below: number) => number} next
 * @param {{ faulty: number, leaving: number }} percent
 * @returns {Plan}
 */
export function plan(kinds, id, next, percent) {
  let at = next(kinds.reduce((sum, { weight }) => sum + weight, 0));
  const kind = kinds.find(({ weight }) => (at -= weight) < 0) ?? kinds[0];
  if (kind === undefined) throw new Error("there are no kinds of work");
  const fault = next(1000) < percent.faulty * 10 ? FAULTS[next(FAULTS.length)] : undefined;
  const leaves = next(1000) < percent.leaving * 10 ? next(60) : undefined;
  return { kind, id, ...(fault !== undefined && { fault }), ...(leaves !== undefined && { leaves }) };
}

/**
 * Sends it and judges what comes.
 *
 * @param {number} port
 * @param {Plan} what
 * @param {number} [patience] in ms
 * @param {boolean} [fresh] on a connection of its own
 * @returns {Promise<{ end: End, detail: string }>}
 */
export function send(port, what, patience = PATIENCE_MS, fresh = false) {
  const { kind, id, fault, leaves } = what;
  const key = `key-${id % 20}`;
  const body = kind.method === "POST" ? `body-of-${id}` : undefined;
  /** @type {http.OutgoingHttpHeaders} */
  const headers = { "x-soak-id": id, "x-soak-client": id % 50 };
  if (fault !== undefined) headers["x-soak-fault"] = fault;
  if (kind.token) headers.authorization = authorization;
  if (body !== undefined) headers["content-type"] = "text/plain";
  const path = kind.path.replace("ID", String(id)).replace("KEY", key);
  const began = performance.now();
  return new Promise((resolve) => {
    /** @param {End} end @param {string} detail */
    const settle = (end, detail) => {
      clearTimeout(waiting);
      clearTimeout(leaving);
      if ((end === "wrong" || end === "lost") && performance.now() - began > LATE_MS) end = "late";
      resolve({ end, detail: `${kind.name} ${id}${fault === undefined ? "" : ` (${fault})`}: ${detail}` });
    };
    const waiting = setTimeout(() => {
      settle("hung", `no answer after ${patience} ms`);
      request.destroy();
    }, patience);
    /** @type {NodeJS.Timeout | undefined} */
    let leaving;
    const request = http.request({ port, host: "127.0.0.1", path, method: kind.method ?? "GET", headers, agent: fresh ? false : agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => answer.complete && settle(...judge(answer.statusCode ?? 0, text)));
      // An origin that cuts its body cuts what is passed on.
      answer.on("error", () => (fault !== undefined && kind.name === "no-op" ? settle("failed", "cut") : settle("lost", "the answer was cut")));
    });
    request.on("error", (error) => {
      // The server may close a connection that it kept at the very moment when it's used again: that isn't a lost answer.
      const isStale = request.reusedSocket && "code" in error && error.code === "ECONNRESET" && !fresh;
      if (!isStale || leaves !== undefined) return settle("lost", error.message);
      clearTimeout(waiting);
      resolve(send(port, what, patience, true));
    });
    if (leaves !== undefined) {
      leaving = setTimeout(() => {
        settle("left", "");
        request.destroy();
      }, leaves);
    }
    request.end(body);
  });

  /** @param {number} status @param {string} text @returns {[End, string]} */
  function judge(status, text) {
    const allowed = fault === undefined ? kind.statuses(id) : [...kind.statuses(id), ...kind.faulty(id)];
    if (!allowed.includes(status)) return ["wrong", `status ${status}: ${text.slice(0, 200)}`];
    if (status !== 200) return ["failed", `status ${status}`];
    const strangers = foreign(text, id);
    if (strangers.length > 0) return ["mixed", `${strangers.join(", ")} in ${text.slice(0, 200)}`];
    /** @type {unknown} */
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return fault === undefined ? ["wrong", `the body isn't JSON: ${text.slice(0, 200)}`] : ["failed", "a broken body passed on"];
    }
    const expected = kind.name === "cache" ? key : String(id);
    for (const name of kind.names) {
      const found = member(value, name);
      if (found === undefined && fault !== undefined) continue;
      const wanted = name === "subject" ? "user-1" : name === "body" ? body : expected;
      if (found !== wanted) return [found === undefined ? "wrong" : "mixed", `${name} is ${String(found)}, expected ${String(wanted)}`];
    }
    return ["good", ""];
  }
}

/** The ids of other requests in a text. @param {string} text @param {number} id */
function foreign(text, id) {
  const ids = [...text.matchAll(/"(?:id|from|lua|echo)":"(\d+)"/g)].map(([, found]) => Number(found));
  return ids.filter((found) => found !== id);
}

/** @param {unknown} value @param {string} path */
function member(value, path) {
  let at = value;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = /** @type {Record<string, unknown>} */ (at)[key];
  }
  return at;
}
