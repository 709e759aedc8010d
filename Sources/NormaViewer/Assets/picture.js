import { Niivue } from "./niivue.js";
import { label, layouts } from "./planes.js";

const [pan, crosshair, windowing] = [3, 8, 9];

/** The colours of the values of regions, which are in region-values.js. */
const regionColours = {
  R: [0, 40, 60, 255, 255], G: [0, 220, 255, 90, 220], B: [0, 255, 140, 60, 60], A: [0, 255, 255, 255, 255],
  labels: ["", "undecided", "accepted", "rejected", "added"],
};

/** The planes of a scan with its anomaly map and mask, drawn by NiiVue. */
export class Picture {
  #niivue;
  #labels;
  #layout = layouts.all;
  /** Whether the scan is a single slice, which is shown alone until a layout is chosen. */
  #isSlice = false;
  #map;
  #other = null;
  #windows;
  #view;
  #isShown = false;
  #hasMoved = false;

  /**
   * Calls `onPlace` with the scanner coordinates in mm and the values at the crosshair of `scan`, `map`, `veil` and `other`, as
   * far as they are shown, and `onClick` with the coordinates of a click on a slice.
   */
  constructor(canvas, labels, onPlace, onClick) {
    this.#labels = labels;
    this.#niivue = new Niivue({
      isRadiologicalConvention: true,
      backColor: [0, 0, 0, 1],
      crosshairColor: [0.55, 0.6, 0.68, 1],
      crosshairWidth: 0.6,
      crosshairWidthUnit: "mm",
      crosshairGap: 14,
      isOrientationTextVisible: false,
      sagittalNoseLeft: true,
      dragAndDropEnabled: false,
      viewModeHotKey: "",
      clipPlaneHotKey: "",
      cycleClipPlaneHotKey: "",
      loadingText: "",
      logLevel: "error",
      mouseEventConfig: {
        leftButton: { primary: crosshair, withShift: pan }, rightButton: windowing, centerButton: pan,
      },
    });
    this.#niivue.onLocationChange = ({ mm, values }) => {
      this.#hasMoved = true;
      const named = values.map(({ name, value }) => [name.replace(".nii", ""), value]);
      onPlace(Array.from(mm).slice(0, 3), Object.fromEntries(named));
    };
    thickenOutline(canvas);
    this.ready = this.#niivue.attachToCanvas(canvas);
    this.#niivue.setDrawColormap(regionColours);
    this.#niivue.drawRimOpacity = 1;
    this.#listenForClicks(canvas, onClick);
    new ResizeObserver(() => this.#isShown && this.#arrange()).observe(canvas);
    canvas.addEventListener("wheel", (event) => this.#onWheel(event), { capture: true, passive: false });
  }

  /** Tells a click on a slice from a drag, and from a click beside the slices, which does not move the crosshair. */
  #listenForClicks(canvas, onClick) {
    let start = [0, 0];
    canvas.addEventListener("pointerdown", (event) => {
      [start, this.#hasMoved] = [[event.clientX, event.clientY], false];
    }, { capture: true });
    canvas.addEventListener("click", ({ clientX, clientY, shiftKey }) => {
      const isDrag = Math.hypot(clientX - start[0], clientY - start[1]) > 3;
      if (!isDrag && !shiftKey && this.#hasMoved) onClick(this.#place());
    });
  }

  #place() { return Array.from(this.#niivue.frac2mm(this.#niivue.scene.crosshairPos)).slice(0, 3); }

  /** Moves and zooms another picture of the same grid together with this one. */
  lead(other) {
    const draw = this.#niivue.drawScene;
    this.#niivue.drawScene = (...options) => {
      const drawn = draw.apply(this.#niivue, options);
      other.follow(this);
      return drawn;
    };
  }

  /** Shows the place that another picture of the same grid shows. */
  follow(other) {
    if (!this.#isShown || !other.#isShown) return;
    const [scene, leading] = [this.#niivue.scene, other.#niivue.scene];
    const isSame = (name) => scene[name].every((value, axis) => value === leading[name][axis]);
    if (isSame("crosshairPos") && isSame("pan2Dxyzmm")) return;
    [scene.crosshairPos, scene.pan2Dxyzmm] = [leading.crosshairPos.slice(), leading.pan2Dxyzmm.slice()];
    this.#niivue.drawScene();
    this.#niivue.createOnLocationChange();
  }

  /** Leaves the place to itself until a scan is shown. */
  rest() { this.#isShown = false; }

  /**
   * Shows a scan and its map, zoomed so that the brain fills the planes, and a grey veil over what was not scored. Without a
   * scan the map is shown alone.
   */
  async show(image, map, brain, veil) {
    this.#isShown = false;
    const volume = (name, { buffer }, options) => ({ url: buffer, name, ...options });
    this.#niivue.closeDrawing();
    // NiiVue keeps every file it has shown, for a scene that could be saved. A thousand cases would not fit in memory.
    this.#niivue.mediaUrlMap.clear();
    this.#niivue.document.imageOptionsArray.length = 0;
    this.#other = null;
    await this.#niivue.loadVolumes([
      volume("scan.nii", image ?? map, { colormap: "gray" }),
      volume("map.nii", map, { colormap: "warm", opacity: 0 }),
      ...(veil ? [volume("veil.nii", veil, { colormap: "gray", cal_min: 0.5, cal_max: 1.5, opacity: 0.6 })] : []),
    ]);
    this.#map = this.#niivue.volumes[1];
    this.#windows = windows(image ?? map, brain);
    this.#view = brain ? zoomTo(brain) : [0, 0, 0, 1];
    this.#isSlice = map.shape[2] === 1;
    this.#arrange();
    this.#niivue.setPan2Dxyzmm(this.#view);
    // What is set next, the map or the window, brings it to the screen.
    [this.#niivue.volumes[0].cal_min, this.#niivue.volumes[0].cal_max] = this.#windows.brain;
    this.#isShown = true;
  }

  /** Shows the planes of a layout. */
  setLayout(name) {
    [this.#layout, this.#isSlice] = [layouts[name], false];
    this.#arrange();
  }

  #arrange() {
    const { clientWidth, clientHeight } = this.#niivue.canvas;
    const planes = this.#layout === layouts.all && clientHeight > clientWidth ? layouts.tall : this.#layout;
    const layout = this.#isSlice ? layouts.axial : planes;
    this.#niivue.setCustomLayout(layout);
    label(this.#labels, layout);
  }

  /** Sets the brightness by the name of a window. */
  setWindow(name) {
    const scan = this.#niivue.volumes[0];
    [scan.cal_min, scan.cal_max] = this.#windows[name];
    this.#niivue.updateGLVolume();
  }

  /** Sets a window, and zoom and position so that the brain fills the planes. */
  reset(name) {
    this.#niivue.setPan2Dxyzmm(this.#view);
    this.setWindow(name);
  }

  /** Magnifies around the crosshair. */
  zoom(factor) {
    const [x, y, z, old] = this.#niivue.scene.pan2Dxyzmm;
    const zoom = Math.min(20, Math.max(0.5, old * factor));
    const mm = this.#place();
    this.#niivue.setPan2Dxyzmm([...[x, y, z].map((value, axis) => value + mm[axis] * (old - zoom)), zoom]);
  }

  /** The wheel moves through slices, and zooms while Ctrl is held. */
  #onWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
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
    this.#niivue.drawRimOpacity = 1;
    this.#niivue.setDrawOpacity(Math.max(opacity, 0.01));
  }

  /** Shows another image over the scan; null removes it. */
  async setOther(file) {
    if (this.#other) this.#niivue.removeVolume(this.#other);
    this.#other = null;
    if (!file) return;
    const isMask = file.voxels instanceof Uint8Array;
    const shown = isMask ? { colormap: "blue", cal_min: 0.5, cal_max: 1.2 } : { colormap: "gray" };
    this.#other = await this.#niivue.addVolumeFromUrl({ url: file.buffer, name: "other.nii", opacity: 0, ...shown });
    if (!isMask) [this.#other.cal_min, this.#other.cal_max] = windows(file, null).brain;
  }

  /** Fades the other image in. */
  setOtherOpacity(opacity) {
    if (!this.#other) return;
    this.#other.opacity = opacity;
    this.#niivue.updateGLVolume();
  }

  /** Moves the crosshair to scanner coordinates in mm. */
  moveTo(mm) {
    this.#niivue.scene.crosshairPos = this.#niivue.mm2frac(mm);
    this.#niivue.createOnLocationChange();
    this.#niivue.drawScene();
  }
}

/** Makes NiiVue's outline of a mask, which is one pixel wide, wide enough to be seen. */
function thickenOutline(canvas) {
  const context = canvas.getContext("webgl2", { alpha: true, antialias: true });
  const width = `${(2.5 * devicePixelRatio).toFixed(1)} * `;
  context.shaderSource = (shader, source) =>
    WebGL2RenderingContext.prototype.shaderSource.call(
      context, shader, source.replace("= dFdx(texPos)", `= ${width}dFdx(texPos)`).replace("= dFdy(texPos)", `= ${width}dFdy(texPos)`));
}

/** Returns the ends of the windows by name. That of the brain ends at 1.5 times its median, or its 99th percentile. */
function windows({ voxels }, brain) {
  const inside = voxels.filter((value, index) => value > 0 && (!brain || brain.voxels[index])).sort();
  const quantile = (share) => inside[Math.floor(share * (inside.length - 1))] ?? 1;
  const median = quantile(0.5);
  return {
    brain: [0, Math.max(1.5 * median, quantile(0.99))],
    lesions: [0.6 * median, Math.max(2 * median, quantile(0.999))],
    full: [0, quantile(1)],
  };
}

/** Returns the centre and the size of a box from the voxel `first` to `last`, both included, in scanner coordinates. */
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
