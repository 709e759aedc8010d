import { Niivue } from "./niivue.js";

const [axial, coronal, sagittal] = [0, 1, 2];

/** The left, top, width and height of each plane as fractions of the canvas. */
const planes = [
  { sliceType: axial, position: [0.01, 0, 0.59, 1] },
  { sliceType: coronal, position: [0.61, 0, 0.38, 0.495] },
  { sliceType: sagittal, position: [0.61, 0.505, 0.38, 0.495] },
];

/** The planes of a scan with its anomaly map and mask, drawn by NiiVue. */
export class Picture {
  #niivue;
  #map;

  /** Calls `onPlace` with the world coordinates in mm and the values of scan, map and veil at the crosshair. */
  constructor(canvas, onPlace) {
    this.#niivue = new Niivue({
      isRadiologicalConvention: true,
      backColor: [0, 0, 0, 1],
      crosshairColor: [0.55, 0.6, 0.68, 1],
      crosshairWidth: 0.6,
      crosshairWidthUnit: "mm",
      crosshairGap: 14,
      fontColor: [0.82, 0.84, 0.88, 1],
      sliceType: axial,
      showAllOrientationMarkers: true,
      sagittalNoseLeft: true,
      dragAndDropEnabled: false,
      viewModeHotKey: "",
      clipPlaneHotKey: "",
      cycleClipPlaneHotKey: "",
      loadingText: "",
      logLevel: "error",
    });
    this.#niivue.onLocationChange = ({ mm, values }) => onPlace(Array.from(mm).slice(0, 3), values.map(({ value }) => value));
    this.ready = this.#niivue.attachToCanvas(canvas);
    this.#niivue.setDrawColormap({ R: [0, 40], G: [0, 220], B: [0, 255], A: [0, 255], labels: ["", "mask"] });
    this.#niivue.drawRimOpacity = 1;
  }

  /**
   * Shows a scan and its map, zoomed so that the brain fills the planes, and a grey veil over what was not scored. Without a
   * scan the map is shown alone.
   */
  async show(image, map, brain, veil) {
    const volume = (name, { buffer }, options) => ({ url: buffer, name, ...options });
    this.#niivue.closeDrawing();
    // NiiVue keeps every file it has shown, for a scene that could be saved. A thousand cases would not fit in memory.
    this.#niivue.mediaUrlMap.clear();
    this.#niivue.document.imageOptionsArray.length = 0;
    if (map.shape[2] === 1) this.#niivue.clearCustomLayout();
    else this.#niivue.setCustomLayout(planes);
    await this.#niivue.loadVolumes([
      volume("scan.nii", image ?? map, { colormap: "gray" }),
      volume("map.nii", map, { colormap: "warm", opacity: 0 }),
      ...(veil ? [volume("veil.nii", veil, { colormap: "gray", cal_min: 0.5, cal_max: 1.5, opacity: 0.6 })] : []),
    ]);
    this.#map = this.#niivue.volumes[1];
    const scan = this.#niivue.volumes[0];
    [scan.cal_min, scan.cal_max] = [0, brightest(image ?? map, brain)];
    this.#niivue.setPan2Dxyzmm(brain ? zoomTo(brain) : [0, 0, 0, 1]);
  }

  /** Colours the map from `low` to `high`. Below `low` it is transparent. */
  setMap(low, high, opacity) {
    Object.assign(this.#map, { cal_min: low, cal_max: high, opacity });
    this.#niivue.updateGLVolume();
  }

  /** Outlines a mask on the map's grid and fills it with `opacity`. Null removes it. */
  setMask(mask, opacity) {
    this.#niivue.closeDrawing();
    if (!mask) return;
    const { hdr, permRAS } = this.#map;
    this.#niivue.loadDrawing({ hdr, permRAS, img: mask });
    this.setMaskOpacity(opacity);
  }

  setMaskOpacity(opacity) {
    this.#niivue.drawRimOpacity = 0.95;
    this.#niivue.setDrawOpacity(Math.max(opacity, 0.01));
  }

  /** Moves the crosshair to world coordinates in mm. */
  moveTo(mm) {
    this.#niivue.scene.crosshairPos = this.#niivue.mm2frac(mm);
    this.#niivue.createOnLocationChange();
    this.#niivue.drawScene();
  }
}

/** Returns the upper end of the window: 1.5 times the brain's median, or its 99th percentile if that is higher. */
function brightest({ voxels }, brain) {
  const inside = voxels.filter((value, index) => value > 0 && (!brain || brain.voxels[index])).sort();
  const quantile = (share) => inside[Math.floor(share * (inside.length - 1))] ?? 1;
  return Math.max(1.5 * quantile(0.5), quantile(0.99));
}

/** Returns the centre and the size of a box from the voxel `first` to `last`, both included, in world coordinates. */
function box({ affine }, first, last) {
  const middle = first.map((index, axis) => (index + last[axis]) / 2);
  return {
    middle: affine.map((row) => row[3] + middle.reduce((sum, index, axis) => sum + row[axis] * index, 0)),
    size: affine.map((row) => first.reduce((sum, index, axis) => sum + Math.abs(row[axis]) * (last[axis] - index + 1), 0)),
  };
}

/** Returns the shift in mm and the zoom of the planes at which a mask fills them. */
function zoomTo(mask) {
  const [width, height] = mask.shape;
  const [first, last] = [[Infinity, Infinity, Infinity], [-Infinity, -Infinity, -Infinity]];
  for (const [index, voxel] of mask.voxels.entries()) {
    if (!voxel) continue;
    const place = [index % width, Math.floor(index / width) % height, Math.floor(index / (width * height))];
    for (let axis = 0; axis < 3; axis++) {
      if (place[axis] < first[axis]) first[axis] = place[axis];
      if (place[axis] > last[axis]) last[axis] = place[axis];
    }
  }
  if (!Number.isFinite(first[0])) return [0, 0, 0, 1];
  const whole = box(mask, [0, 0, 0], mask.shape.map((size) => size - 1));
  const inner = box(mask, first, last);
  const room = whole.size.map((size, axis) => size / (1.15 * inner.size[axis]));
  const zoom = Math.min(4, Math.max(1, Math.min(...(mask.shape[2] === 1 ? room.slice(0, 2) : room))));
  return [...whole.middle.map((value, axis) => value - zoom * inner.middle[axis]), zoom];
}
