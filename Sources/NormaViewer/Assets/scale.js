import { thresholdAt } from "./rates.js";

/** The logarithmic slider of a case's threshold, from one that a fifth of calibration voxels exceed to one that few do. */
export class Scale {
  static steps = 1000;
  #low;
  #high;

  /** `highest` is the largest score of the map, `written` the threshold of its mask. */
  constructor(curve, highest, written) {
    const loosest = Math.min(thresholdAt(curve, 0.2) ?? Infinity, written);
    const strictest = Math.max(curve[0]?.threshold ?? 0, written);
    this.#low = Math.max(loosest / 1.5, highest / 1e4, 1e-6);
    this.#high = Math.max(Math.min(highest, 2 * strictest), 1.2 * strictest, 2 * this.#low);
  }

  threshold(step) { return this.#low * (this.#high / this.#low) ** (step / Scale.steps); }

  step(threshold) { return (Scale.steps * Math.log(threshold / this.#low)) / Math.log(this.#high / this.#low); }

  /** Returns the positions of round rates as fractions of the slider's length. */
  marks(curve) {
    return [0.1, 0.01, 0.001].flatMap((rate) => {
      const threshold = thresholdAt(curve, rate);
      const share = threshold > 0 ? this.step(threshold) / Scale.steps : -1;
      return share >= 0 && share <= 1 ? [{ text: `${100 * rate} %`, share }] : [];
    });
  }
}
