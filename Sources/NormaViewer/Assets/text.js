/** Formats a volume in mL: `3.4 mL`, `0.12 mL`; what would be less than 0.1 mL in mm³: `80 mm³`. */
export function volumeText(volume) {
  if (volume === 0) return "0 mL";
  return volume < 0.1 ? `${Math.max(1, Math.round(1000 * volume))} mm³` : `${volume.toFixed(volume < 1 ? 2 : 1)} mL`;
}

/** Formats RAS+ coordinates in mm by side: `L 40  A 1  S 45`. */
export function placeText(mm, digits) {
  return mm.map((value, axis) => `${["RL", "AP", "SI"][axis][value < 0 ? 1 : 0]} ${Math.abs(value).toFixed(digits)}`).join("  ");
}

/** Applies the rows of an affine map to coordinates. */
export const mapped = (rows, mm) => rows.map((row) => row[3] + mm.reduce((sum, value, axis) => sum + row[axis] * value, 0));
