// What a soak must not show.

/** Memory at one moment, in MB: of workerd as a whole, and of all instances of the core. */
/** @typedef {{ rss: number, wasm: number }} Sample */

/**
 * @typedef {object} Result
 * @property {Record<string, number>} ends
 * @property {Sample[]} samples
 * @property {{ good: number, of: number }} after
 * @property {number} traps
 */

/** How much more memory the last third may have than the middle one. */
const GROWTH = 0.05;

/** The same of the core, in MB: its memory grows by pages of 64 KB, and gaps in it may need one of them late. */
const PAGES = 2 / 16;

/** The part of the requests that may be late: a machine that does other work has moments like that. */
const LATE = 0.02;

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/**
 * Memory of each third: the median of workerd's, which goes up and down; the most of the core's, which only goes up.
 *
 * @param {Sample[]} samples
 */
export function thirds(samples) {
  /** @param {number} part */
  const third = (part) => {
    const some = samples.slice(Math.floor((samples.length * part) / 3), Math.max(1, Math.floor((samples.length * (part + 1)) / 3)));
    return { rss: median(some.map(({ rss }) => rss)), wasm: Math.max(...some.map(({ wasm }) => wasm)) };
  };
  return { first: third(0), middle: third(1), last: third(2) };
}

/**
 * The reasons why it fails; none if it doesn't.
 *
 * @param {Result} result
 * @param {{ memory: boolean }} options
 */
export function judge({ ends, samples, after, traps }, { memory }) {
  const faults = ["lost", "hung", "mixed", "wrong"].filter((end) => (ends[end] ?? 0) > 0).map((end) => `${ends[end]} ${end}`);
  if ((ends.good ?? 0) === 0) faults.push("no answer was good");
  const all = Object.values(ends).reduce((sum, count) => sum + count, 0);
  if ((ends.late ?? 0) > all * LATE) faults.push(`${ends.late} late`);
  if (traps > 0) faults.push(`${traps} traps`);
  if (after.good < after.of) faults.push(`${after.of - after.good} requests failed afterwards`);
  const { middle, last } = thirds(samples);
  if (memory && last.wasm > middle.wasm + PAGES) faults.push(`the core's memory grew from ${middle.wasm} to ${last.wasm} MB in the last third`);
  if (memory && last.rss > middle.rss * (1 + GROWTH)) {
    faults.push(`workerd's memory grew from ${middle.rss.toFixed(1)} to ${last.rss.toFixed(1)} MB in the last third`);
  }
  return faults;
}
