#!/usr/bin/env python3
"""Reference images for Tests/NormaTests (filters, components, resampling, similarity, statistics), computed by
SciPy, SimpleITK, scikit-image, PIL, PyTorch and numpy.

pip install numpy scipy SimpleITK scikit-image pillow torch safetensors. Images are (slices, rows, columns).
"""

from pathlib import Path

import numpy as np
import SimpleITK
import torch
from PIL import Image
from safetensors.numpy import save_file
from scipy import ndimage
from skimage.metrics import structural_similarity

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"


def medians(rng):
    stored = {}
    # Widths below, at and above the sixteen lanes of the filter, none a multiple of anything.
    for name, shape in {"wide": (2, 9, 37), "narrow": (1, 13, 5), "lanes": (1, 6, 16), "pixel": (1, 1, 1)}.items():
        images = rng.gamma(1, 1, shape).astype(np.float32)
        stored[f"median/{name}/in"] = images
        for size in (3, 5, 7):
            stored[f"median/{name}/{size}"] = np.stack(
                [ndimage.median_filter(image, size=size, mode="constant", cval=0) for image in images]
            )
    return stored


def volume_medians(rng):
    """(depth, size, size) windows over (slices, rows, columns), beyond the stack zero."""
    stored = {}
    volume = rng.gamma(1, 1, (7, 9, 21)).astype(np.float32)
    volume[:, 2:5, 3:9] = 0
    stored["volume median/in"] = volume
    for size, depth in ((3, 3), (5, 5), (5, 3), (1, 3), (3, 9)):
        filtered = ndimage.median_filter(volume, size=(depth, size, size), mode="constant", cval=0)
        radius = [size // 2, size // 2, depth // 2]
        other = SimpleITK.GetArrayFromImage(SimpleITK.Median(SimpleITK.GetImageFromArray(volume), radius))
        inside = tuple(slice(r, n - r) for r, n in zip(radius[::-1], volume.shape))
        assert np.array_equal(filtered[inside], other[inside])
        stored[f"volume median/{size}x{depth}"] = filtered
    return stored


def similarities(rng):
    """The mean over windows of scikit-image's SSIM, uniform windows, data range 1; beyond the border zero."""
    margin, inner = 16, slice(16, -16)
    image = np.clip(ndimage.gaussian_filter(rng.normal(0.5, 1.5, (3, 24, 27)), (0, 2, 2)), 0, 1.5).astype(np.float32)
    other = np.clip(0.8 * image + rng.normal(0, 0.05, image.shape), 0, 1.5).astype(np.float32)
    other[0, 5:12, 6:14] = 0.3
    image[:, :, :5] = other[:, :, :5] = 0
    other[2] = image[2]
    stored = {"similarity/x": image, "similarity/y": other}
    maps = {}
    for window in (5, 7, 11):
        maps[window] = np.stack([
            structural_similarity(
                np.pad(x, margin), np.pad(y, margin), win_size=window, data_range=1, gaussian_weights=False,
                use_sample_covariance=False, full=True,
            )[1][inner, inner]
            for x, y in zip(image.astype(np.float64), other.astype(np.float64))
        ])
        stored[f"similarity/{window}"] = maps[window].astype(np.float32)
    stored["similarity/residual"] = np.maximum(1 - sum(maps.values()) / 3, 0).astype(np.float32)
    return stored


def statistics(rng):
    """Voxel-wise mean and sd over the slices that have brain there, shrunk, smoothed among brain and floored."""
    count, side, sigma, shrinkage = 11, 10, 1.3, 4
    brain = ndimage.gaussian_filter(rng.normal(size=(count, side, side)), (0, 2, 2)) > -0.05
    brain[:, :2] = False
    # A half where the score hardly varies: the floor holds there.
    scale = rng.uniform(0.5, 3, (side, side)) * np.where(np.arange(side) < 5, 0.01, 1)
    scores = rng.gamma(2, 1, brain.shape) * scale * brain
    scores = scores.astype(np.float32)
    number = brain.sum(0)
    mean, variance = np.zeros((side, side)), np.zeros((side, side))
    for y, x in np.argwhere(number):
        values = scores[brain[:, y, x], y, x].astype(np.float64)
        mean[y, x], variance[y, x] = values.mean(), values.var()
    pooled = (variance * number).sum() / number.sum()
    stored = {"statistics/scores": scores, "statistics/brain": brain.astype(np.float32)}
    for name, prior in {"plain": 0, "shrunk": shrinkage}.items():
        sd = np.sqrt((variance * number + prior * pooled) / np.maximum(number + prior, 1))
        smooth = {"mean": np.zeros_like(sd), "deviation": np.zeros_like(sd)}
        rows, columns = np.indices(sd.shape)
        for y, x in np.ndindex(sd.shape):
            weight = number * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * sigma**2))
            smooth["mean"][y, x] = (weight * mean).sum() / weight.sum()
            smooth["deviation"][y, x] = (weight * sd).sum() / weight.sum()
        floor = (smooth["deviation"] * number).sum() / number.sum() / 10
        smooth["deviation"] = np.maximum(smooth["deviation"], floor)
        for key, value in smooth.items():
            stored[f"statistics/{name}/{key}"] = value.astype(np.float32)
    return stored


def erosions(rng):
    stored = {}
    blobs = ndimage.gaussian_filter(rng.normal(size=(2, 31, 29)), (0, 3, 3)) > -0.03
    blobs[0, 15, 14] = 0
    # Pixel sizes (x, y) and distances, none of which is on the border between two answers.
    for name, (dx, dy, distance) in {
        "isotropic": (1, 1, 2.5),
        "anisotropic": (0.8, 1.7, 3.3),
        "coarse": (4, 5, 3),
        "far": (1, 1, 9.1),
        "exact": (1, 1, 3),
    }.items():
        depth = np.stack([ndimage.distance_transform_edt(s, sampling=(dy, dx)) for s in blobs])
        stored[f"erosion/{name}/spacing"] = np.array([dx, dy, distance], np.float32)
        stored[f"erosion/{name}/out"] = (depth > distance).astype(np.uint8)
    stored["erosion/in"] = blobs.astype(np.uint8)
    return stored


def spiral(side):
    """Two interleaved arms that meet only at their ends: many provisional labels, one component each."""
    image = np.zeros((side, side), np.uint8)
    top, left, bottom, right = 0, 0, side - 1, side - 1
    while top <= bottom and left <= right:
        image[top, max(left - 2, 0) : right + 1] = 1
        image[top : bottom + 1, right] = 1
        image[bottom, left : right + 1] = 1
        image[top + 2 : bottom + 1, left] = 1
        top, left, bottom, right = top + 2, left + 2, bottom - 2, right - 2
    return image


def components(rng):
    checker = (np.indices((9, 10)).sum(0) % 2).astype(np.uint8)
    sparse = np.zeros((12, 12), np.uint8)
    sparse[::2, ::2] = 1
    comb = np.zeros((8, 21), np.uint8)
    comb[:, ::2] = 1
    comb[-1] = 1
    masks = {
        "empty": np.zeros((3, 4, 5)),
        "full": np.ones((3, 4, 5)),
        "checkerboard": checker[None],
        "separate pixels": sparse[None],
        "spiral": spiral(23)[None],
        "mirrored spiral": spiral(23)[:, ::-1][None],
        "comb": comb[None],
        "upside-down comb": comb[::-1][None],
        "noise slice": rng.random((1, 40, 37)) < 0.35,
        "noise": rng.random((9, 12, 11)) < 0.12,
        "dense noise": rng.random((9, 12, 11)) < 0.3,
        "corners": np.indices((6, 6, 6)).sum(0) % 5 == 0,
    }
    stored = {}
    for name, mask in masks.items():
        mask = np.asarray(mask, np.uint8)
        labels, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
        firsts = sorted(range(1, count + 1), key=lambda label: np.flatnonzero(labels == label)[0])
        numbers = np.zeros(count + 1, np.int32)
        numbers[firsts] = np.arange(1, count + 1)
        stored[f"components/{name}/in"] = mask
        stored[f"components/{name}/out"] = numbers[labels]
    return stored


def resampling(rng):
    """192 to 128 pixels over one field of view; the border is left out, where PIL and torch renormalise."""
    image = ndimage.gaussian_filter(rng.random((192, 192)), 1).astype(np.float32)
    image[60:90, 70:110] += 1
    image[:8] = image[-8:] = image[:, :8] = image[:, -8:] = 0
    pil = np.asarray(Image.fromarray(image).resize((128, 128), Image.Resampling.BILINEAR))
    tensor = torch.nn.functional.interpolate(
        torch.from_numpy(image)[None, None], size=(128, 128), mode="bilinear", antialias=True, align_corners=False
    )[0, 0].numpy()
    assert np.abs(pil - tensor).max() < 1e-5
    half = image.astype(np.float16)
    exact = torch.nn.functional.interpolate(
        torch.from_numpy(half.astype(np.float32))[None, None], size=(128, 128), mode="bilinear", antialias=True
    )
    return {"resampling/in": half, "resampling/out": exact[0, 0].numpy().astype(np.float16)}


stored = {}
for make in (medians, volume_medians, erosions, components, resampling, similarities, statistics):
    stored |= make(np.random.default_rng(7))
save_file({name: np.ascontiguousarray(value) for name, value in stored.items()}, GOLDENS / "scoring.safetensors")
