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

function regions({ shape, affine, voxels }, isInside, minimum, least) {
  const [width, height, depth] = shape;
  const placeOf = (index) => [index % width, Math.floor(index / width) % height, Math.floor(index / (width * height))];
  const worldOf = (place) => affine.map((row) => row[0] * place[0] + row[1] * place[1] + row[2] * place[2] + row[3]);
  const voxelVolume = Math.abs(determinant(affine));
  const mask = new Uint8Array(voxels.length);
  const found = [];
  for (let seed = 0; seed < voxels.length; seed++) {
    if (mask[seed] || !isInside(seed)) continue;
    const members = [seed];
    const sum = [0, 0, 0];
    let [peak, total] = [seed, 0];
    mask[seed] = 1;
    for (let next = 0; next < members.length; next++) {
      const index = members[next];
      const [i, j, k] = placeOf(index);
      sum[0] += i; sum[1] += j; sum[2] += k;
      total += voxels[index];
      if (voxels[index] > voxels[peak]) peak = index;
      for (let z = Math.max(k - 1, 0); z <= Math.min(k + 1, depth - 1); z++) {
        for (let y = Math.max(j - 1, 0); y <= Math.min(j + 1, height - 1); y++) {
          for (let x = Math.max(i - 1, 0); x <= Math.min(i + 1, width - 1); x++) {
            const neighbour = (z * height + y) * width + x;
            if (mask[neighbour] || !isInside(neighbour)) continue;
            mask[neighbour] = 1;
            members.push(neighbour);
          }
        }
      }
    }
    const volume = members.length * voxelVolume;
    if (volume < minimum || !(voxels[peak] > least)) {
      for (const index of members) mask[index] = 2;
      continue;
    }
    found.push({
      volume,
      maximum: voxels[peak],
      mean: total / members.length,
      centroid: worldOf(sum.map((value) => value / members.length)),
      peak: worldOf(placeOf(peak)),
      voxel: placeOf(peak),
      members,
    });
  }
  for (let index = 0; index < mask.length; index++) if (mask[index] === 2) mask[index] = 0;
  found.sort((a, b) => b.volume - a.volume);
  return { mask, regions: found.map((region, position) => ({ index: position + 1, ...region })) };
}

function determinant([a, b, c]) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
}

/** Returns the volume of a mask in mL. */
export function volumeOf({ voxels, affine }) {
  let count = 0;
  for (const voxel of voxels) if (voxel) count += 1;
  return (count * Math.abs(determinant(affine))) / 1000;
}

/** Returns the region of a list that holds a voxel of the grid; undefined if none does. */
export function regionAt(regions, { shape }, [i, j, k]) {
  const index = (k * shape[1] + j) * shape[0] + i;
  return regions.find(({ members }) => members.includes(index));
}
