// Medians and quantiles.

/**
 * The value that a share of the list is below or at.
 *
 * @param {ArrayLike<number>} list
 * @param {number} share
 */
export function quantile(list, share) {
  const sorted = Float64Array.from(list).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** @param {ArrayLike<number>} list */
export function median(list) {
  const sorted = Float64Array.from(list).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * Median and the quartiles around it.
 *
 * @typedef {{ median: number, low: number, high: number }} Spread
 * @param {ArrayLike<number>} list
 * @returns {Spread}
 */
export function spread(list) {
  return { median: median(list), low: quantile(list, 0.25), high: quantile(list, 0.75) };
}

/** @param {number} value */
export const round = (value, digits = 2) => Number(value.toFixed(digits));
