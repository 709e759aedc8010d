/** An error message of the server: what went wrong, where, and what to do. */
export class Refusal extends Error {
  constructor(what, where = "", advice = "") {
    super(what);
    this.lines = [what, where, advice].filter((line) => line);
  }
}

async function answer(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal("The viewer has stopped.", "", "Start norma view again.");
  }
  if (response.ok) return response;
  if (response.headers.get("Content-Type") === "application/json") {
    const { what, where, advice } = await response.json();
    throw new Refusal(what, where, advice);
  }
  throw new Refusal((await response.text()).trim());
}

export const cohort = async () => (await answer("/api/cohort")).json();
export const scores = async () => (await answer("/api/scores")).json();
export const details = async (index) => (await answer(`/api/cases/${index}/details`)).json();
export const review = async () => (await answer("/api/review")).json();

async function save(path, change) {
  const response = await answer(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(change),
    keepalive: true,
  });
  return response.json();
}

export const saveReview = (change) => save("/api/review", change);
export const saveRegion = (change) => save("/api/region", change);
export const saveMask = (request) => save("/api/mask", request);
export const saveThreshold = (change) => save("/api/threshold", change);

/** Reads a volume as the server encodes it: little-endian NIfTI-1 with an sform. */
export async function volume(index, kind) {
  const buffer = await (await answer(`/api/cases/${index}/${kind}`)).arrayBuffer();
  const header = new DataView(buffer);
  const shape = [42, 44, 46].map((offset) => header.getInt16(offset, true));
  const affine = [280, 296, 312].map((row) => [0, 4, 8, 12].map((column) => header.getFloat32(row + column, true)));
  const isFloat = header.getInt16(70, true) === 16;
  return { buffer, shape, affine, voxels: new (isFloat ? Float32Array : Uint8Array)(buffer, 352) };
}

/**
 * Takes what was not scored, which is NaN, out of a map: it becomes 0 there and 1 in the veil, a volume on the same grid,
 * which is null where all was scored.
 */
function withVeil(map) {
  const veil = { ...map, buffer: map.buffer.slice(0) };
  veil.voxels = new Float32Array(veil.buffer, 352);
  let isVeiled = false;
  for (const [index, score] of map.voxels.entries()) {
    veil.voxels[index] = Number.isNaN(score) ? 1 : 0;
    if (!veil.voxels[index]) continue;
    map.voxels[index] = 0;
    isVeiled = true;
  }
  return { map, veil: isVeiled ? veil : null };
}

/** Loads the volumes of a case, or the error in place of one that cannot be loaded. Only the map is required. */
async function load(index) {
  const part = (kind) => volume(index, kind).catch((error) => error);
  const [map, image, mask, brain] = await Promise.all([
    volume(index, "map"), part("image"), part("mask"), part("brain"),
  ]);
  return { ...withVeil(map), image, mask, brain };
}

const loaded = new Map();
const kept = 3;

/** Returns the volumes of a case. The last few are cached, so that the next case can be loaded in advance. */
export function files(index) {
  const files = loaded.get(index) ?? load(index);
  loaded.delete(index);
  loaded.set(index, files);
  files.catch(() => loaded.delete(index));
  for (const old of loaded.keys()) {
    if (loaded.size <= kept) break;
    loaded.delete(old);
  }
  return files;
}
