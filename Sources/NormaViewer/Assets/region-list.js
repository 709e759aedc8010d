import { placeText, volumeText } from "./text.js";

const longestTable = 200;
const marks = { accepted: "✓", rejected: "✕" };

/** The order of the rows by the name of a column. */
const orders = {
  number: (a, b) => a.index - b.index,
  volume: (a, b) => b.volume - a.volume,
  score: (a, b) => b.maximum - a.maximum,
  place: (a, b) => b.centroid[2] - a.centroid[2],
};

/** The table of regions, sorted and filtered by size, with the decisions about them. */
export class RegionList {
  #table;
  #order = "number";
  #regions = [];
  #rows = new Map();
  /** The regions that are shown, in order. */
  shown = [];
  /** The region that was chosen; undefined before the first. */
  chosen;

  /** Calls `onChoice` with a region that was clicked. */
  constructor(table, onChoice) {
    this.#table = table;
    this.onChoice = onChoice;
    for (const button of table.tHead.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        this.#order = button.dataset.order;
        this.#draw();
      });
    }
  }

  /** Shows regions of at least `minimum` mm³; `placeOf` returns the coordinates of a point that are shown. */
  show(regions, minimum, placeOf) {
    [this.#regions, this.minimum, this.placeOf] = [regions, minimum, placeOf];
    this.chosen = undefined;
    this.#draw();
  }

  #draw() {
    for (const button of this.#table.tHead.querySelectorAll("button")) {
      button.closest("th").ariaSort = button.dataset.order === this.#order ? "other" : "none";
    }
    const large = this.#regions.filter(({ volume }) => volume >= this.minimum);
    this.shown = large.sort(orders[this.#order]).slice(0, longestTable);
    this.#rows = new Map(this.shown.map((region) => [region, this.#row(region)]));
    this.#table.tBodies[0].replaceChildren(...this.#rows.values());
    const hidden = this.#regions.length - this.shown.length;
    this.#table.tFoot.hidden = hidden === 0;
    this.#table.tFoot.rows[0].cells[0].textContent = `and ${hidden} smaller`;
    this.choose(this.chosen);
  }

  #row(region) {
    const row = document.createElement("tr");
    row.dataset.decision = region.review?.decision ?? "";
    const cells = [
      `${marks[region.review?.decision] ?? ""} ${region.index}`, volumeText(region.volume / 1000), region.maximum.toFixed(2), "",
    ];
    for (const text of cells) row.appendChild(document.createElement("td")).textContent = text;
    const button = row.lastChild.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = placeText(this.placeOf(region.centroid), 0);
    button.ariaLabel = `Go to region ${region.index}`;
    row.title = region.review?.note ?? "";
    row.addEventListener("click", () => this.onChoice(region));
    return row;
  }

  /** Marks a region as the chosen one. */
  choose(region) {
    this.chosen = region;
    for (const [other, row] of this.#rows) row.ariaCurrent = String(other === region);
    this.#rows.get(region)?.scrollIntoView({ block: "nearest" });
  }

  /** Returns the region after or before the chosen one. */
  next(by) {
    const place = this.shown.indexOf(this.chosen);
    return this.shown[Math.min(Math.max(place + by, 0), this.shown.length - 1)];
  }
}
