// The compatibility flags of Workers that a gateway needs, and what a Wrangler file says of them.

/**
 * A flag: since which compatibility date it is on without being named, and what it is for.
 *
 * @typedef {{ name: string, since: string, purpose: string }} Flag
 */

/** `request.signal` fires when the client has left (measured on workerd 1.20261117.1). @type {Flag} */
const SIGNAL = { name: "enable_request_signal", since: "2026-11-17", purpose: "a request ends when its client has left" };

/** Origins over sockets use `node:crypto` (measured on workerd 1.20261117.1, and Wrangler 4.164 has the same date). @type {Flag} */
const NODE = { name: "nodejs_compat", since: "2026-08-04", purpose: "calls over sockets" };

/** Names under which the modules of Node are switched on. */
const NODE_NAMES = [NODE.name, "nodejs_compat_v2"];

/**
 * The flags that a configuration needs.
 *
 * @param {{ needsSockets: boolean }} needs
 */
export const flagsFor = ({ needsSockets }) => (needsSockets ? [SIGNAL, NODE] : [SIGNAL]);

/**
 * What of a Wrangler file says which flags are on; anything may be there.
 *
 * @typedef {{ compatibility_date?: unknown, compatibility_flags?: unknown }} Settings
 */

/**
 * What switches `request.signal` off, so that no worker hears that a client has left; undefined if it is on.
 *
 * @param {Settings} settings
 */
export function deaf(settings) {
  const { has, since } = read(settings);
  if (has("disable_request_signal")) return "the compatibility flag disable_request_signal";
  return has(SIGNAL.name) ? undefined : since(SIGNAL);
}

/**
 * What switches the modules of Node off; undefined if they are on.
 *
 * @param {Settings} settings
 */
export function nodeless(settings) {
  const { has, since } = read(settings);
  if (NODE_NAMES.some(has)) return undefined;
  // The one is on by its date unless both are refused.
  return NODE_NAMES.every((name) => has(`no_${name}`)) ? "the compatibility flag no_nodejs_compat" : since(NODE);
}

/** @param {Settings} settings */
function read({ compatibility_date: date, compatibility_flags: flags }) {
  const has = (/** @type {string} */ flag) => Array.isArray(flags) && flags.includes(flag);
  /** Why a flag isn't on by the date. */
  const since = (/** @type {Flag} */ flag) => {
    if (typeof date !== "string") return "no compatibility_date";
    return date < flag.since ? `the compatibility_date ${date}` : undefined;
  };
  return { has, since };
}
