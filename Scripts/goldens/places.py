#!/usr/bin/env python3
"""Reference places for Tests/NormaTests: regions in a phantom of tissues, measured by SciPy.

pip install numpy scipy safetensors. Volumes are (slices, rows, columns), tissues are BIDS's labels and 12 for ventricles.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy import ndimage

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
SPACING = np.array([3.0, 1.0, 1.2])  # z, y, x
SHAPE = (26, 64, 48)
WHITE, CORTEX, DEEP, STEM, CEREBELLUM, VENTRICLE = 2, 8, 9, 10, 11, 12
# Also the order of Place.
PERIVENTRICULAR, JUXTACORTICAL, DEEP_WHITE, DEEP_GREY, BRAIN_STEM, IN_CEREBELLUM, NOWHERE = range(7)

grid = (np.stack(np.indices(SHAPE), -1) - (np.array(SHAPE) - 1) / 2) * SPACING


def ellipsoid(centre, radii):
    return (((grid - centre) / radii) ** 2).sum(-1) <= 1


tissues = np.zeros(SHAPE, np.uint8)
tissues[ellipsoid((4, 0, 0), (30, 31, 27))] = CORTEX
tissues[ellipsoid((4, 0, 0), (26, 27, 23))] = WHITE
for side in (-1, 1):
    tissues[ellipsoid((4, 0, 12 * side), (9, 9, 5))] = DEEP
    tissues[ellipsoid((8, 0, 4 * side), (6, 11, 2.5))] = VENTRICLE
tissues[ellipsoid((-27, -16, 0), (10, 14, 20))] = CEREBELLUM
tissues[ellipsoid((-25, 2, 0), (12, 7, 7))] = STEM

rng = np.random.default_rng(3)
# Specks of cortex below 100 mm3 are noise.
specks = np.argwhere(tissues == WHITE)
tissues[tuple(specks[rng.choice(len(specks), 60, replace=False)].T)] = CORTEX
pieces, _ = ndimage.label(tissues == CORTEX, np.ones((3, 3, 3)))
large = np.bincount(pieces.ravel()) * SPACING.prod() >= 100
large[0] = False
is_cortex = large[pieces]
mask = np.zeros(SHAPE, bool)
for centre in rng.uniform((-36, -30, -26), (32, 30, 26), (150, 3)):
    mask |= ellipsoid(centre, rng.uniform((1.6, 1, 1), (3.5, 2.5, 2.5)))
mask &= tissues > 0
labels, count = ndimage.label(mask, np.ones((3, 3, 3)))
to = [ndimage.distance_transform_edt(~mask, sampling=SPACING) for mask in (tissues == VENTRICLE, is_cortex)]
regions = range(1, count + 1)
ventricle, cortex = (ndimage.minimum(distance, labels, regions) for distance in to)


def place(region):
    near = ndimage.distance_transform_edt(labels != region, sampling=SPACING) <= 3
    counts = np.bincount(tissues[near & (labels == 0)], minlength=13)
    hemispheres, below = counts[WHITE] + counts[CORTEX], counts[STEM] + counts[CEREBELLUM]
    if max(below, counts[DEEP]) > hemispheres:
        if counts[DEEP] > below:
            return DEEP_GREY
        return BRAIN_STEM if counts[STEM] > counts[CEREBELLUM] else IN_CEREBELLUM
    if ventricle[region - 1] <= 3:
        return PERIVENTRICULAR
    if cortex[region - 1] <= 1.5:
        return JUXTACORTICAL
    return DEEP_WHITE if hemispheres else NOWHERE


places = np.array([place(region) for region in regions])
print(np.bincount(places, minlength=7))
assert (np.bincount(places, minlength=7)[:6] >= 2).all() and NOWHERE not in places
save_file(
    {
        "tissues": tissues, "labels": labels.astype(np.uint8), "spacing": SPACING[::-1].copy(),
        "ventricle": ventricle, "cortex": cortex, "places": places.astype(np.uint8),
    },
    GOLDENS / "places.safetensors",
)
