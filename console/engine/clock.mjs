// Time of its own: it passes only when nothing else can happen, so that a timeout of ten seconds is over at once, and each run of the
// same request takes the same time.

const real = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

/** Requests end before this; what would continue is given up. In ms. */
const LONGEST = 600_000;

/** @typedef {{ id: number, at: number, run: () => void }} Timer */

let isRunning = false;
let now = 0;
let lastId = 0;
/** @type {Map<number, Timer>} */
const timers = new Map();
/** What the browser works on by itself: signatures. Time is frozen meanwhile. */
let underWay = 0;

/** The time, in ms since the epoch. */
export const time = () => now;

Date.now = () => (isRunning ? now : real.now());

globalThis.setTimeout = /** @type {typeof setTimeout} */ (
  /** @type {unknown} */ (
    (/** @type {(...args: unknown[]) => void} */ run, /** @type {number | undefined} */ ms, /** @type {unknown[]} */ ...args) => {
      if (!isRunning) return real.setTimeout(run, ms, ...args);
      lastId += 1;
      timers.set(lastId, { id: lastId, at: now + Math.max(0, Math.min(Number(ms ?? 0), 2 ** 31)), run: () => run(...args) });
      return lastId;
    }
  )
);

globalThis.clearTimeout = /** @type {typeof clearTimeout} */ (
  (/** @type {number | null} */ id) => {
    if (id !== null && !timers.delete(id)) real.clearTimeout(id);
  }
);

/**
 * A promise that time waits for.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function counted(promise) {
  underWay += 1;
  try {
    return await promise;
  } finally {
    underWay -= 1;
  }
}

for (const name of /** @type {const} */ (["sign", "verify", "importKey", "digest"])) {
  const method = /** @type {(...args: unknown[]) => Promise<unknown>} */ (/** @type {unknown} */ (SubtleCrypto.prototype[name]));
  const waiting = /** @param {unknown[]} args @this {SubtleCrypto} */ function (...args) {
    return counted(method.apply(this, args));
  };
  Object.defineProperty(SubtleCrypto.prototype, name, { value: waiting });
}

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const turns = [];
channel.port1.addEventListener("message", () => turns.shift()?.());
channel.port1.start();

/** One turn of the browser's own queue: all promises that can be kept are. */
const turn = () =>
  new Promise((/** @type {(value: void) => void} */ resolve) => {
    turns.push(resolve);
    channel.port2.postMessage(null);
  });

/** Waits until the browser has nothing left to do. */
async function settling() {
  await turn();
  if (underWay > 0) return settling();
  return turn();
}

/**
 * Works in time of its own, until what `work` promises is there and nothing is left that others would see; what comes later is dropped.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{ value: T, took: number }>}
 */
export async function inOwnTime(work) {
  now = Math.max(now, real.now());
  const began = now;
  isRunning = true;
  let settled = /** @type {number | undefined} */ (undefined);
  try {
    const promise = work().finally(() => (settled = now));
    promise.catch(() => {});
    for (;;) {
      await settling();
      const next = [...timers.values()].reduce((/** @type {Timer | undefined} */ first, timer) => (first === undefined || timer.at < first.at ? timer : first), undefined);
      if (settled !== undefined || next === undefined || next.at - began > LONGEST) break;
      timers.delete(next.id);
      now = Math.max(now, next.at);
      next.run();
    }
    if (settled === undefined) throw new Error("the request never ends: nothing is left that it could wait for");
    return { value: await promise, took: settled - began };
  } finally {
    timers.clear();
    isRunning = false;
  }
}
