#!/usr/bin/env python3
"""Reference regions for Tests/NormaTests: hysteresis thresholding by scikit-image and SciPy.

pip install numpy scipy scikit-image safetensors. Volumes are (slices, rows, columns). scikit-image joins voxels that share a
face, Norma also those that share an edge or a corner, so the first volume is one in which both give the same regions.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
ALL_NEIGHBOURS = np.ones((3, 3, 3))
RULES = [(1.0, 2.0), (1.0, 2.5), (1.5, 1.5), (0.5, 3.0), (1.0, 9.0), (0.0, 2.0)]


def volume(rng, sigma):
    field = ndimage.gaussian_filter(rng.standard_normal((16, 22, 27)), sigma)
    return np.maximum(field / field.std(), 0).astype(np.float32)


def by_scipy(image, low, high):
    return ndimage.binary_propagation(image > high, ALL_NEIGHBOURS, image > low)


rng = np.random.default_rng(0)
smooth, rough = volume(rng, 1.5), volume(rng, 0.8)
stored = {"smooth/map": smooth, "rough/map": rough}
for low, high in RULES:
    name = f"{low}/{high}"
    stored[f"rough/{name}"] = by_scipy(rough, low, high).astype(np.uint8)
    mask = apply_hysteresis_threshold(smooth, low, high)
    if (mask == by_scipy(smooth, low, high)).all():
        stored[f"smooth/{name}"] = mask.astype(np.uint8)
print({name: int(mask.sum()) for name, mask in stored.items() if not name.endswith("map")})
assert sum(name.startswith("smooth/") for name in stored) >= 5
save_file({name: np.ascontiguousarray(value) for name, value in stored.items()}, GOLDENS / "regions.safetensors")
