const marks = { accepted: "✓", rejected: "✕", flagged: "⚑" };

const orders = {
  volume: (a, b) => (b.volume ?? -1) - (a.volume ?? -1),
  score: (a, b) => (b.score ?? -1) - (a.score ?? -1),
  lesions: (a, b) => (b.lesions ?? -1) - (a.lesions ?? -1),
  name: () => 0,
};
const byName = new Intl.Collator(undefined, { numeric: true });

/** The list of cases: found, filtered, ordered. Elements are made once and moved. */
export class CaseList {
  #place;
  #rows;
  /** Indices of the cases that are shown, in order. */
  shown = [];

  /** `onChoice` gets the index of a case. */
  constructor(place, cases, onChoice) {
    this.#place = place;
    const largest = Math.max(...cases.map(({ volume }) => volume ?? 0), 1e-9);
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
      const isDone = row.status === "ok";
      part("size", isDone ? `${(row.volume ?? 0).toFixed(1)} mL` : row.status);
      if (isDone) part("bar", "").style.width = `${100 * Math.sqrt((row.volume ?? 0) / largest)}%`;
      item.classList.toggle("failed", !isDone);
      return { ...row, index, item, button, mark };
    });
  }

  /** Shows what a case was decided to be. */
  mark(index, decision) {
    const { item, mark } = this.#rows[index];
    item.dataset.decision = decision ?? "";
    mark.textContent = marks[decision] ?? "";
    mark.ariaLabel = decision ?? "";
  }

  choose(index) {
    for (const row of this.#rows) row.button.toggleAttribute("aria-current", row.index === index);
    this.#rows[index].item.scrollIntoView({ block: "nearest" });
  }

  /** Shows the cases whose name has `words`, of one kind, in an order. */
  arrange(words, kind, order) {
    const wanted = words.toLocaleLowerCase();
    const rows = this.#rows.filter(({ id, participant, status, item }) => {
      if (![id, participant].some((text) => text.toLocaleLowerCase().includes(wanted))) return false;
      const decision = item.dataset.decision;
      if (kind === "all") return true;
      if (kind === "failed") return status !== "ok";
      return kind === "open" ? status === "ok" && !decision : decision === kind;
    });
    rows.sort((a, b) => orders[order](a, b) || byName.compare(a.id, b.id));
    this.shown = rows.map(({ index }) => index);
    this.#place.replaceChildren(...rows.map(({ item }) => item));
  }
}
