import { Niivue } from "./niivue.js";

const axial = 0;
const multiplanar = 3;

/** The planes of a scan with its anomaly map and mask, by NiiVue. */
export class Picture {
  #niivue;
  #map;

  /** `onPlace` gets world coordinates in mm and the values of scan and map at the crosshair. */
  constructor(canvas, onPlace) {
    this.#niivue = new Niivue({
      isRadiologicalConvention: true,
      backColor: [0, 0, 0, 1],
      crosshairColor: [0.35, 0.75, 0.95, 0.8],
      crosshairWidth: 0.5,
      crosshairGap: 6,
      fontColor: [0.82, 0.84, 0.88, 1],
      multiplanarShowRender: 0,
      multiplanarLayout: 2,
      heroImageFraction: 0.62,
      heroSliceType: axial,
      multiplanarPadPixels: 6,
      isCornerOrientationText: false,
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

  /** Shows a scan and its map; without the scan the map alone. */
  async show(image, map, isSlice) {
    const volume = (name, { buffer }, options) => ({ url: buffer, name, ...options });
    this.#niivue.closeDrawing();
    // NiiVue keeps all files that it ever showed, for a scene that could be saved; a thousand cases would not fit.
    this.#niivue.mediaUrlMap.clear();
    this.#niivue.document.imageOptionsArray.length = 0;
    this.#niivue.opts.sliceType = isSlice ? axial : multiplanar;
    await this.#niivue.loadVolumes([
      volume("scan.nii", image ?? map, { colormap: "gray" }),
      volume("map.nii", map, { colormap: "warm", opacity: 0 }),
    ]);
    this.#map = this.#niivue.volumes[1];
    const scan = this.#niivue.volumes[0];
    [scan.cal_min, scan.cal_max] = window(image ?? map);
  }

  /** Colours the map from `low`, below which it is clear, to `high`. */
  setMap(low, high, opacity) {
    Object.assign(this.#map, { cal_min: low, cal_max: high, opacity });
    this.#niivue.updateGLVolume();
  }

  /** Outlines a mask on the map's grid and fills it with `opacity`; none where it is null. */
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

/** From 0 to a brightness that few voxels exceed. */
function window({ voxels }) {
  const step = Math.max(1, Math.floor(voxels.length / 100_000));
  const sample = [];
  for (let index = 0; index < voxels.length; index += step) if (voxels[index] > 0) sample.push(voxels[index]);
  sample.sort((a, b) => a - b);
  return [0, sample[Math.floor(0.997 * sample.length)] ?? 1];
}
