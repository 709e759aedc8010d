import { volume } from "./api.js";

/** The choice of another image, over the scan or beside it: another visit, another contrast or a reference mask. */
export class OtherImage {
  #index;
  #isBeside = false;
  #loading = 0;

  /** Calls `onError` with the error of an image that cannot be loaded. */
  constructor(panes, { layer, select, slider, button }, onError) {
    Object.assign(this, { panes, layer, select, slider, button, onError });
    select.addEventListener("input", () => this.#load());
    slider.addEventListener("input", () => this.#fade());
    button.addEventListener("click", () => this.toggleBeside());
  }

  /** Offers the images of a case. The one with the name of the image that is shown, or one beside the scan, stays chosen. */
  offer(index, names) {
    const name = this.select.selectedOptions[0]?.text;
    this.#index = index;
    this.layer.hidden = this.button.hidden = names.length === 0;
    const options = ["No other image", ...names].map((text, position) => new Option(text, String(position - 1)));
    this.select.replaceChildren(...options);
    this.select.value = String(Math.max(names.indexOf(name), this.#isBeside ? 0 : -1));
    if (names.length === 0) this.select.value = "-1";
    this.#load();
  }

  /** Shows the chosen image, or the first one, beside the scan, or over it again. */
  toggleBeside() {
    if (this.layer.hidden) return;
    this.#isBeside = !this.#isBeside;
    if (this.#isBeside && this.select.value === "-1") this.select.value = "0";
    this.#load();
  }

  /** Shows the other image alone, or the scan alone. */
  swap() {
    this.slider.value = Number(this.slider.value) > 0.5 ? 0 : 1;
    this.#fade();
  }

  async #load() {
    const [mine, number] = [++this.#loading, Number(this.select.value)];
    const isBeside = this.#isBeside && number >= 0;
    this.button.ariaPressed = String(isBeside);
    this.slider.disabled = isBeside;
    try {
      const file = number < 0 ? null : await volume(this.#index, `other-${number}`);
      if (this.#loading !== mine) return;
      if (isBeside) return await this.panes.showBeside(file, this.select.selectedOptions[0].text);
      await this.panes.showOver(file);
      this.#fade();
    } catch (error) {
      this.onError(error);
    }
  }

  #fade() {
    this.panes.setOtherOpacity(Number(this.slider.value));
  }
}
