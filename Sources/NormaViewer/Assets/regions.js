/**
 * Returns the connected regions of a map above a threshold by the rule of norma segment: 26-connected, largest first,
 * without those that have no voxel above `peak`, if there is one, or are below `minimum` mm³. The mask is 1 inside the
 * regions that remain.
 */
export function regionsAbove(map, threshold, minimum, peak) {
  const limit = Math.fround(threshold);
  return regions(map, (index) => map.voxels[index] > limit, minimum, Math.fround(peak ?? -Infinity));
}

/** Returns the connected regions of a mask on the grid of a map. */
export const regionsOf = (map, mask) => regions(map, (index) => mask.voxels[index] !== 0, 0, -Infinity);

function regions(map, isInside, minimum, least) {
  const mask = new Uint8Array(map.voxels.length);
  const found = [];
  const take = (index) => !mask[index] && isInside(index) && (mask[index] = 1);
  for (let seed = 0; seed < mask.length; seed++) {
    if (!take(seed)) continue;
    const region = described(map, connected(map, seed, take));
    if (region.volume >= minimum && region.maximum > least) found.push(region);
    else for (const index of region.members) mask[index] = 2;
  }
  for (let index = 0; index < mask.length; index++) if (mask[index] === 2) mask[index] = 0;
  found.sort((a, b) => b.volume - a.volume);
  return { mask, regions: found.map((region, position) => ({ index: position + 1, ...region })) };
}

/**
 * Returns the region that grows from a voxel: the voxels with a score of at least `least` that are connected to it within
 * `radius` mm of it, by the rule of the server's RegionGrowth; null if the voxel itself has a smaller score.
 */
export function grown(map, voxel, { least, radius }) {
  const limit = Math.fround(least);
  const centre = worldOf(map, voxel);
  const taken = new Set();
  const take = (index) => {
    if (taken.has(index) || map.voxels[index] < limit) return false;
    const away = worldOf(map, placeOf(map, index)).map((value, axis) => value - centre[axis]);
    if (Math.hypot(...away) > radius + 1e-3) return false;
    taken.add(index);
    return true;
  };
  const seed = indexOf(map, voxel);
  return take(seed) ? described(map, connected(map, seed, take)) : null;
}

/** Returns a voxel, which is taken, and those that `take` accepts and that are connected to it. */
function connected(map, seed, take) {
  const [width, height, depth] = map.shape;
  const members = [seed];
  for (let next = 0; next < members.length; next++) {
    const [i, j, k] = placeOf(map, members[next]);
    for (let z = Math.max(k - 1, 0); z <= Math.min(k + 1, depth - 1); z++) {
      for (let y = Math.max(j - 1, 0); y <= Math.min(j + 1, height - 1); y++) {
        for (let x = Math.max(i - 1, 0); x <= Math.min(i + 1, width - 1); x++) {
          const neighbour = (z * height + y) * width + x;
          if (take(neighbour)) members.push(neighbour);
        }
      }
    }
  }
  return members;
}

function described(map, members) {
  const { voxels } = map;
  const sum = [0, 0, 0];
  let [peak, total] = [members[0], 0];
  for (const index of members) {
    const [i, j, k] = placeOf(map, index);
    sum[0] += i; sum[1] += j; sum[2] += k;
    total += voxels[index];
    if (voxels[index] > voxels[peak]) peak = index;
  }
  return {
    volume: members.length * voxelVolume(map),
    maximum: voxels[peak],
    mean: total / members.length,
    centroid: worldOf(map, sum.map((value) => value / members.length)),
    peak: worldOf(map, placeOf(map, peak)),
    voxel: placeOf(map, peak),
    members,
  };
}

const indexOf = ({ shape }, [i, j, k]) => (k * shape[1] + j) * shape[0] + i;

const placeOf = ({ shape: [width, height] }, index) =>
  [index % width, Math.floor(index / width) % height, Math.floor(index / (width * height))];

const worldOf = ({ affine }, place) => affine.map((row) => row[0] * place[0] + row[1] * place[1] + row[2] * place[2] + row[3]);

/** Returns the voxel at scanner coordinates in mm; null outside the grid. */
export function voxelAt({ shape, affine }, mm) {
  const away = affine.map((row, axis) => mm[axis] - row[3]);
  const whole = determinant(affine);
  const voxel = [0, 1, 2].map((column) => {
    const replaced = affine.map((row, axis) => [0, 1, 2].map((other) => (other === column ? away[axis] : row[other])));
    return Math.round(determinant(replaced) / whole);
  });
  return voxel.every((index, axis) => index >= 0 && index < shape[axis]) ? voxel : null;
}

/** The volume of a voxel in mm³. */
export const voxelVolume = ({ affine }) => Math.abs(determinant(affine));

function determinant([a, b, c]) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
}

/** Returns the volume of a mask in mL. */
export function volumeOf({ voxels, affine }) {
  let count = 0;
  for (const voxel of voxels) if (voxel) count += 1;
  return (count * voxelVolume({ affine })) / 1000;
}

/** Returns the region of a list that holds a voxel of the grid; undefined if none does. */
export function regionAt(regions, map, voxel) {
  const index = indexOf(map, voxel);
  return regions.find(({ members }) => members.includes(index));
}
