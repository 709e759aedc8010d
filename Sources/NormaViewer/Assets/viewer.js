import * as api from "./api.js";
import { CaseList } from "./list.js";
import { Picture } from "./picture.js";
import { rateAbove, rateText, thresholdAt } from "./rates.js";
import { regionsAbove, regionsOf, volumeOf } from "./regions.js";
import { Scale } from "./scale.js";
import { millilitres, placeText } from "./text.js";

const byID = new Proxy({}, { get: (_, id) => document.getElementById(id) });
const longestTable = 200;

let cohort;
let list;
let picture;
let saved = { reviews: {}, thresholds: {} };
/** The case that is shown, with its files, threshold and regions; null before the first. */
let current = null;
/** Counts choices, so that a case that arrives too late is recognised. */
let choice = 0;

async function start() {
  // The token is now a cookie and no longer needed in the address.
  history.replaceState(null, "", location.pathname + location.hash);
  [cohort, saved] = await Promise.all([api.cohort(), api.review()]);
  const [folder] = cohort.folder.split("/").slice(-1);
  byID.folder.textContent = folder;
  byID.folder.title = cohort.folder;
  byID.rater.textContent = `by ${cohort.rater}`;
  document.title = `${folder} – Norma`;
  list = new CaseList(byID.cases, cohort.cases, open);
  picture = new Picture(byID.canvas, showPlace);
  await picture.ready;
  showReviews();
  arrange();
  listen();
  const name = decodeURIComponent(location.hash.slice(1));
  const named = cohort.cases.findIndex(({ id }) => id === name);
  if (named >= 0 || list.shown.length > 0) await open(named >= 0 ? named : list.shown[0]);
}

// Cases

async function open(index) {
  const mine = ++choice;
  // A note that cannot be saved stays visible.
  if (!(await keepNote()) || mine !== choice) return;
  const row = cohort.cases[index];
  current = { index, row, files: null };
  list.choose(index);
  history.replaceState(null, "", `#${encodeURIComponent(row.id)}`);
  byID.name.textContent = row.id;
  byID["note-of-case"].textContent = row.message;
  byID.note.value = saved.reviews[row.id]?.note ?? "";
  byID.saved.textContent = "";
  showReviews();
  showFigures(null);
  say("Loading …");
  try {
    const files = row.status === "ok" ? await api.files(index) : null;
    if (mine !== choice) return;
    if (!files) throw new api.Refusal(`No results: ${row.status}`, "", row.message);
    await show(index, row, files, mine);
  } catch (error) {
    if (mine !== choice) return;
    say(...(error.lines ?? [String(error)]));
  }
  const next = list.shown[list.shown.indexOf(index) + 1];
  if (next !== undefined && cohort.cases[next].status === "ok") api.files(next).catch(() => {});
}

async function show(index, row, files, mine) {
  const there = (file) => (file instanceof Error ? null : file);
  const [image, brain] = [there(files.image), there(files.brain)];
  await picture.show(image, files.map, brain, files.veil);
  if (mine !== choice) return;
  const highest = files.map.voxels.reduce((most, value) => Math.max(most, value), 0);
  const written = row.threshold ?? thresholdAt(cohort.curve, 0.01) ?? highest / 2;
  const scale = new Scale(cohort.curve, highest, written);
  current = { index, row, files, written, highest, scale, brainVolume: brain && volumeOf(brain) };
  showMarks();
  setThreshold(saved.thresholds[row.id] ?? saved.thresholdOfOthers ?? written);
  const [first] = current.found.lesions;
  picture.moveTo(first ? first.peak : middle(files.map));
  if (image) say();
  else say("The scan cannot be shown; this is its anomaly map.", ...(files.image.lines ?? []));
}

/** Returns the regions of the folder's mask at its own threshold, else all those of the map above the threshold. */
function findings(threshold) {
  const { files, written, row } = current;
  const isWritten = threshold === written;
  if (!isWritten || files.mask instanceof Error) {
    return regionsAbove(files.map, threshold, cohort.minimumLesionSize, isWritten ? row.peak : undefined);
  }
  return { ...regionsOf(files.map, files.mask), isWritten: true };
}

function middle({ shape, affine }) {
  return affine.map((row) => row[3] + shape.reduce((sum, size, axis) => sum + (row[axis] * (size - 1)) / 2, 0));
}

function step(by) {
  const place = current ? list.shown.indexOf(current.index) : -1;
  const next = list.shown[place + by];
  if (next !== undefined && place + by >= 0) open(next);
}

function arrange() {
  list.arrange(byID.search.value.trim(), byID.filter.value, byID.sort.value);
  byID.shown.textContent = `${list.shown.length} of ${cohort.cases.length} cases`;
}

// Threshold

function setThreshold(threshold) {
  current.threshold = threshold;
  current.found = findings(threshold);
  current.lesion = 0;
  byID.threshold.value = current.scale.step(threshold);
  showFigures(threshold);
  showLayers();
  showLesions();
}

function showFigures(threshold) {
  const { found, brainVolume, written, row } = current ?? {};
  const isKnown = threshold !== null;
  const volume = isKnown ? found.lesions.reduce((sum, lesion) => sum + lesion.volume, 0) / 1000 : 0;
  byID.volume.textContent = isKnown ? millilitres(volume) : "–";
  byID.count.textContent = isKnown ? found.lesions.length : "–";
  byID.rate.textContent = isKnown ? rateText(cohort.curve, threshold) : "–";
  byID["threshold-value"].textContent = isKnown ? threshold.toPrecision(3) : "";
  byID.threshold.disabled = !isKnown;
  const rate = isKnown ? rateAbove(cohort.curve, threshold) : null;
  byID.meaning.textContent =
    rate === null ? (isKnown ? "The results contain no rates. norma view --bundle adds them." : "")
    : `Rate: the fraction of the voxels of ${cohort.calibratedOn ?? "the calibration scans"} above the threshold`
      + (brainVolume ? `, which would be ${millilitres(rate * brainVolume)} of this brain.` : ".");
  const peak = row?.peak;
  if (isKnown && peak !== undefined) {
    byID.meaning.textContent += threshold === written
      ? ` The mask has the regions that reach more than ${peak.toPrecision(3)}.`
      : ` Every region above the threshold is shown, not only those that reach more than ${peak.toPrecision(3)}.`;
  }
  const own = isKnown ? saved.thresholds[row.id] : undefined;
  byID.kept.textContent = [
    isKnown && threshold !== written ? "Differs from the threshold of the saved mask." : "",
    own === undefined ? "" : `Kept for this case: ${own.toPrecision(3)}.`,
    saved.thresholdOfOthers === undefined ? "" : `Kept for all: ${saved.thresholdOfOthers.toPrecision(3)}.`,
  ].filter((text) => text).join(" ");
}

function showMarks() {
  byID.marks.replaceChildren(
    ...current.scale.marks(cohort.curve).map(({ text, share }) => {
      const mark = document.createElement("span");
      mark.textContent = text;
      mark.style.left = `${100 * share}%`;
      return mark;
    }),
  );
}

let waiting = false;

/** Updates once per frame, since a slider moves more often than regions can be found. */
function slide() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    if (current?.files) setThreshold(current.scale.threshold(Number(byID.threshold.value)));
  });
}

/** Keeps the threshold for the case, or without an index for all. The folder's own threshold removes what was kept. */
async function keepThreshold(index) {
  if (!current?.files) return;
  const { threshold, written } = current;
  const isCorrection = threshold !== written || (index !== undefined && saved.thresholdOfOthers !== undefined);
  const change = { index, threshold: isCorrection ? threshold : undefined };
  await store(byID.kept, cohort.thresholdFile, () => api.saveThreshold(change), () => showFigures(threshold));
}

// Layers

function showLayers() {
  if (!current?.files) return;
  const { threshold, found, highest } = current;
  const [low, high] = [threshold, Math.max(1.5 * threshold, Math.min(highest, 4 * threshold))];
  picture.setMap(low, high, byID["map-on"].checked ? Number(byID["map-opacity"].value) : 0);
  picture.setMask(byID["mask-on"].checked ? found.mask : null, Number(byID["mask-opacity"].value));
  byID.low.textContent = low.toPrecision(2);
  byID.high.textContent = high.toPrecision(2);
  byID.legend.hidden = !byID["map-on"].checked;
  byID.veil.hidden = !current.files.veil;
}

function toggle(...boxes) {
  const isOn = boxes.some((box) => byID[box].checked);
  for (const box of boxes) byID[box].checked = !isOn;
  showLayers();
}

function showPlace(mm, [scan, score, veil]) {
  const text = veil ? "not scored" : `score ${Number(score).toPrecision(3)}`;
  byID.place.textContent = `${placeText(mm, 1)}   scan ${Number(scan).toPrecision(4)}   ${text}`;
}

// Regions

function showLesions() {
  const { lesions, isWritten } = current.found;
  byID["lesion-source"].textContent = isWritten ? "of the saved mask" : "at this threshold";
  byID.lesions.replaceChildren(
    ...lesions.slice(0, longestTable).map((lesion, position) => {
      const row = document.createElement("tr");
      const cells = [lesion.index, (lesion.volume / 1000).toFixed(2), lesion.maximum.toFixed(2), ""];
      for (const text of cells) row.appendChild(document.createElement("td")).textContent = text;
      const button = row.lastChild.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = placeText(lesion.centroid, 0);
      button.ariaLabel = `Go to region ${lesion.index}`;
      row.addEventListener("click", () => goTo(position));
      return row;
    }),
  );
  if (lesions.length > longestTable) {
    const cell = byID.lesions.insertRow().insertCell();
    cell.colSpan = 4;
    cell.textContent = `and ${lesions.length - longestTable} smaller ones`;
  }
}

function goTo(position) {
  const lesion = current?.found?.lesions[position];
  if (!lesion) return;
  current.lesion = position;
  picture.moveTo(lesion.peak);
  for (const [place, row] of [...byID.lesions.rows].entries()) {
    row.ariaCurrent = String(place === position);
    if (place === position) row.scrollIntoView({ block: "nearest" });
  }
}

// Reviews

function showReviews() {
  for (const [index, { id }] of cohort.cases.entries()) list.mark(index, saved.reviews[id]?.decision);
  const decisions = cohort.cases.filter(({ id }) => saved.reviews[id]?.decision).length;
  byID.progress.textContent = `${decisions} of ${cohort.cases.length} reviewed`;
  const review = current && saved.reviews[current.row.id];
  for (const button of byID.decisions.children) {
    button.ariaPressed = String(button.dataset.decision === review?.decision);
  }
}

async function decide(decision) {
  if (!current) return;
  const { index, row } = current;
  const isSame = saved.reviews[row.id]?.decision === decision;
  await store(byID.saved, cohort.reviewFile, () => api.saveReview({ index, decision: isSame ? "" : decision }));
}

let noteTimer;

/** Saves the note of the case that is shown if it has changed. Returns whether nothing is left to save. */
async function keepNote() {
  clearTimeout(noteTimer);
  if (!current) return true;
  const { index, row } = current;
  const note = byID.note.value.trim();
  if (note === (saved.reviews[row.id]?.note ?? "")) return true;
  return store(byID.saved, cohort.reviewFile, () => api.saveReview({ index, note }));
}

/** Saves something and shows at a place whether that succeeded. */
async function store(place, file, save, after = () => {}) {
  try {
    saved = await save();
    place.classList.remove("error");
    place.textContent = "";
    showReviews();
    after();
    place.textContent += ` Saved in ${file.split("/").at(-1)}.`;
    return true;
  } catch (error) {
    place.classList.add("error");
    place.textContent = `Not saved. ${(error.lines ?? [String(error)]).join(" ")}`;
    return false;
  }
}

/** Loads what another tab has saved. */
async function refresh() {
  if (document.visibilityState !== "visible" || document.activeElement === byID.note) return;
  saved = await api.review();
  showReviews();
  if (current) byID.note.value = saved.reviews[current.row.id]?.note ?? "";
}

// Events

function say(...lines) {
  byID.message.replaceChildren(
    ...lines.filter((line) => line).map((line) => {
      const element = document.createElement("span");
      element.textContent = line;
      return element;
    }),
  );
  byID.stage.classList.toggle("empty", lines.length > 0 && !current?.files);
}

const keys = {
  n: () => step(1),
  p: () => step(-1),
  ".": () => goTo(Math.min((current?.lesion ?? 0) + 1, (current?.found?.lesions.length ?? 1) - 1)),
  ",": () => goTo(Math.max((current?.lesion ?? 0) - 1, 0)),
  " ": () => toggle("mask-on", "map-on"),
  m: () => toggle("mask-on"),
  o: () => toggle("map-on"),
  "[": () => nudge(-10),
  "]": () => nudge(10),
  a: () => decide("accepted"),
  r: () => decide("rejected"),
  f: () => decide("flagged"),
  e: () => byID.note.focus(),
  "/": () => byID.search.focus(),
  "?": () => byID.help.showModal(),
};

function nudge(by) {
  byID.threshold.value = Number(byID.threshold.value) + by;
  slide();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byID.help.open) return;
  const isText = event.target.matches("textarea, input[type=search]");
  if (isText) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // A control that has the focus keeps its own keys.
  if (event.key === " " && event.target.matches("button, select, input")) return;
  if (event.target.matches("select")) return;
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function listen() {
  addEventListener("keydown", onKey, { capture: true });
  for (const id of ["search", "filter", "sort"]) byID[id].addEventListener("input", arrange);
  byID.previous.addEventListener("click", () => step(-1));
  byID.next.addEventListener("click", () => step(1));
  byID.threshold.addEventListener("input", slide);
  byID.reset.addEventListener("click", () => current?.files && setThreshold(current.written));
  byID["keep-case"].addEventListener("click", () => keepThreshold(current?.index));
  byID["keep-all"].addEventListener("click", () => keepThreshold());
  for (const id of ["mask-on", "map-on", "mask-opacity", "map-opacity"]) byID[id].addEventListener("input", showLayers);
  for (const button of byID.decisions.children) button.addEventListener("click", () => decide(button.dataset.decision));
  byID.note.addEventListener("input", () => {
    clearTimeout(noteTimer);
    noteTimer = setTimeout(keepNote, 600);
  });
  byID.note.addEventListener("change", keepNote);
  byID["open-help"].addEventListener("click", () => byID.help.showModal());
  addEventListener("pagehide", keepNote);
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
  addEventListener("focus", () => refresh().catch(() => {}));
}

start().catch((error) => say(...(error.lines ?? [String(error)])));
