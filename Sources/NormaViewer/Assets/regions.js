/**
 * The connected regions of a map above a threshold, as norma segment finds them: 26-connected, largest first, those
 * below `minimum` mm³ dropped. The mask has 1 in what is left.
 */
export function regionsAbove(map, threshold, minimum) {
  const { shape, affine, voxels } = map;
  const [width, height, depth] = shape;
  const limit = Math.fround(threshold);
  const voxelVolume = Math.abs(determinant(affine));
  const mask = new Uint8Array(voxels.length);
  const regions = [];
  for (let seed = 0; seed < voxels.length; seed++) {
    if (!(voxels[seed] > limit) || mask[seed]) continue;
    const members = [seed];
    const sum = [0, 0, 0];
    let [maximum, total] = [0, 0];
    mask[seed] = 1;
    for (let next = 0; next < members.length; next++) {
      const index = members[next];
      const [i, j, k] = [index % width, Math.floor(index / width) % height, Math.floor(index / (width * height))];
      sum[0] += i; sum[1] += j; sum[2] += k;
      total += voxels[index];
      if (voxels[index] > maximum) maximum = voxels[index];
      for (let z = Math.max(k - 1, 0); z <= Math.min(k + 1, depth - 1); z++) {
        for (let y = Math.max(j - 1, 0); y <= Math.min(j + 1, height - 1); y++) {
          for (let x = Math.max(i - 1, 0); x <= Math.min(i + 1, width - 1); x++) {
            const neighbour = (z * height + y) * width + x;
            if (mask[neighbour] || !(voxels[neighbour] > limit)) continue;
            mask[neighbour] = 1;
            members.push(neighbour);
          }
        }
      }
    }
    const volume = members.length * voxelVolume;
    if (volume < minimum) {
      for (const index of members) mask[index] = 2;
      continue;
    }
    const centre = sum.map((value) => value / members.length);
    const centroid = affine.map((row) => row[0] * centre[0] + row[1] * centre[1] + row[2] * centre[2] + row[3]);
    regions.push({ volume, maximum, mean: total / members.length, centroid });
  }
  for (let index = 0; index < mask.length; index++) if (mask[index] === 2) mask[index] = 0;
  regions.sort((a, b) => b.volume - a.volume);
  return { mask, lesions: regions.map((region, position) => ({ index: position + 1, ...region })) };
}

function determinant([a, b, c]) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
}

/** The volume of a mask in mL. */
export function volumeOf({ voxels, affine }) {
  let count = 0;
  for (const voxel of voxels) if (voxel) count += 1;
  return (count * Math.abs(determinant(affine))) / 1000;
}
