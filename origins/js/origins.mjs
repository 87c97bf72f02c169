// Origins that fetch can't reach: the module's functions for the gateway's driver.
//
//   const origins = new Origins(plan);                       // a text, made by the core; costs nothing yet
//   const response = await origins.fetch(0, { method, url, lines, body, length, millis, cutAfter, inflate, signal }, ctx);
//
// The first call instantiates the module (about 10 ms). A trap spoils its instance: the next call gets a fresh one, and calls
// that were in flight end by the gateway's own deadline.
import module from "./module.wasm";
import * as glue from "./module.mjs";
import { takeTrap } from "./trap.mjs";

/** The time for which the platform's fetch calls a host whose certificate turned out to be none of the profile's, in ms. */
const REMEMBERED = 600_000;

/** The hosts that are remembered, at most. */
const HOSTS = 256;

const NEVER = 0xffffffff;

export class Origins {
  #plan;
  #isOpen = false;
  /** When a host is tried over a socket again, by profile and authority. */
  #publicHosts = new Map();

  constructor(plan) {
    this.#plan = plan;
  }

  /** The module, ready for a call. */
  #module() {
    const trap = takeTrap();
    if (trap !== null) {
      console.error(`fjord: the origins' module failed and starts anew: ${trap}`);
      glue.__wbg_reset_state();
      this.#isOpen = false;
    }
    if (!this.#isOpen) {
      glue.initSync({ module });
      glue.open(this.#plan);
      this.#isOpen = true;
    }
    return glue;
  }

  /** The calls in flight. */
  get inFlight() {
    return this.#isOpen ? glue.in_flight() : 0;
  }

  /** The bytes of the module's memory. */
  get memory() {
    return this.#isOpen ? glue.initSync({ module }).memory.buffer.byteLength : 0;
  }

  /**
   * A response, as fetch gives one. `lines` are names and values, each ended by a line break; `body` is null, bytes, or a
   * stream, with its `length` if that is known. The head has to come within `millis`, the body within `cutAfter`. A
   * compressed body is inflated if `inflate` says so. Errors have a `code`, and a message that begins with the origin.
   */
  async fetch(profile, call, ctx) {
    const host = `${profile} ${call.url.split("/", 3)[2]}`;
    if (this.#isPublic(host)) return platformFetch(call);
    const { method, url, lines, body = null, length, millis, cutAfter = NEVER, signal } = call;
    const flight = this.#module().fetch(profile, method, url, lines, body, length, millis, cutAfter, signal);
    ctx.waitUntil(flight.done);
    let parts;
    try {
      parts = await flight.response;
    } catch (error) {
      if (!error.fallback) throw error;
      // The platform knows the public roots, and may reach addresses that are closed to sockets. Nothing of the body is sent.
      if (error.code === "unknown-issuer") this.#remember(host);
      return platformFetch(call);
    } finally {
      flight.free();
    }
    return responseOf(parts, method, call.inflate === true);
  }

  #isPublic(host) {
    const until = this.#publicHosts.get(host);
    return until !== undefined && Date.now() < until;
  }

  #remember(host) {
    if (this.#publicHosts.size >= HOSTS) this.#publicHosts.clear();
    this.#publicHosts.set(host, Date.now() + REMEMBERED);
  }
}

function platformFetch({ method, url, lines, body, signal }) {
  return fetch(url, { method, headers: headersOf(lines), body: body ?? undefined, redirect: "manual", signal });
}

function headersOf(lines) {
  const headers = new Headers();
  const parts = lines.split("\n");
  for (let i = 0; i + 1 < parts.length; i += 2) headers.append(parts[i], parts[i + 1]);
  return headers;
}

/** Statuses whose response has no body. */
const isBodyless = (status) => status === 101 || status === 204 || status === 205 || status === 304;

function responseOf([status, lines, body], method, inflate) {
  const headers = headersOf(lines);
  if (isBodyless(status) || method === "HEAD") body = null;
  else if (inflate && body !== null && headers.get("content-encoding")?.toLowerCase() === "gzip") {
    headers.delete("content-encoding");
    headers.delete("content-length");
    body = new Response(body).body.pipeThrough(new DecompressionStream("gzip"));
  }
  // A made response has a status of 200 to 599; an origin's may have another.
  const response = new Response(body, { status: status <= 599 ? status : 599, headers, encodeBody: "manual" });
  return status <= 599 ? response : Object.defineProperty(response, "status", { value: status });
}
