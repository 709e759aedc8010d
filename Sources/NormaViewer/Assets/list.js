import { volumeText } from "./text.js";

const marks = { accepted: "✓", rejected: "✕", flagged: "⚑" };

/** The figure of a row, by the order of the list. */
const figures = {
  volume: ({ volume }) => volumeText(volume),
  score: ({ score }) => score.toFixed(2),
  regions: ({ regions }) => String(regions),
  name: ({ volume }) => volumeText(volume),
};
const byName = new Intl.Collator(undefined, { numeric: true });

/** The list of cases, searched, filtered and ordered. Only the rows that can be seen have elements, since there may be many. */
export class CaseList {
  /** The height of a row in px, as in the style sheet. */
  static rowHeight = 40;

  #place;
  #cases;
  #onChoice;
  #decisions = [];
  #chosen;
  #order = "volume";
  #largest = 1;
  /** Whether the cases can be ordered by score. */
  hasScores = false;
  /** The indices of the cases that pass the filter, in order. */
  shown = [];

  /** Calls `onChoice` with the index of the case that was chosen. */
  constructor(place, cases, onChoice) {
    [this.#place, this.#cases, this.#onChoice] = [place, cases, onChoice];
    place.parentElement.addEventListener("scroll", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(place.parentElement);
  }

  /** Shows the decisions about the cases. */
  mark(decisions) {
    this.#decisions = decisions;
    this.#draw();
  }

  choose(index) {
    this.#chosen = index;
    const top = this.shown.indexOf(index) * CaseList.rowHeight;
    const window = this.#place.parentElement;
    if (top >= 0 && top < window.scrollTop) window.scrollTop = top;
    const bottom = top + CaseList.rowHeight - window.clientHeight;
    if (bottom > window.scrollTop) window.scrollTop = bottom;
    this.#draw();
  }

  /** Gives the cases the highest score of their regions. */
  setScores(scores) {
    this.hasScores = true;
    for (const [index, score] of scores.entries()) this.#cases[index].score = score ?? undefined;
  }

  /** Shows the cases of one kind whose name contains `words`, in an order. */
  arrange(words, kind, order) {
    const wanted = words.toLocaleLowerCase();
    const isWanted = ({ id, participant, status }, index) => {
      if (wanted && ![id, participant].some((text) => text.toLocaleLowerCase().includes(wanted))) return false;
      const decision = this.#decisions[index];
      if (kind === "all") return true;
      if (kind === "failed") return status !== "ok";
      return kind === "open" ? status === "ok" && !decision : decision === kind;
    };
    this.#order = order;
    const key = order === "name" ? "volume" : order;
    const value = (row) => (order === "name" ? 0 : (row[order] ?? -1));
    const rows = this.#cases.map((row, index) => ({ row, index })).filter(({ row, index }) => isWanted(row, index));
    this.#largest = rows.reduce((most, { row }) => Math.max(most, row[key] ?? 0), 1e-9);
    rows.sort((a, b) => value(b.row) - value(a.row) || byName.compare(a.row.id, b.row.id));
    this.shown = rows.map(({ index }) => index);
    this.#draw();
  }

  /** Makes the rows in view and some beyond, so that Tab reaches the next one. */
  #draw() {
    const { scrollTop, clientHeight } = this.#place.parentElement;
    const first = Math.max(0, Math.floor(scrollTop / CaseList.rowHeight) - 5);
    const rows = this.shown.slice(first, first + Math.ceil(clientHeight / CaseList.rowHeight) + 10);
    this.#place.style.height = `${this.shown.length * CaseList.rowHeight}px`;
    this.#place.style.paddingTop = `${first * CaseList.rowHeight}px`;
    const focused = document.activeElement?.closest("#cases li")?.dataset.index;
    this.#place.replaceChildren(...rows.map((index, position) => this.#row(index, first + position + 1)));
    if (focused) this.#place.querySelector(`[data-index="${focused}"] button`)?.focus({ preventScroll: true });
  }

  #row(index, position) {
    const row = this.#cases[index];
    const decision = this.#decisions[index];
    const item = document.createElement("li");
    [item.dataset.index, item.dataset.decision] = [index, decision ?? ""];
    [item.ariaPosInSet, item.ariaSetSize] = [position, this.shown.length];
    item.classList.toggle("failed", row.status !== "ok");
    const button = item.appendChild(document.createElement("button"));
    button.type = "button";
    button.ariaCurrent = String(index === this.#chosen);
    button.addEventListener("click", () => this.#onChoice(index));
    const part = (name, text) => {
      const element = button.appendChild(document.createElement("span"));
      element.className = name;
      element.textContent = text;
      return element;
    };
    const value = row[this.#order === "name" ? "volume" : this.#order];
    part("mark", marks[decision] ?? "").title = decision ?? "";
    part("id", row.id).title = row.id;
    part("figure", row.status === "ok" && value !== undefined ? figures[this.#order](row) : row.status);
    part("bar", "").style.width = `${100 * Math.sqrt((value ?? 0) / this.#largest)}%`;
    return item;
  }
}
