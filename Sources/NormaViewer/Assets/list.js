import { volumeText } from "./text.js";

const marks = { accepted: "✓", rejected: "✕", flagged: "⚑" };

/** The figure of a row, by the order of the list. */
const figures = {
  volume: ({ volume }) => volumeText(volume),
  score: ({ score }) => score.toFixed(2),
  regions: ({ regions }) => String(regions),
};
const byName = new Intl.Collator(undefined, { numeric: true });

/** The list of cases, searched, filtered and ordered. Its elements are made once and moved. */
export class CaseList {
  #place;
  #rows;
  /** The indices of the visible cases, in order. */
  shown = [];

  /** Calls `onChoice` with the index of the case that was chosen. */
  constructor(place, cases, onChoice) {
    this.#place = place;
    this.#rows = cases.map((row, index) => {
      const item = document.createElement("li");
      const button = item.appendChild(document.createElement("button"));
      button.type = "button";
      button.addEventListener("click", () => onChoice(index));
      const part = (name, text) => {
        const element = button.appendChild(document.createElement("span"));
        element.className = name;
        element.textContent = text;
        return element;
      };
      const mark = part("mark", "");
      part("id", row.id).title = row.id;
      item.classList.toggle("failed", row.status !== "ok");
      return { ...row, index, item, button, mark, figure: part("figure", ""), bar: part("bar", "") };
    });
  }

  /** Shows the decision about a case. */
  mark(index, decision) {
    const { item, mark } = this.#rows[index];
    item.dataset.decision = decision ?? "";
    mark.textContent = marks[decision] ?? "";
    mark.title = decision ?? "";
  }

  choose(index) {
    for (const row of this.#rows) row.button.ariaCurrent = String(row.index === index);
    this.#rows[index].item.scrollIntoView({ block: "nearest" });
  }

  /** Shows the cases of one kind whose name contains `words`, in an order. */
  arrange(words, kind, order) {
    const wanted = words.toLocaleLowerCase();
    const rows = this.#rows.filter(({ id, participant, status, item }) => {
      if (![id, participant].some((text) => text.toLocaleLowerCase().includes(wanted))) return false;
      const decision = item.dataset.decision;
      if (kind === "all") return true;
      if (kind === "failed") return status !== "ok";
      return kind === "open" ? status === "ok" && !decision : decision === kind;
    });
    const key = order === "name" ? "volume" : order;
    const largest = Math.max(...rows.map((row) => row[key] ?? 0), 1e-9);
    for (const row of rows) {
      const value = row[key];
      row.figure.textContent = row.status === "ok" && value !== undefined ? figures[key](row) : row.status;
      row.bar.style.width = `${100 * Math.sqrt((value ?? 0) / largest)}%`;
    }
    const value = (row) => (order === "name" ? 0 : (row[order] ?? -1));
    rows.sort((a, b) => value(b) - value(a) || byName.compare(a.id, b.id));
    this.shown = rows.map(({ index }) => index);
    this.#place.replaceChildren(...rows.map(({ item }) => item));
  }
}
