import { accepted, added, rejected, undecided } from "./region-values.js";
import { grown, regionAt } from "./regions.js";

/** The corrections of the mask of a case: the regions that were judged and those that were added. */
export class Corrections {
  #map;
  #grown = new Map();
  #regions = [];
  /** The requests that undo the decisions of this visit, the last one at the end. */
  past = [];

  constructor(map) {
    this.#map = map;
  }

  /** Returns regions with the reviews of them, and those that were added after them. */
  review(regions, reviews) {
    for (const region of [...regions, ...this.#grown.values()]) if (region) region.review = undefined;
    const additions = [];
    for (const review of reviews) {
      const region = review.growth ? this.grown(review.voxel, review.growth) : regionAt(regions, this.#map, review.voxel);
      if (!region) continue;
      region.review = review;
      if (review.growth) additions.push(Object.assign(region, { index: regions.length + additions.length + 1 }));
    }
    this.#regions = [...regions, ...additions];
    return this.#regions;
  }

  /** Returns the region that grows from a voxel, the same one each time. */
  grown(voxel, growth) {
    const key = JSON.stringify([voxel, growth.least, growth.radius]);
    if (!this.#grown.has(key)) this.#grown.set(key, grown(this.#map, voxel, growth));
    return this.#grown.get(key);
  }

  /** Returns the region at a voxel, an added one first; undefined if there is none. */
  regionAt(voxel) { return regionAt(this.#regions.toReversed(), this.#map, voxel); }

  /** Returns a mask of the regions with the values of the decisions about them. Added regions cover rejected ones. */
  drawn({ mask }) {
    const values = { accepted, rejected, added };
    const drawn = mask.slice();
    for (const { members, review } of this.#regions) {
      const value = values[review?.decision] ?? undecided;
      for (const index of members) drawn[index] = value;
    }
    return drawn;
  }

  /** Returns the voxels of the corrected mask, and the numbers of rejected and added regions. */
  summary(drawn) {
    let voxels = 0;
    for (const value of drawn) if (value && value !== rejected) voxels += 1;
    const count = (decision) => this.#regions.filter(({ review }) => review?.decision === decision).length;
    return { voxels, rejections: count("rejected"), additions: count("added") };
  }
}
