#!/usr/bin/env python3
"""Reference images for Tests/NormaTests (filters, components, resampling), computed by SciPy, PIL and PyTorch.

pip install numpy scipy pillow torch safetensors. Images are (slices, rows, columns).
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import save_file
from scipy import ndimage

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


def erosions(rng):
    stored = {}
    blobs = ndimage.gaussian_filter(rng.normal(size=(2, 31, 29)), (0, 3, 3)) > -0.03
    blobs[0, 15, 14] = 0
    # Pixel sizes (x, y) and distances of which none lies on the border between two answers.
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
for make in (medians, erosions, components, resampling):
    stored |= make(np.random.default_rng(7))
save_file({name: np.ascontiguousarray(value) for name, value in stored.items()}, GOLDENS / "scoring.safetensors")
