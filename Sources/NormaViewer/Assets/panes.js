import { Picture } from "./picture.js";

/** The picture of a scan and, where wanted, that of another image beside it, which shows the same place and regions. */
export class Panes {
  #elements;
  #onPlace;
  #onClick;
  #scan;
  #beside = null;
  #isBeside = false;
  #files;
  #mask = [null, 0];
  #layout = "all";
  #scanValues = {};
  #besideValue;

  /**
   * `elements` are the canvas and the labels of the scan, and the pane of the other image with its canvas, labels and name.
   * Calls `onPlace` with the scanner coordinates in mm of the crosshair and the values there, and `onClick` with those of a click.
   */
  constructor(elements, onPlace, onClick) {
    [this.#elements, this.#onPlace, this.#onClick] = [elements, onPlace, onClick];
    this.#scan = new Picture(elements.canvas, elements.labels, (mm, values) => {
      this.#scanValues = values;
      this.#tellPlace(mm);
    }, onClick);
    this.ready = this.#scan.ready;
  }

  #tellPlace(mm) {
    const beside = this.#isBeside ? { other: this.#besideValue } : {};
    this.#onPlace(mm, { ...this.#scanValues, ...beside });
  }

  get #all() { return this.#isBeside ? [this.#scan, this.#beside] : [this.#scan]; }

  /** Shows the files of a case, and no other image. */
  async show(files) {
    this.#files = files;
    this.#close();
    await this.#scan.show(files.image, files.map, files.brain, files.veil);
  }

  /** Shows another image on the grid of the scan over it; null removes it. */
  async showOver(file) {
    this.#close();
    await this.#scan.setOther(file);
  }

  /** Shows another image on the grid of the scan beside it; a mask is shown over the scan there. */
  async showBeside(file, name) {
    const files = this.#files;
    await this.#scan.setOther(null);
    if (files !== this.#files) return;
    const { pane, title } = this.#elements;
    [pane.hidden, title.textContent] = [false, name];
    const beside = await this.#open();
    if (files !== this.#files) return;
    this.#isBeside = true;
    beside.setLayout(this.#layout);
    const isMask = file.voxels instanceof Uint8Array;
    await beside.show(isMask ? files.image : file, files.map, files.brain, null);
    if (files !== this.#files) return;
    beside.follow(this.#scan);
    beside.setWindow("brain");
    if (isMask) {
      await beside.setOther(file);
      beside.setOtherOpacity(0.5);
    }
    beside.setMask(...this.#mask);
  }

  /** Makes the second picture when it is first needed, since it takes memory. */
  async #open() {
    const { besideCanvas, besideLabels } = this.#elements;
    if (!this.#beside) {
      const onPlace = (mm, { scan, other }) => {
        this.#besideValue = other ?? scan;
        this.#tellPlace(mm);
      };
      this.#beside = new Picture(besideCanvas, besideLabels, onPlace, this.#onClick);
      await this.#beside.ready;
      this.#scan.lead(this.#beside);
      this.#beside.lead(this.#scan);
    }
    return this.#beside;
  }

  #close() {
    this.#isBeside = false;
    this.#beside?.rest();
    this.#elements.pane.hidden = true;
    this.#elements.besideLabels.replaceChildren();
  }

  setLayout(name) {
    this.#layout = name;
    for (const picture of this.#all) picture.setLayout(name);
  }

  setMask(mask, opacity) {
    this.#mask = [mask, opacity];
    for (const picture of this.#all) picture.setMask(mask, opacity);
  }

  /** Sets a window, and zoom and position so that the brain fills the planes. */
  reset(name) {
    for (const picture of this.#all) picture.reset(name);
  }

  setMap(low, high, opacity) { this.#scan.setMap(low, high, opacity); }

  setWindow(name) { this.#scan.setWindow(name); }

  setWindowBeside(name) { if (this.#isBeside) this.#beside.setWindow(name); }

  setOtherOpacity(opacity) { this.#scan.setOtherOpacity(opacity); }

  /** Magnifies around the crosshair; the other pane follows. */
  zoom(factor) { this.#scan.zoom(factor); }

  /** Moves the crosshair to scanner coordinates in mm; the other pane follows. */
  moveTo(mm) { this.#scan.moveTo(mm); }
}
