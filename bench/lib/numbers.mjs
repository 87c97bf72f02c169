// Medians and quantiles.

/** The value that a share of the list is below or at. */
export function quantile(list, share) {
  const sorted = Float64Array.from(list).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(list) {
  const sorted = Float64Array.from(list).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and the quartiles around it. */
export function spread(list) {
  return { median: median(list), low: quantile(list, 0.25), high: quantile(list, 0.75) };
}

export const round = (value, digits = 2) => Number(value.toFixed(digits));
