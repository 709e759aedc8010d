#!/usr/bin/env python3
"""Reference numbers of the group level for Tests/NormaTests: rank correlations by SciPy, maps on a template by nibabel.

pip install numpy scipy nibabel. The interval of a rank correlation is that of Bonett and Wright (2000, Psychometrika 65:23-28):
Fisher's z with the standard error sqrt((1 + r^2 / 2) / (n - 3)). The script also counts how often it covers the correlation of
normal pairs. Volumes are in Fortran order, the first axis fastest. Their borders are empty, because nibabel and Norma
differ in what they put beyond them.
"""

import json
from pathlib import Path

import nibabel
import numpy as np
from nibabel.processing import resample_from_to
from scipy import stats

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
rng = np.random.default_rng(0)


def interval(r, n):
    half = stats.norm.ppf(0.975) * np.sqrt((1 + r**2 / 2) / (n - 3))
    return [float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))]


def coverage(rho, n, repeats=4000):
    """How often the interval holds the rank correlation of normal pairs with Pearson's correlation rho."""
    truth = 6 / np.pi * np.arcsin(rho / 2)
    pairs = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], (repeats, n))
    ends = [interval(stats.spearmanr(*sample.T).statistic, n) for sample in pairs]
    return np.mean([low <= truth <= high for low, high in ends])


def correlations():
    for n, digits in [(5, 6), (8, 0), (12, 1), (40, 6), (200, 1)]:
        x = rng.normal(size=n)
        y = 0.5 * x + rng.normal(size=n)
        x, y = np.round(x, digits), np.round(y, digits)
        r = float(stats.spearmanr(x, y).statistic)
        assert abs(r) < 1
        yield {"x": x.tolist(), "y": y.tolist(), "coefficient": r, "interval": interval(r, n)}


def affine(spacing, angle, offset):
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn @ np.diag(spacing), offset
    return matrix


def scan(participant, offset):
    """Mask, scored brain and map of a scan on a grid of its own, and its place in the template."""
    shape, grid = (14, 13, 9), affine((1.1, 0.9, 1.7), 0.21, (-8.13 + offset, -5.37, -7.59))
    to_template = affine((1.05, 0.98, 1.02), -0.11, (0.417, -0.731, 0.283))
    brain = np.zeros(shape, np.uint8)
    brain[2:-2, 2:-2, 2:-2 if participant != "sub-2" else 5] = 1
    mask = brain * (rng.random(shape) < 0.3)
    scores = np.where(brain == 1, rng.random(shape), 0).astype(np.float32)
    scores[3:6, 3:7, 3:5] = np.nan
    return {"participant": participant, "grid": grid, "to": to_template, "brain": brain, "mask": mask, "map": scores}


def on_template(scan, volume, template, order):
    image = nibabel.Nifti1Image(volume, scan["to"] @ scan["grid"])
    return np.asarray(resample_from_to(image, template, order=order, cval=0).dataobj)


def resampled_map(scan, template):
    missing = np.isnan(scan["map"])
    filled = np.where(missing, 0, scan["map"]).astype(np.float64)
    values = on_template(scan, filled, template, 1)
    shares = on_template(scan, (~missing).astype(np.float64), template, 1)
    values = np.divide(values, shares, out=values.copy(), where=shares > 0)
    return np.where(on_template(scan, missing.astype(np.uint8), template, 0) == 1, np.nan, values)


def stored(volume):
    return [None if np.isnan(value) else round(float(value), 6) for value in np.asarray(volume, float).ravel(order="F")]


def frequency():
    shape, grid = (17, 15, 12), affine((1, 1, 1), 0, (-8, -7, -6))
    template = (shape, grid)
    brain = np.zeros(shape)
    brain[2:-2, 2:-2, 2:-2] = 100
    scans = [scan(name, offset) for name, offset in [("sub-1", 0), ("sub-1", 0.31), ("sub-2", 0), ("sub-3", -0.53)]]
    count = {name: sum(other["participant"] == name for other in scans) for name in ["sub-1", "sub-2", "sub-3"]}
    sums = {
        part: sum(on_template(s, s[part], template, 0) / count[s["participant"]] for s in scans) for part in ["mask", "brain"]
    }
    known = sums["brain"] >= len(count) / 2 - 1e-4
    share = np.divide(sums["mask"], sums["brain"], out=np.zeros(shape), where=known)
    share = np.where(~known & (brain > 0), np.nan, share)
    print("frequency", np.nanmax(share), "unknown", int(np.isnan(share).sum()), "known", int(known.sum()))
    return {
        "shape": shape, "affine": grid[:3].tolist(), "template": stored(brain), "frequency": stored(share),
        "map": stored(resampled_map(scans[0], template)),
        "scans": [
            {
                "participant": s["participant"], "shape": s["mask"].shape, "affine": s["grid"][:3].tolist(),
                "toTemplate": s["to"][:3].tolist(),
                **{part: stored(s[part]) for part in ["mask", "brain", "map"]},
            }
            for s in scans
        ],
    }


for rho, n in [(0, 10), (0.5, 10), (0.5, 30), (0.8, 50)]:
    covered = coverage(rho, n)
    print(f"interval of rho {rho} from {n} pairs: covers {covered:.3f}")
    assert 0.93 <= covered <= 0.99
golden = {"correlations": list(correlations()), "frequency": frequency()}
(GOLDENS / "groups.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
