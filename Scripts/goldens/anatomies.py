#!/usr/bin/env python3
"""Anatomies by NumPy and SciPy, for Tests/NormaTests.

pip install numpy scipy safetensors. Arrays are stored x fastest, as Norma keeps them.

- mixture/: a brain of three tissues with noise and priors that are shifted against it, and the mixture of normal
  distributions that forty steps of expectation maximisation fit, as in Ashburner and Friston 1997;
- labels/: a label map of FreeSurfer on an oblique grid, and its tissues on a grid in template space: the share of 27
  points in each voxel, in double precision. Extra-cerebral fluid is brain up to 3 mm from grey and white matter; gaps of
  twice the voxel size are closed and holes filled; what is unlabelled in them is fluid.
"""

from pathlib import Path

import numpy
from safetensors.numpy import save_file
from scipy import ndimage

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
random = numpy.random.default_rng(23)
stored = {}


def mixture():
    z, y, x = numpy.meshgrid(*(numpy.linspace(-1, 1, n) for n in (12, 14, 16)), indexing="ij")

    def tissues(shift):
        radius = numpy.sqrt((x - shift) ** 2 + y**2 + z**2)
        return numpy.stack([(radius >= 0.75) & (radius < 1.05), (radius >= 0.3) & (radius < 0.75),
                            (radius < 0.3) | (radius >= 1.05)]).astype(float)

    prior = numpy.stack([ndimage.gaussian_filter(part, 1.5) for part in tissues(0.1)]) + 0.03
    prior /= prior.sum(0)
    true = numpy.tensordot([0.55, 0.86, 0.25], tissues(0), axes=1)
    values = (true + 0.06 * random.standard_normal(true.shape)).astype(numpy.float32).ravel()
    prior = prior.astype(numpy.float32).reshape(3, -1)
    median = numpy.median(values.astype(float))
    means, deviations = numpy.array([0.65, 0.9, 0.3]) * median / 0.75, numpy.array([0.1, 0.1, 0.12])

    def posterior():
        distance = (values - means[:, None]) / deviations[:, None]
        joint = prior * numpy.exp(-0.5 * distance**2) / deviations[:, None]
        return joint / (joint.sum(0) + 1e-9)

    for _ in range(40):
        share = posterior()
        weight = share.sum(1)
        means = (share * values).sum(1) / weight
        deviations = numpy.sqrt((share * (values - means[:, None]) ** 2).sum(1) / weight) + 0.01
    stored.update({"mixture/values": values, "mixture/priors": prior.T.copy(), "mixture/median": numpy.array([median]),
                   "mixture/means": means, "mixture/deviations": deviations,
                   "mixture/posteriors": posterior().T.astype(numpy.float32).copy()})
    print("means", means, "deviations", deviations)


GREY, WHITE, FLUID = range(3)
CORTEX, WHITE_MATTER, CISTERN, VENTRICLE, CEREBELLUM, STEM, DEEP = range(7)
TABLE = {
    3: (CORTEX, GREY, 0), 42: (CORTEX, GREY, 0), 2: (WHITE_MATTER, WHITE, 0), 41: (WHITE_MATTER, WHITE, 0),
    25: (WHITE_MATTER, WHITE, 0), 57: (WHITE_MATTER, WHITE, 0), 77: (WHITE_MATTER, WHITE, 0), 24: (CISTERN, FLUID, 0),
    4: (VENTRICLE, FLUID, 0), 43: (VENTRICLE, FLUID, 0), 14: (VENTRICLE, FLUID, 0), 8: (CEREBELLUM, GREY, 0),
    7: (CEREBELLUM, WHITE, 0), 16: (STEM, WHITE, 0.02), 10: (DEEP, GREY, -0.05), 13: (DEEP, GREY, -0.12),
    17: (DEEP, GREY, 0.1),
}


def labels():
    shape = (26, 28, 30)  # z, y, x
    spacing = 1.3
    z, y, x = numpy.meshgrid(*(spacing * (numpy.arange(n) - (n - 1) / 2) for n in shape), indexing="ij")
    fold = 1.2 * numpy.sin(x / 2.1) * numpy.sin(y / 2.4) * numpy.sin(z / 1.9 + 0.5)
    radius = numpy.sqrt(x**2 + y**2 + z**2)
    drawn = numpy.zeros(shape, int)
    drawn[radius < 17] = 507
    drawn[radius < 16] = 24
    drawn[radius < 11 + fold] = 3
    drawn[radius < 8.5 + fold] = 2
    drawn[(x > 0) & (drawn == 3)] = 42
    drawn[(x > 0) & (drawn == 2)] = 41
    for label, centre, size in [(4, (-3, 0, 2), 2.2), (43, (3, 0, 2), 2.4), (14, (0, 1, -1), 1.4), (25, (-5, 3, 3), 1.7),
                                (57, (5, 3, 3), 2), (77, (0, 5, 3), 1.2), (10, (-3, -2, -2), 2), (13, (4, -2, -2), 2),
                                (17, (0, -6, 0), 1.8), (16, (0, 0, -6), 2.5), (8, (-3, 5, -6), 2.5), (7, (-3, 5, -6), 1.3)]:
        drawn[numpy.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2) < size] = label
    drawn[numpy.sqrt((x - 9) ** 2 + y**2 + z**2) < 2.4] = 0  # an unlabelled hole under the surface
    known = numpy.isin(drawn, list(TABLE))
    solid = known & ~numpy.isin(drawn, [label for label, row in TABLE.items() if row[1] == FLUID])
    far = ndimage.distance_transform_edt(~solid, sampling=spacing) > 3
    used = numpy.where(known & ~((drawn == 24) & far), drawn, 0)

    turn = numpy.array([[0.98, 0.12, -0.05], [-0.11, 0.99, 0.08], [0.06, -0.07, 0.99]])
    affine = numpy.eye(4)
    affine[:3, :3] = turn * spacing
    affine[:3, 3] = -affine[:3, :3] @ ((numpy.array(shape[::-1]) - 1) / 2) + [0.4, -0.7, 0.3]
    moved = numpy.eye(4)
    moved[:3, :3] = [[1.07, 0.03, 0], [-0.02, 1.1, 0.04], [0.01, -0.03, 1.05]]
    moved[:3, 3] = [1.3, -0.6, 0.8]
    grid = numpy.diag([1.5, 1.5, 1.5, 1])
    count = (24, 24, 24)
    grid[:3, 3] = -1.5 * (numpy.array(count) - 1) / 2 + 0.2
    to_voxel = numpy.linalg.inv(affine) @ numpy.linalg.inv(moved) @ grid
    centres = numpy.stack(numpy.meshgrid(*(numpy.arange(n) for n in count), indexing="ij"), -1)[..., ::-1]  # x, y, z
    sampled = []
    for offset in numpy.ndindex(3, 3, 3):
        points = centres + (numpy.array(offset) - 1) / 3
        voxel = numpy.floor(points @ to_voxel[:3, :3].T + to_voxel[:3, 3] + 0.5).astype(int)
        inside = ((voxel >= 0) & (voxel < shape[::-1])).all(-1)
        voxel = numpy.where(inside[..., None], voxel, 0)
        sampled.append(numpy.where(inside, used[voxel[..., 2], voxel[..., 1], voxel[..., 0]], 0))
    sampled = numpy.array(sampled)
    parts, matters = numpy.zeros((7, *count)), numpy.zeros((3, *count))
    texture, lateral = numpy.zeros(count), numpy.zeros(count)
    for label, (tissue, matter, offset) in TABLE.items():
        share = (sampled == label).mean(0)
        parts[tissue] += share
        matters[matter] += share
        texture += offset * share
        lateral += share * (label in (4, 43))
    total = matters.sum(0)
    brain = total >= 0.5

    def within(mask, distance):
        return ndimage.distance_transform_edt(~mask, sampling=1.5) <= distance

    brain = ndimage.binary_fill_holes(~within(~within(brain, 1.5), 1.5) | brain)
    unlabelled = brain & (total < 0.5)
    matters[FLUID][unlabelled] += (1 - total)[unlabelled]
    matters = numpy.where(brain, matters / numpy.maximum(matters.sum(0), 1e-9), 0)
    tissue = numpy.where(unlabelled, CISTERN, parts.argmax(0))
    stored.update({
        "labels/map": drawn.astype(numpy.float32), "labels/affine": affine[:3], "labels/toTemplate": moved[:3],
        "labels/grid": grid[:3], "labels/brain": brain.astype(numpy.uint8),
        "labels/fractions": numpy.moveaxis(matters, 0, -1).astype(numpy.float32).copy(),
        "labels/tissues": numpy.where(brain, 1 << tissue, 0).astype(numpy.uint8),
        "labels/texture": numpy.where(brain, texture, 0).astype(numpy.float32),
        "labels/ventricles": (lateral > 0.5).astype(numpy.uint8),
    })
    print("brain", brain.sum(), "filled", unlabelled.sum(), "voxels of each tissue",
          [int((brain & (tissue == index)).sum()) for index in range(7)], "ties",
          int((brain & (numpy.sort(parts, 0)[-1] == numpy.sort(parts, 0)[-2])).sum()))


mixture()
labels()
save_file(stored, GOLDENS / "anatomies.safetensors", metadata={"numpy": numpy.__version__})
