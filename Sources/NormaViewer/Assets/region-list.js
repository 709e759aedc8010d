import { placeText, volumeText } from "./text.js";

const longestTable = 200;
const marks = { accepted: "✓", rejected: "✕", added: "+" };

/** The order of the rows by the name of a column. */
const orders = {
  number: (a, b) => a.index - b.index,
  volume: (a, b) => b.volume - a.volume,
  score: (a, b) => b.maximum - a.maximum,
  centre: (a, b) => b.centroid[2] - a.centroid[2],
  place: byText("place"),
  side: byText("side"),
  lobe: byText("lobe"),
};

/** Sorts by a text, the largest region first where it is the same, and what lacks it last. */
function byText(name) {
  const text = (region) => region[name] ?? "\uffff";
  return (a, b) => text(a).localeCompare(text(b)) || b.volume - a.volume;
}

/** The table of regions, sorted and filtered by size, with the decisions about them. */
export class RegionList {
  #table;
  #order = "number";
  #regions = [];
  #rows = new Map();
  /** Whether the place, the side or the lobe of a region is known. */
  #hasPlaces = false;
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
    this.#hasPlaces = this.#regions.some(({ place, side, lobe }) => place ?? side ?? lobe);
    for (const head of this.#table.tHead.querySelectorAll(".place, .side, .lobe")) head.hidden = !this.#hasPlaces;
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
    const button = row.cells[3].appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = placeText(this.placeOf(region.centroid), 0);
    button.ariaLabel = `Go to region ${region.index}`;
    if (this.#hasPlaces) {
      for (const name of ["place", "side", "lobe"]) {
        const cell = row.appendChild(document.createElement("td"));
        [cell.className, cell.textContent] = [name, region[name] ?? "–"];
      }
    }
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
