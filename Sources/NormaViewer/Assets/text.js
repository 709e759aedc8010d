/** Formats a volume: `0.12 mL`, `3.4 mL`, `19.0 mL`. */
export const millilitres = (volume) => `${volume.toFixed(volume < 1 ? 2 : 1)} mL`;

/** Formats RAS+ world coordinates in mm by side: `L 40  A 1  S 45`. */
export function placeText(mm, digits) {
  return mm.map((value, axis) => `${["RL", "AP", "SI"][axis][value < 0 ? 1 : 0]} ${Math.abs(value).toFixed(digits)}`).join("  ");
}
