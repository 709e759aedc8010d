#!/usr/bin/env python3
"""Reference numbers for Tests/NormaTests (mask metrics), computed by SciPy, SimpleITK, scikit-learn and NumPy.

pip install numpy scipy scikit-learn SimpleITK safetensors. Arrays are (slices, rows, columns), spacings (x, y, z).
Where two libraries compute the same figure, both are used and must agree.
"""

import json
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from safetensors.numpy import save_file
from scipy import ndimage
from scipy.spatial import cKDTree
from sklearn.metrics import average_precision_score, roc_auc_score

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
THRESHOLDS = {"fpr_0.01": 2.0, "fpr_0.05": 1.25, "nothing": 1e6, "everything": -1.0}
STRATA = ["<200", "200-1000", ">1000"]


def image(array, spacing):
    result = sitk.GetImageFromArray(array.astype(np.uint8))
    result.SetSpacing(spacing)
    return result


def structure(mask, connectivity):
    """Neighbours along the axes that have any: 6 or 26, in a single slice 4 or 8."""
    result = ndimage.generate_binary_structure(3, connectivity)
    for axis in range(3):
        if mask.shape[axis] == 1:
            flat = np.array([0, 1, 0], bool)
            result &= flat.reshape([3 if a == axis else 1 for a in range(3)])
    return result


def surface(mask):
    """Mask voxels with a face neighbour outside; the image border is outside."""
    result = mask & ~ndimage.binary_erosion(mask, structure(mask, 1))
    padded = np.pad(mask.squeeze(), 1).astype(np.uint8)
    contour = sitk.GetArrayFromImage(sitk.LabelContour(sitk.GetImageFromArray(padded), False))
    assert np.array_equal(contour[(slice(1, -1),) * padded.ndim] > 0, result.squeeze())
    return result


def distances(a, b, spacing):
    """From every surface voxel of a to the surface of b, in mm."""
    sampling = spacing[::-1]
    field = ndimage.distance_transform_edt(~b, sampling)[a]
    nearest = cKDTree(np.argwhere(b) * sampling).query(np.argwhere(a) * sampling)[0]
    assert np.allclose(field, nearest, atol=1e-9)
    return field


def labelled(mask):
    labels, count = ndimage.label(mask, structure(mask, 3))
    assert sitk.GetArrayFromImage(sitk.ConnectedComponent(image(mask, (1, 1, 1)), True)).max() == count
    return labels, count


def without_small(mask, minimum_voxels):
    labels, count = labelled(mask)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    keep = sizes >= minimum_voxels
    keep[0] = False
    return keep[labels]


def stratum(size):
    return STRATA[0] if size < 200 else STRATA[1] if size <= 1000 else STRATA[2]


def at_point(case, threshold, minimum):
    """What Norma says of one case at one threshold; None where it is undefined."""
    spacing, brain = case["spacing"], case["brain"]
    lesion = case["lesion"] & brain
    exceeding = (case["map"].astype(np.float64) > threshold) & brain
    volume = float(np.prod(spacing))
    called = without_small(exceeding, minimum / volume)
    labels, count = labelled(lesion)
    regions, called_count = labelled(called)
    healthy = brain & ~lesion
    has_lesion = bool(lesion.any())
    sizes = ndimage.sum_labels(lesion, labels, range(1, count + 1)) if count else []
    extended = [s for s, extent in zip(spacing, lesion.shape[::-1]) if extent > 1]
    per_voxel = float(np.prod(extended)) if len(extended) == 2 else volume
    found = [bool((called & (labels == i + 1)).any()) for i in range(count)]
    right = sum(bool((lesion & (regions == i + 1)).any()) for i in range(called_count))
    strata = {name: [0, 0] for name in STRATA}
    for size, is_found in zip(sizes, found):
        strata[stratum(size * per_voxel)][0] += is_found
        strata[stratum(size * per_voxel)][1] += 1
    figures = dict.fromkeys(["dice", "recall", "absolute_volume_difference_percent", "hd95_mm", "surface_dice_1mm",
                             "lesion_recall", "lesion_f1"])
    figures["observed_fpr"] = float(exceeding[healthy].mean()) if healthy.any() else None
    figures["precision"] = float(lesion[called].mean()) if called.any() and has_lesion else None
    figures["predicted_volume_ml"] = float(called.sum() * volume / 1000)
    figures["predicted_regions"] = called_count
    if has_lesion:
        overlap = sitk.LabelOverlapMeasuresImageFilter()
        overlap.Execute(image(lesion, spacing), image(called, spacing))
        figures["dice"] = float(2 * (lesion & called).sum() / (lesion.sum() + called.sum()))
        assert abs(figures["dice"] - overlap.GetDiceCoefficient()) < 1e-9
        figures["recall"] = float(called[lesion].mean())
        figures["absolute_volume_difference_percent"] = float(100 * abs(called.sum() - lesion.sum()) / lesion.sum())
        recall = float(np.mean(found))
        precision = right / called_count if called_count else 0.0
        figures["lesion_recall"] = recall
        figures["lesion_f1"] = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
        figures["surface_dice_1mm"] = 0.0
        if called.any():
            a, b = surface(lesion), surface(called)
            there, back = distances(a, b, spacing), distances(b, a, spacing)
            figures["hd95_mm"] = float(max(np.percentile(there, 95), np.percentile(back, 95)))
            near = (there <= 1 + 1e-5).sum() + (back <= 1 + 1e-5).sum()
            figures["surface_dice_1mm"] = float(near / (len(there) + len(back)))
    return figures, strata, (int((called & lesion).sum()), int((called & ~lesion).sum()), int(lesion.sum()))


def blobs(rng, shape, level, sigma=1.5):
    field = ndimage.gaussian_filter(rng.normal(size=shape), [0 if s == 1 else sigma for s in shape])
    return field > level * field.std()


def ellipsoid(shape):
    axes = [np.linspace(-1, 1, s) if s > 1 else np.zeros(1) for s in shape]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    return x**2 + y**2 + z**2 <= 1


def squares():
    """Areas around the bounds of the strata in 1 mm pixels."""
    lesion = np.zeros((1, 80, 120), bool)
    for index, area in enumerate([199, 200, 201, 1000, 1001]):
        columns = 20
        for pixel in range(area):
            lesion[0, 2 + pixel // columns, 2 + 23 * index + pixel % columns] = True
    return lesion


def cases():
    rng = np.random.default_rng(5)

    def case(participant, lesion, score, spacing, brain=None):
        brain = np.ones(lesion.shape, bool) if brain is None else brain
        return {"participant": participant, "lesion": lesion, "map": score.astype(np.float32), "brain": brain,
                "spacing": spacing}

    def scores(lesion, strength=1.5):
        background = np.round(rng.gamma(1, 0.5, lesion.shape) * 64) / 64
        return background + strength * (lesion & (rng.random(lesion.shape) < 0.8))

    volume, slice_ = (9, 26, 22), (1, 48, 40)
    stored = {}
    lesion = blobs(rng, volume, 1.4)
    stored["volume"] = case("p1", lesion, scores(lesion), (0.9, 1.1, 3.0), ellipsoid(volume))
    lesion = blobs(rng, volume, 2.0, 1.0)
    stored["many small"] = case("p1", lesion, scores(lesion), (1.0, 1.0, 1.0))
    lesion = blobs(rng, slice_, 1.3, 2.5)
    stored["slice"] = case("p2", lesion, scores(lesion), (0.8, 1.3, 5.0), ellipsoid(slice_))
    stored["strata"] = case("p3", squares(), scores(squares()), (1.0, 1.0, 5.0))
    one = np.zeros(volume, bool)
    one[4, 12, 10] = True
    far = np.where(np.roll(one, (2, -5, 7), (0, 1, 2)), 3.0, 0.0)
    stored["single voxels apart"] = case("p4", one, far, (1.5, 0.7, 2.2))
    stored["single voxel hit"] = case("p4", one, np.where(one, 3.0, 0.5), (1.5, 0.7, 2.2))
    corner = np.zeros(volume, bool)
    corner[:2, :3, :4] = corner[-1, -1, -1] = True
    stored["border"] = case("p5", corner, np.where(np.roll(corner, 1, 2), 2.5, 0.1), (1.0, 2.0, 3.0))
    diagonal = np.zeros((5, 8, 8), bool)
    for i in range(5):
        diagonal[i, i, i] = diagonal[i, 7 - i, 7] = True
    stored["diagonals"] = case("p6", diagonal, scores(diagonal, 3.0), (2.0, 2.0, 2.0))
    everything = np.ones((3, 5, 6), bool)
    stored["all lesion"] = case("p7", everything, np.full(everything.shape, 2.5), (1.0, 1.0, 1.0))
    shell = ellipsoid(volume) & ~ndimage.binary_erosion(ellipsoid(volume), iterations=2)
    stored["shell"] = case("p8", shell, np.where(ndimage.binary_dilation(shell), 2.5, 0.0), (1.0, 1.0, 1.0))
    outside = ~ellipsoid(slice_)
    stored["lesion outside only"] = case("p9", outside, scores(outside), (1.0, 1.0, 1.0), ellipsoid(slice_))
    nothing = np.zeros(slice_, bool)
    stored["lesion-free, noisy"] = case("p10", nothing, scores(nothing), (1.0, 1.0, 1.0), ellipsoid(slice_))
    stored["lesion-free, silent"] = case("p11", nothing, np.zeros(slice_), (0.5, 0.5, 4.0))
    nothing = np.zeros(volume, bool)
    stored["lesion-free, volume"] = case("p2", nothing, scores(nothing, 0), (1.0, 2.0, 3.0), ellipsoid(volume))
    sagittal = np.zeros((16, 17, 1), bool)
    sagittal[2:14, 2:12] = True
    stored["sagittal slice"] = case("p12", sagittal, np.where(np.roll(sagittal, 3, 1), 2.5, 0.0), (4.0, 1.0, 1.5))
    return stored


def summary(values, participants):
    by_person = {}
    for value, person in zip(values, participants):
        if value is not None:
            by_person.setdefault(person, []).append(value)
    people = [float(np.mean(v)) for v in by_person.values()]
    if not people:
        return None
    return {"mean": float(np.mean(people)), "sd": float(np.std(people, ddof=1)) if len(people) > 1 else 0.0,
            "median": float(np.median(people)), "participants": len(people)}


def cohort(stored, minimum):
    people = [c["participant"] for c in stored.values()]
    has_lesion = np.array([bool(c["lesion"].any()) for c in stored.values()])
    points, per_case = {}, {name: {} for name in stored}
    for point, threshold in THRESHOLDS.items():
        measured = [at_point(c, threshold, minimum) for c in stored.values()]
        for name, (figures, _, _) in zip(stored, measured):
            per_case[name][point] = figures
        hits, alarms, lesion = np.sum([m[2] for m in measured], axis=0)
        healthy = np.concatenate([c["map"][c["brain"] & ~c["lesion"]] for c in stored.values()]).astype(np.float64)
        free = [f for (f, _, _), h in zip(measured, has_lesion) if not h]
        strata = {s: np.sum([m[1][s] for m in measured], axis=0).tolist() for s in STRATA}

        def only_free(figure):
            return summary([None if h else m[0][figure] for m, h in zip(measured, has_lesion)], people)

        points[point] = {
            "dice": float(2 * hits / (hits + alarms + lesion)),
            "precision": float(hits / (hits + alarms)) if hits + alarms else None,
            "recall": float(hits / lesion),
            "observed_fpr": float(np.mean(healthy > threshold)),
            "per_participant": {k: summary([m[0][k] for m in measured], people) for k in (
                "dice", "recall", "precision", "hd95_mm", "surface_dice_1mm", "lesion_recall", "lesion_f1",
                "absolute_volume_difference_percent")},
            "strata": strata,
            "flagged": sum(f["predicted_volume_ml"] > 0 for f in free),
            "free_volume": only_free("predicted_volume_ml"),
            "free_regions": only_free("predicted_regions"),
        }
    return {"points": points, "per_case": per_case}


def detection(stored):
    truth = [bool(c["lesion"].any()) for c in stored.values()]
    scores = [c["map"][c["brain"]].astype(np.float64) for c in stored.values()]
    numbers = {"mean": [s.mean() for s in scores], "p99_9": [np.percentile(s, 99.9) for s in scores],
               "max": [s.max() for s in scores]}
    return {name: {"auroc": float(roc_auc_score(truth, np.float32(values))),
                   "auprc": float(average_precision_score(truth, np.float32(values))),
                   "values": list(map(float, values))} for name, values in numbers.items()}


def fields():
    """Squared distances to random seeds on grids of every kind."""
    rng = np.random.default_rng(6)
    stored = []
    for shape, spacing, seeds in [((7, 9, 11), (1.0, 1.0, 1.0), 5), ((4, 17, 6), (0.7, 1.9, 3.3), 3),
                                  ((1, 20, 30), (0.5, 2.0, 4.0), 9), ((1, 1, 25), (1.3, 1.0, 1.0), 2),
                                  ((6, 6, 6), (1.0, 2.0, 3.0), 216), ((5, 6, 7), (1.0, 2.0, 3.0), 1)]:
        mask = np.zeros(shape, bool)
        mask.ravel()[rng.choice(mask.size, seeds, replace=False)] = True
        field = ndimage.distance_transform_edt(~mask, spacing[::-1])
        stored.append({"shape": shape[::-1], "spacing": spacing, "seeds": np.flatnonzero(mask).tolist(),
                       "distances": field.ravel().tolist()})
    return stored


stored = cases()
tensors = {}
for name, case in stored.items():
    for part in ("map", "lesion", "brain"):
        array = case[part]
        tensors[f"{name}/{part}"] = array if part == "map" else array.astype(np.uint8)
save_file(tensors, GOLDENS / "masks.safetensors")
golden = {
    "thresholds": THRESHOLDS,
    "cases": [{"name": n, "participant": c["participant"], "spacing": c["spacing"]} for n, c in stored.items()],
    "cohorts": [cohort(stored, minimum) | {"minimum": minimum} for minimum in (0, 12)],
    "detection": detection(stored),
    "fields": fields(),
}
(GOLDENS / "masks.json").write_text(json.dumps(golden) + "\n")
