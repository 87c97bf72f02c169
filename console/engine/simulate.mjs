// Requests through the core and the driver of the edge, with origins that answer as the page says.
import { Driver } from "fjord:driver";
import { counted, inOwnTime, time } from "./clock.mjs";
import { clearCache, install, SimulatedRequest, SimulatedResponse } from "./platform.mjs";
import { Routes } from "./routes.mjs";

/**
 * @typedef {import("../messages.js").Ask} Ask
 * @typedef {import("../messages.js").Call} Call
 * @typedef {import("../messages.js").Mock} Mock
 * @typedef {import("../messages.js").OtherMock} OtherMock
 * @typedef {import("../messages.js").Answer} Answer
 */

/** The request under way: who answers calls, and what was called. */
/** @type {((call: { url: string, method: string, headers: Headers, body: string, signal: AbortSignal | undefined }, binding: string) => Promise<SimulatedResponse>) | null} */
let origin = null;

/**
 * @param {string | SimulatedRequest} input
 * @param {{ method?: string, headers?: HeadersInit, body?: unknown, signal?: AbortSignal }} [init]
 * @param {string} [binding]
 */
async function call(input, init = {}, binding = "") {
  if (origin === null) throw new Error("no request is under way");
  const request = typeof input === "string" ? new SimulatedRequest(input, init) : input;
  return origin({ url: request.url, method: request.method, headers: request.headers, body: await request.text(), signal: init.signal }, binding);
}

install(/** @type {typeof fetch} */ (/** @type {unknown} */ (call)));

/** @param {number} ms */
const after = (ms) => new Promise((/** @type {(value: void) => void} */ resolve) => setTimeout(resolve, ms));

/** @param {Mock} mock */
function headersOf({ type, headers }) {
  const lines = new Headers(type === "" ? {} : { "content-type": type });
  for (const line of headers.split("\n")) {
    const [, name, value = ""] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) lines.append(name, value);
  }
  return lines;
}

const LEVELS = /** @type {const} */ (["debug", "info", "log", "warn", "error"]);

/** A gateway with one configuration; what it counts and keeps stays from request to request. */
export class Gateway {
  #driver;
  #config;
  #env;

  /**
   * @param {() => import("../../src/edge/fjord.mjs").Core} instantiate
   * @param {string} config
   * @param {Record<string, string>} files
   * @param {Record<string, string>} variables
   */
  constructor(instantiate, config, files, variables) {
    clearCache();
    this.#driver = new Driver(instantiate, config, JSON.stringify(files));
    this.#config = config;
    /** @type {{ [name: string]: unknown }} */
    const env = { ...variables };
    this.#env = env;
    for (const [, name = ""] of config.matchAll(/service:\/\/(\w+)/g)) {
      env[name] = {
        /**
         * @param {string | SimulatedRequest} input
         * @param {{ method?: string, headers?: HeadersInit, body?: unknown, signal?: AbortSignal }} [init]
         */
        fetch: (input, init) => call(input, init, name),
      };
    }
  }

  /**
   * The answer to a request, and all that happened on its way.
   *
   * @param {number} endpoint
   * @param {Ask} ask
   * @param {Mock[]} mocks
   * @param {OtherMock[]} others
   * @returns {Promise<Answer>}
   */
  async answer(endpoint, ask, mocks, others) {
    const routes = new Routes(/** @type {import("./routes.mjs").Config} */ (JSON.parse(this.#config)), endpoint);
    /** @type {Call[]} */
    const calls = [];
    /** @type {Answer["log"]} */
    const log = [];
    let began = 0;
    const elapsed = () => time() - began;
    origin = async ({ url, method, headers, body, signal }, binding) => {
      const backend = routes.backendOf(url, binding);
      /** @type {Call} */
      const made = { backend, method, url, headers: [...headers], body, start: elapsed(), end: -1, status: null, error: "", received: "" };
      calls.push(made);
      const mock = backend === null ? others.find((other) => other.url !== "" && url.startsWith(other.url)) : mocks[backend];
      signal?.addEventListener("abort", () => {
        if (made.end < 0) Object.assign(made, { end: elapsed(), error: "given up" });
      });
      if (mock === undefined) {
        Object.assign(made, { end: elapsed(), error: "no answer is given for it" });
        throw new Error(`nothing answers at ${url}`);
      }
      if (mock.failure === "silent") return new Promise(() => {});
      await after(mock.latency);
      if (made.end >= 0) throw new Error("the call was given up");
      made.end = elapsed();
      if (mock.failure === "refused") {
        made.error = "the connection is refused";
        throw new Error("Network connection lost.");
      }
      Object.assign(made, { status: mock.status, received: mock.body });
      const lines = headersOf(mock);
      const bytes = new TextEncoder().encode(mock.body);
      if (!lines.has("content-length")) lines.set("content-length", String(bytes.length));
      return new SimulatedResponse(bytes, { status: mock.status, headers: lines });
    };
    const restore = LEVELS.map((level) => [level, console[level]]);
    for (const level of LEVELS) console[level] = (...words) => log.push({ level, line: words.map(String).join(" "), at: elapsed() });
    try {
      const { value, took } = await inOwnTime(async () => {
        began = time();
        const hasBody = ask.body !== "" && ask.method !== "GET" && ask.method !== "HEAD";
        const headers = new Headers(ask.headers);
        const bytes = new TextEncoder().encode(ask.body);
        if (hasBody) headers.set("content-length", String(bytes.length));
        // The port is what tells a peer from a client behind the edge.
        const request = new SimulatedRequest(`http://localhost:8080${ask.target}`, { method: ask.method, headers, body: hasBody ? bytes : null, cf: { clientIp: `${ask.address}:50000` } });
        /** @type {Promise<unknown>[]} */
        const background = [];
        const response = await this.#driver.answer(request, this.#env, { waitUntil: (task) => void background.push(task) });
        const text = await counted(response.text());
        const answered = time();
        // Shadow calls continue after the answer.
        await Promise.race([Promise.allSettled(background), after(60_000)]);
        return { status: response.status, headers: [...response.headers], text, answered };
      });
      for (const made of calls) if (made.end < 0) Object.assign(made, { end: Math.max(made.start, value.answered - began), error: "no answer before the end" });
      return { status: value.status, headers: value.headers, body: value.text, took: Math.min(took, value.answered - began), calls, log };
    } finally {
      for (const [level, method] of restore) Object.assign(console, { [/** @type {string} */ (level)]: method });
      origin = null;
    }
  }
}
