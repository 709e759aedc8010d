/** Returns the fraction of calibration voxels above a threshold, interpolated linearly as Norma does. */
export function rateAbove(curve, threshold) {
  if (curve.length === 0) return null;
  const above = curve.findIndex((point) => point.threshold <= threshold);
  if (above === 0) return curve[0].rate;
  const high = above < 0 ? curve.at(-1) : curve[above - 1];
  const low = above < 0 ? { rate: 1, threshold: 0 } : curve[above];
  return high.rate + ((high.threshold - threshold) / (high.threshold - low.threshold)) * (low.rate - high.rate);
}

/** Returns the threshold that this fraction of calibration voxels exceeds; null outside the curve. */
export function thresholdAt(curve, rate) {
  const upper = curve.findIndex((point) => point.rate >= rate - 1e-12);
  if (upper < 0 || (upper === 0 && curve[0].rate > rate + 1e-12)) return null;
  if (upper === 0) return curve[0].threshold;
  const [low, high] = [curve[upper - 1], curve[upper]];
  return low.threshold + ((rate - low.rate) / (high.rate - low.rate)) * (high.threshold - low.threshold);
}

/** Formats the rate above a threshold: `1.2 %`, `≤ 0.01 %`. */
export function rateText(curve, threshold) {
  const rate = rateAbove(curve, threshold);
  if (rate === null) return "unknown";
  const percent = Number((100 * rate).toPrecision(2));
  return `${threshold > curve[0].threshold ? "≤ " : ""}${percent} %`;
}
