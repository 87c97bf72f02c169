// Durations in Go's notation: "1.5s", "1h30m".
const UNITS = { ns: 1, us: 1e3, "µs": 1e3, "μs": 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/**
 * The nanoseconds of a text such as "1h30m"; undefined if it is invalid.
 *
 * @param {string} text
 */
export function parseDuration(text) {
  const [, sign, parts] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text) ?? [];
  if (parts === undefined) return undefined;
  let sum = 0;
  for (const [, number, unit] of parts.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) sum += Number(number) * UNITS[/** @type {keyof typeof UNITS} */ (unit)];
  return Math.round(sign === "-" ? -sum : sum);
}

/**
 * As Go writes a duration of this many nanoseconds: "2s", "1m30s", "1.5ms".
 *
 * @param {number} nanoseconds
 */
export function formatDuration(nanoseconds) {
  const sign = nanoseconds < 0 ? "-" : "";
  const total = Math.abs(nanoseconds);
  if (total === 0) return "0s";
  if (total < 1e9) {
    const [unit, name] = total < 1e3 ? [1, "ns"] : total < 1e6 ? [1e3, "µs"] : [1e6, "ms"];
    return `${sign}${decimal(total / unit)}${name}`;
  }
  const hours = Math.floor(total / UNITS.h);
  const minutes = Math.floor((total % UNITS.h) / UNITS.m);
  const seconds = `${decimal((total % UNITS.m) / 1e9)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** @param {number} number */
const decimal = (number) => String(Number(number.toFixed(9)));
