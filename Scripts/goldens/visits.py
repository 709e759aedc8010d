#!/usr/bin/env python3
"""Reference numbers for the comparison of two visits: half-way maps by SciPy, overlap and resampling by SimpleITK.

    python3 Scripts/goldens/visits.py    (pip install numpy scipy SimpleITK)

Writes Tests/VolumesTests/Goldens/halfway.json: square roots and means of maps (`scipy.linalg.sqrtm`, and `expm` of half of
the `logm`), and two masks in different positions that are resampled into the half-way space with their overlap there
(`LabelOverlapMeasuresImageFilter`). Seeded: the same bytes every time.
"""
import json
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from scipy.linalg import expm, logm, sqrtm

GOLDENS = Path(__file__).resolve().parents[2] / "Tests/VolumesTests/Goldens"
MIRROR = np.diag([-1.0, -1, 1, 1])  # between RAS+ and ITK's LPS+
rng = np.random.default_rng(29)


def rotation(degrees):
    x, y, z = np.deg2rad(degrees)
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return rz @ ry @ rx


def affine(linear, origin):
    return np.vstack([np.column_stack([linear, origin]), [0, 0, 0, 1]])


def rows(matrix):
    return [[float(value) for value in row] for row in np.real(matrix)[:3]]


def mean(a, b):
    return a @ sqrtm(np.linalg.inv(a) @ b)


def root(matrix):
    half = np.real(sqrtm(matrix))
    assert np.abs(half @ half - matrix).max() < 1e-9 and np.abs(half - np.real(expm(logm(matrix) / 2))).max() < 1e-9
    return half


rigid = [affine(rotation(rng.uniform(-40, 40, 3)), rng.uniform(-60, 60, 3)) for _ in range(12)]
general = [
    affine(rotation(rng.uniform(-20, 20, 3)) @ (np.eye(3) + rng.uniform(-0.15, 0.15, (3, 3))), rng.uniform(-30, 30, 3))
    for _ in range(8)
]
cases = [{"map": rows(matrix), "root": rows(root(matrix))} for matrix in rigid + general]
means = [{"a": rows(a), "b": rows(b), "mean": rows(mean(a, b))} for a, b in zip(rigid[::2], rigid[1::2])]


def image(mask, matrix):
    """A mask (x, y, z) on the grid of a map from voxels to RAS+ mm."""
    lps = MIRROR @ matrix
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    picture = sitk.GetImageFromArray(mask.transpose(2, 1, 0).astype(np.uint8))
    picture.SetSpacing(spacing.tolist())
    picture.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
    picture.SetOrigin(lps[:3, 3].tolist())
    return picture


def moved(picture, shape, matrix, to_space):
    """Nearest neighbours on the grid of `matrix` after the map `to_space`, both in RAS+ mm."""
    back = MIRROR @ np.linalg.inv(to_space) @ MIRROR
    transform = sitk.AffineTransform(back[:3, :3].ravel().tolist(), back[:3, 3].tolist())
    target = image(np.zeros(shape), matrix)
    return sitk.Resample(picture, target, transform, sitk.sitkNearestNeighbor, 0)


x, y, z = np.meshgrid(*map(np.arange, (24, 22, 15)), indexing="ij")
shape = ((x - 12) / 8.3) ** 2 + ((y - 10) / 6.1) ** 2 + ((z - 7) / 5.2) ** 2 < 1
grids = [affine(rotation((8, -5, 11)) @ np.diag([1.1, 0.9, 1.7]), (-11, 4, -7))]
to_follow_up = affine(rotation((-7, 5, 9)), (6.5, -3.2, 4.1))
grids.append(to_follow_up @ affine(rotation((3, 2, -1)), (0.7, -0.4, 0.5)) @ grids[0])
half = root(to_follow_up)
grid = affine(np.eye(3), (-20, -18, -20)), (50, 52, 50)
results = [
    moved(image(shape, own), grid[1], grid[0], to_space)
    for own, to_space in zip(grids, (half, np.linalg.inv(half)))
]
measures = sitk.LabelOverlapMeasuresImageFilter()
measures.Execute(*results)
overlap = {
    "shape": list(shape.shape), "mask": np.flatnonzero(shape.ravel(order="F")).tolist(), "grids": [rows(own) for own in grids],
    "toFollowUp": rows(to_follow_up), "grid": rows(grid[0]), "gridShape": list(grid[1]),
    "counts": [int(sitk.GetArrayFromImage(result).sum()) for result in results],
    "dice": measures.GetDiceCoefficient(),
}
text = json.dumps({"roots": cases, "means": means, "overlap": overlap}, separators=(",", ":"), sort_keys=True)
(GOLDENS / "halfway.json").write_text(text + "\n")
print(len(cases), len(means), overlap["counts"], overlap["dice"], len(text))
