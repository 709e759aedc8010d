import * as api from "./api.js";
import { CaseList } from "./list.js";
import { OtherImage } from "./other-image.js";
import { showPrograms } from "./programs.js";
import { rateAbove, rateText, thresholdAt } from "./rates.js";
import { RegionList } from "./region-list.js";
import { Corrections } from "./corrections.js";
import { regionsAbove, regionsOf, volumeOf, voxelAt, voxelVolume } from "./regions.js";
import { Scale } from "./scale.js";
import { mapped, placeText, volumeText } from "./text.js";

const byID = new Proxy({}, { get: (_, id) => document.getElementById(id) });

let cohort;
let list;
let regionList;
let panes;
let otherImage;
/** What a click on the slices does: `look`, `add` or `erase`. */
let mode = "look";
let saved = { reviews: {}, regions: {}, thresholds: {}, corrected: {} };
/** The case that is shown, with its files, threshold and regions; null before the first. */
let current = null;
/** Counts choices, so that a case that arrives too late is recognised. */
let choice = 0;

async function start() {
  // The token is now a cookie and no longer needed in the address.
  history.replaceState(null, "", location.pathname + location.hash);
  // The list of cases does not wait for NiiVue, which takes longest to load.
  const drawing = import("./panes.js");
  [cohort, saved] = await Promise.all([api.cohort(), api.review()]);
  const [folder] = cohort.folder.split("/").slice(-1);
  byID.folder.textContent = folder;
  byID.folder.title = cohort.folder;
  byID.rater.textContent = `by ${cohort.rater}`;
  document.title = `${folder} – Norma`;
  list = new CaseList(byID.cases, cohort.cases, open);
  regionList = new RegionList(byID["region-table"], goTo);
  showReviews();
  await arrange();
  const { Panes } = await drawing;
  panes = new Panes({
    canvas: byID.canvas, labels: byID.planes, pane: byID.beside, besideCanvas: byID["beside-canvas"],
    besideLabels: byID["beside-planes"], title: byID["beside-name"],
  }, showPlace, onClick);
  const other = {
    layer: byID["other-layer"], select: byID.other, slider: byID["other-opacity"], button: byID["side-by-side"],
  };
  otherImage = new OtherImage(panes, other, report);
  await panes.ready;
  listen();
  const name = decodeURIComponent(location.hash.slice(1));
  const named = cohort.cases.findIndex(({ id }) => id === name);
  if (named >= 0 || list.shown.length > 0) await open(named >= 0 ? named : list.shown[0]);
}

// Cases

async function open(index) {
  const mine = ++choice;
  // A note that cannot be saved stays visible.
  if (!(await keepNotes()) || mine !== choice) return;
  const row = cohort.cases[index];
  current = { index, row, files: null };
  list.choose(index);
  history.replaceState(null, "", `#${encodeURIComponent(row.id)}`);
  byID.name.textContent = row.id;
  byID["note-of-case"].textContent = row.message;
  byID.note.value = saved.reviews[row.id]?.note ?? "";
  byID.saved.textContent = "";
  byID.exported.textContent = saved.corrected[row.id] ? "A corrected mask has been exported." : "";
  showReviews();
  showFigures(null);
  say("Loading …");
  try {
    if (row.status !== "ok") throw new api.Refusal(`No results: ${row.status}`, "", row.message);
    const [files, details] = await Promise.all([api.files(index), api.details(index)]);
    if (mine !== choice) return;
    await show(index, row, files, details, mine);
  } catch (error) {
    if (mine === choice) report(error);
  }
  const next = list.shown[list.shown.indexOf(index) + 1];
  if (next !== undefined && cohort.cases[next].status === "ok") api.files(next).catch(() => {});
}

async function show(index, row, files, details, mine) {
  const there = (file) => (file instanceof Error ? null : file);
  const [image, brain] = [there(files.image), there(files.brain)];
  await panes.show({ image, map: files.map, brain, veil: files.veil });
  if (mine !== choice) return;
  const highest = files.map.voxels.reduce((most, value) => Math.max(most, value), 0);
  const written = row.threshold ?? thresholdAt(cohort.curve, 0.01) ?? highest / 2;
  const scale = new Scale(cohort.curve, highest, written);
  const corrections = new Corrections(files.map);
  current = { index, row, files, details, written, highest, scale, corrections, brainVolume: brain && volumeOf(brain) };
  byID.window.value = byID["beside-window"].value = "brain";
  showMarks();
  otherImage.offer(index, details.others);
  setThreshold(saved.thresholds[row.id] ?? saved.thresholdOfOthers ?? written);
  const [first] = current.found.regions;
  if (first) goTo(first);
  else panes.moveTo(middle(files.map));
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
  const found = { ...regionsOf(files.map, files.mask), isWritten: true };
  for (const region of found.regions) Object.assign(region, locationOf(region));
  return found;
}

/** Returns the place, the side and the lobe of a region of the saved mask, as far as its table has them. */
function locationOf({ centroid }) {
  const isHere = (location) => location.centroid.every((value, axis) => Math.abs(value - centroid[axis]) < 0.02);
  const { place, side, lobe } = current.details.locations.find(isHere) ?? {};
  return { place, side, lobe };
}

function middle({ shape, affine }) {
  return affine.map((row) => row[3] + shape.reduce((sum, size, axis) => sum + (row[axis] * (size - 1)) / 2, 0));
}

function step(by) {
  const place = current ? list.shown.indexOf(current.index) : -1;
  const next = list.shown[place + by];
  if (next !== undefined && place + by >= 0) open(next);
}

async function arrange() {
  // The scores are in a table per case, which are read only when they are asked for.
  if (byID.sort.value === "score" && !list.hasScores) list.setScores(await api.scores());
  list.arrange(byID.search.value.trim(), byID.filter.value, byID.sort.value);
  byID.shown.textContent = `${list.shown.length} of ${cohort.cases.length} cases`;
}

// Threshold

function setThreshold(threshold) {
  current.threshold = threshold;
  current.found = findings(threshold);
  byID.threshold.value = current.scale.step(threshold);
  showFigures(threshold);
  showMap();
  showRegions();
  showCommands();
}

function showFigures(threshold) {
  const { found, brainVolume, written, row } = current ?? {};
  const isKnown = threshold !== null;
  const volume = isKnown ? found.regions.reduce((sum, region) => sum + region.volume, 0) / 1000 : 0;
  byID.volume.textContent = isKnown ? volumeText(volume) : "–";
  byID.count.textContent = isKnown ? found.regions.length : "–";
  byID.rate.textContent = isKnown ? rateText(cohort.curve, threshold) : "–";
  byID["threshold-value"].textContent = isKnown ? threshold.toPrecision(3) : "";
  byID.threshold.disabled = !isKnown;
  const rate = isKnown ? rateAbove(cohort.curve, threshold) : null;
  byID.meaning.textContent =
    rate === null ? (isKnown ? "The results contain no rates. norma view --bundle adds them." : "")
    : `In ${cohort.calibratedOn ?? "the calibration scans"}, ${rateText(cohort.curve, threshold)} of voxels are above the `
      + `threshold${brainVolume ? ` (${volumeText(rate * brainVolume)} of this brain)` : ""}.`;
  const peak = row?.peak;
  if (isKnown && peak !== undefined) {
    byID.meaning.textContent += threshold === written
      ? ` The mask contains the regions with a peak above ${peak.toPrecision(3)}.`
      : ` The slider is a plain threshold: every region above it is shown, not only those with a peak above ${peak.toPrecision(3)}.`;
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
  showMap();
  showMask();
}

/** Shows the commands that open the case, with its corrected mask if there is one, in other programs. */
function showCommands() {
  const mask = saved.corrected[current.row.id] ?? current.details.mask;
  showPrograms(byID.programs, byID.command, current.details, mask, mapRange());
}

function showMap() {
  const [low, high] = mapRange();
  panes.setMap(low, high, byID["map-on"].checked ? Number(byID["map-opacity"].value) : 0);
  byID.low.textContent = low.toPrecision(2);
  byID.high.textContent = high.toPrecision(2);
  byID.legend.hidden = !byID["map-on"].checked;
  byID.veil.hidden = !current.files.veil;
}

/** Returns the scores at the ends of the colours. */
function mapRange() {
  const { threshold, highest } = current;
  return [threshold, Math.max(1.5 * threshold, Math.min(highest, 4 * threshold))];
}

/** Outlines the regions in the colours of the decisions about them. */
function showMask() {
  panes.setMask(byID["mask-on"].checked ? current.drawn : null, Number(byID["mask-opacity"].value));
}

/** Shows what the corrected mask would hold. */
function showCorrected() {
  const { corrections, drawn, files } = current;
  const { voxels, rejections, additions } = corrections.summary(drawn);
  const volume = volumeText((voxels * voxelVolume(files.map)) / 1000);
  byID.corrected.textContent = `Corrected mask: ${volume}, ${rejections} rejected and ${additions} added.`;
}

function chooseLayout(name) {
  for (const button of byID.layouts.children) button.ariaPressed = String(button.dataset.layout === name);
  panes.setLayout(name);
}

function resetView() {
  byID.window.value = byID["beside-window"].value = "brain";
  panes.reset("brain");
}

function toggle(...boxes) {
  const isOn = boxes.some((box) => byID[box].checked);
  for (const box of boxes) byID[box].checked = !isOn;
  showLayers();
}

function showPlace(mm, { scan, map, veil, other }) {
  const text = veil ? "not scored" : `score ${Number(map).toPrecision(3)}`;
  const rows = current?.details?.toTemplate;
  const template = rows ? `template ${placeText(mapped(rows, mm), 0)} mm   ` : "";
  const another = other === undefined ? "" : `   other ${Number(other).toPrecision(4)}`;
  byID.place.textContent = `${template}scanner ${placeText(mm, 0)} mm   scan ${Number(scan).toPrecision(4)}   ${text}${another}`;
}

// Regions

function showRegions() {
  if (!current?.found) return;
  const { found, details, corrections } = current;
  const regions = corrections.review(found.regions, saved.regions[current.row.id] ?? []);
  const { chosen } = regionList;
  const rows = details.toTemplate;
  byID["region-source"].textContent = found.isWritten ? "of the saved mask" : "at this threshold";
  byID["region-space"].textContent = rows ? "template mm" : "scanner mm";
  regionList.show(regions, Number(byID["region-size"].value), (mm) => (rows ? mapped(rows, mm) : mm));
  byID.undo.disabled = corrections.past.length === 0;
  current.drawn = corrections.drawn(found);
  showMask();
  showCorrected();
  showChosen(regions.includes(chosen) ? chosen : undefined);
}

function goTo(region) {
  if (!region) return;
  keepNotes();
  panes.moveTo(region.peak);
  byID["region-saved"].textContent = "";
  showChosen(region);
}

function showChosen(region) {
  regionList.choose(region);
  byID["region-review"].disabled = !region;
  byID["region-name"].textContent = region ? `Region ${region.index}` : "Choose a region";
  for (const button of byID["region-decisions"].children) {
    button.ariaPressed = String(region !== undefined && button.dataset.decision === region.review?.decision);
  }
  byID["region-note"].value = region?.review?.note ?? "";
}

/** Returns the case and the threshold of its regions, which is left out for those of the saved mask. */
function shownRegions() {
  const { index, threshold, written } = current;
  return { index, threshold: threshold === written ? undefined : threshold };
}

/** Saves a change of the review of a region, and remembers what undoes a decision. */
async function saveRegion(region, change) {
  const { corrections } = current;
  const { review } = region;
  // A judgement keeps the voxel that names it, though the peak of a region may move with the threshold.
  const named = { voxel: review?.voxel ?? region.voxel, growth: review?.growth, volume: region.volume };
  const request = { ...shownRegions(), ...named, ...change };
  const before = { ...named, ...change, decision: review?.decision ?? "", note: review?.note ?? "" };
  if (change.decision !== undefined) corrections.past.push(before);
  const isSaved = await store(byID["region-saved"], cohort.regionFile, () => api.saveRegion(request), showRegions);
  if (!isSaved && change.decision !== undefined) corrections.past.splice(corrections.past.indexOf(before), 1);
  return isSaved;
}

/** Takes the last decision about a region back. */
async function undo() {
  const { corrections } = current ?? {};
  const before = corrections?.past.pop();
  if (!before) return;
  const request = { ...before, ...shownRegions() };
  await store(byID["region-saved"], cohort.regionFile, () => api.saveRegion(request), showRegions);
}

/** Decides about the chosen region, or takes the same decision back. An added region can only be removed. */
function decideRegion(decision) {
  const region = regionList.chosen;
  if (!region) return;
  const isSame = region.review?.decision === decision;
  if (!region.review?.growth) saveRegion(region, { decision: isSame ? "" : decision });
  else if (decision === "rejected") saveRegion(region, { decision: "" });
}

function chooseMode(name) {
  mode = name;
  byID.stage.dataset.mode = name;
  for (const button of byID.modes.children) button.ariaPressed = String(button.dataset.mode === name);
  byID.growth.hidden = name !== "add";
}

function showGrowth() {
  byID["share-value"].textContent = `${byID.share.value} %`;
  byID["radius-value"].textContent = `${byID.radius.value} mm`;
}

function onClick(mm) {
  if (!current?.found || mode === "look") return;
  const voxel = voxelAt(current.files.map, mm);
  if (!voxel) return;
  if (mode === "add") addRegion(voxel);
  else eraseRegion(voxel);
}

/** Adds the region that grows from a voxel: from a share of its score, within a distance. */
async function addRegion(voxel) {
  const growth = { least: (Number(byID.share.value) / 100) * scoreAt(voxel), radius: Number(byID.radius.value) };
  const region = current.corrections.grown(voxel, growth);
  if (await saveRegion({ ...region, voxel }, { growth, decision: "added" })) showChosen(region);
}

function scoreAt([i, j, k]) {
  const { voxels, shape } = current.files.map;
  return Math.max(0, voxels[(k * shape[1] + j) * shape[0] + i]);
}

/** Removes an added region, or rejects one of the mask. */
function eraseRegion(voxel) {
  const region = current.corrections.regionAt(voxel);
  if (region?.review?.growth) saveRegion(region, { decision: "" });
  else if (region && region.review?.decision !== "rejected") saveRegion(region, { decision: "rejected" });
  else byID["region-saved"].textContent = "There is no region at the click.";
}

/** Writes the mask without the rejected regions and with the added ones. */
async function exportMask() {
  if (!current?.found) return;
  const request = shownRegions();
  byID.exported.textContent = "Saving …";
  await store(byID.exported, cohort.maskFolder, () => api.saveMask(request));
}

// Reviews

function showReviews() {
  const decisions = cohort.cases.map(({ id }) => saved.reviews[id]?.decision);
  list.mark(decisions);
  byID.progress.textContent = `${decisions.filter((decision) => decision).length} of ${cohort.cases.length} reviewed`;
  const review = current && saved.reviews[current.row.id];
  for (const button of byID.decisions.children) {
    button.ariaPressed = String(button.dataset.decision === review?.decision);
  }
  if (current?.found) showCommands();
}

async function decide(decision) {
  if (!current) return;
  const { index, row } = current;
  const isSame = saved.reviews[row.id]?.decision === decision;
  await store(byID.saved, cohort.reviewFile, () => api.saveReview({ index, decision: isSame ? "" : decision }));
}

let noteTimer;

/** Saves the notes that have changed. Returns whether nothing is left to save. */
async function keepNotes() {
  clearTimeout(noteTimer);
  const kept = await Promise.all([keepNote(), keepRegionNote()]);
  return kept.every((isKept) => isKept);
}

async function keepRegionNote() {
  const region = regionList.chosen;
  const note = byID["region-note"].value.trim();
  if (!current?.found || !region || note === (region.review?.note ?? "")) return true;
  return saveRegion(region, { note });
}

/** Saves the note of the case that is shown if it has changed. Returns whether nothing is left to save. */
async function keepNote() {
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
  if (document.visibilityState !== "visible" || document.activeElement.matches("textarea")) return;
  saved = await api.review();
  showReviews();
  showRegions();
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

const report = (error) => say(...(error.lines ?? [String(error)]));

const keys = {
  n: () => step(1),
  p: () => step(-1),
  ".": () => goTo(regionList.next(1)),
  ",": () => goTo(regionList.next(-1)),
  c: () => decideRegion("accepted"),
  x: () => decideRegion("rejected"),
  s: exportMask,
  " ": () => toggle("mask-on", "map-on"),
  m: () => toggle("mask-on"),
  o: () => toggle("map-on"),
  "[": () => nudge(-10),
  "]": () => nudge(10),
  a: () => decide("accepted"),
  r: () => decide("rejected"),
  f: () => decide("flagged"),
  e: () => byID.note.focus(),
  g: () => chooseMode("add"),
  d: () => chooseMode("erase"),
  escape: () => chooseMode("look"),
  z: undo,
  b: () => otherImage.toggleBeside(),
  v: () => otherImage.swap(),
  "+": () => panes.zoom(1.25),
  "=": () => panes.zoom(1.25),
  "-": () => panes.zoom(0.8),
  0: resetView,
  1: () => chooseLayout("all"),
  2: () => chooseLayout("axial"),
  3: () => chooseLayout("coronal"),
  4: () => chooseLayout("sagittal"),
  "/": () => byID.search.focus(),
  "?": () => byID.help.showModal(),
};

function nudge(by) {
  byID.threshold.value = Number(byID.threshold.value) + by;
  slide();
}

function onKey(event) {
  const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
  if (((event.ctrlKey || event.metaKey) && !isUndo) || event.altKey || byID.help.open) return;
  const isText = event.target.matches("textarea, input[type=search]");
  if (isText) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // A control that has the focus keeps its own keys.
  if (event.key === " " && event.target.matches("button, select, input")) return;
  if (event.target.matches("select")) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function listen() {
  addEventListener("keydown", onKey, { capture: true });
  for (const id of ["search", "filter", "sort"]) byID[id].addEventListener("input", () => arrange().catch(report));
  byID.previous.addEventListener("click", () => step(-1));
  byID.next.addEventListener("click", () => step(1));
  byID.threshold.addEventListener("input", slide);
  byID.reset.addEventListener("click", () => current?.files && setThreshold(current.written));
  byID["keep-case"].addEventListener("click", () => keepThreshold(current?.index));
  byID["keep-all"].addEventListener("click", () => keepThreshold());
  for (const id of ["mask-on", "map-on", "mask-opacity", "map-opacity"]) byID[id].addEventListener("input", showLayers);
  for (const button of byID.decisions.children) button.addEventListener("click", () => decide(button.dataset.decision));
  for (const id of ["note", "region-note"]) {
    byID[id].addEventListener("input", () => {
      clearTimeout(noteTimer);
      noteTimer = setTimeout(keepNotes, 600);
    });
    byID[id].addEventListener("change", keepNotes);
  }
  for (const button of byID["region-decisions"].children) {
    button.addEventListener("click", () => decideRegion(button.dataset.decision));
  }
  byID["region-size"].addEventListener("input", showRegions);
  byID.export.addEventListener("click", exportMask);
  for (const button of byID.layouts.children) button.addEventListener("click", () => chooseLayout(button.dataset.layout));
  byID["zoom-in"].addEventListener("click", keys["+"]);
  byID["zoom-out"].addEventListener("click", keys["-"]);
  byID["reset-view"].addEventListener("click", resetView);
  byID.window.addEventListener("input", () => panes.setWindow(byID.window.value));
  byID["beside-window"].addEventListener("input", () => panes.setWindowBeside(byID["beside-window"].value));
  for (const button of byID.modes.children) button.addEventListener("click", () => chooseMode(button.dataset.mode));
  for (const id of ["share", "radius"]) byID[id].addEventListener("input", showGrowth);
  showGrowth();
  byID.undo.addEventListener("click", undo);
  byID["open-help"].addEventListener("click", () => byID.help.showModal());
  addEventListener("pagehide", keepNotes);
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
  addEventListener("focus", () => refresh().catch(() => {}));
}

start().catch(report);
