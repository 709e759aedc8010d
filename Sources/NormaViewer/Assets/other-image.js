import { volume } from "./api.js";

/** The choice of another image that is shown over the scan: a reference mask, another contrast or another visit. */
export class OtherImage {
  #index;

  /** Calls `onError` with the error of an image that cannot be loaded. */
  constructor(picture, { layer, select, slider }, onError) {
    [this.picture, this.layer, this.select, this.slider, this.onError] = [picture, layer, select, slider, onError];
    select.addEventListener("input", () => this.#load());
    slider.addEventListener("input", () => this.#fade());
  }

  /** Offers the images of a case, of which none is shown. */
  offer(index, names) {
    this.#index = index;
    this.layer.hidden = names.length === 0;
    const options = ["No other image", ...names].map((name, position) => new Option(name, String(position - 1)));
    this.select.replaceChildren(...options);
  }

  /** Shows the other image alone, or the scan alone. */
  swap() {
    this.slider.value = Number(this.slider.value) > 0.5 ? 0 : 1;
    this.#fade();
  }

  async #load() {
    const index = this.#index;
    const number = Number(this.select.value);
    try {
      const file = number < 0 ? null : await volume(index, `other-${number}`);
      if (this.#index !== index) return;
      await this.picture.setSecond(file);
      this.#fade();
    } catch (error) {
      this.onError(error);
    }
  }

  #fade() {
    this.picture.setSecondOpacity(Number(this.slider.value));
  }
}
