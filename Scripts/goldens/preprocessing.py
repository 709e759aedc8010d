#!/usr/bin/env python3
"""Bias field, curvature flow and a transform file by SimpleITK, for Tests/NormaTests.

pip install SimpleITK numpy safetensors. Arrays are stored x fastest, as Norma keeps them.

- bias/: a ball of two tissues under a smooth field, 24 x 20 x 18 voxels of 4 x 5 x 4 mm, and N4's log field of it with
  Norma's default settings;
- flow/: noise on an edge, and the result of three and ten iterations of curvature flow, in voxels;
- preprocessing.tfm, points: an affine about a centre, and the points (LPS+ mm) to which SimpleITK maps others with it.
"""

from pathlib import Path

import numpy
import SimpleITK as sitk
from safetensors.numpy import save_file

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
random = numpy.random.default_rng(5)
stored = {}


def image(array, spacing=(1, 1, 1)):
    made = sitk.GetImageFromArray(array)
    made.SetSpacing(spacing)
    return made


def bias():
    z, y, x = numpy.meshgrid(*(numpy.linspace(-1, 1, n) for n in (18, 20, 24)), indexing="ij")
    radius = numpy.sqrt(x**2 + y**2 + z**2)
    tissue = numpy.where(radius < 0.55, 100, 60) * numpy.exp(0.04 * random.standard_normal(radius.shape))
    shading = 0.25 * x + 0.1 * y * z - 0.15 * z**2
    mask = (radius < 0.9).astype(numpy.uint8)
    scan = (tissue * numpy.exp(shading) * (radius < 0.95)).astype(numpy.float32)
    spacing = (4, 5, 4)
    filter = sitk.N4BiasFieldCorrectionImageFilter()
    filter.SetMaximumNumberOfIterations([50] * 4)
    filter.SetNumberOfControlPoints([4] * 3)
    filter.SetConvergenceThreshold(0.003)
    filter.SetBiasFieldFullWidthAtHalfMaximum(0.15)
    filter.SetWienerFilterNoise(0.01)
    filter.Execute(image(scan, spacing), image(mask, spacing))
    field = sitk.GetArrayFromImage(filter.GetLogBiasFieldAsImage(image(scan, spacing)))
    stored.update({"bias/scan": scan, "bias/mask": mask, "bias/field": field.astype(numpy.float32)})
    inside = mask > 0
    print("field and truth correlate by", numpy.corrcoef(field[inside], shading[inside])[0, 1])


def flow():
    noisy = random.normal(100, 8, (9, 11, 13)).astype(numpy.float32)
    noisy[:, :, 7:] += 50
    stored["flow/scan"] = noisy
    for iterations in (3, 10):
        smooth = sitk.CurvatureFlow(image(noisy), timeStep=0.125, numberOfIterations=iterations)
        stored[f"flow/{iterations}"] = sitk.GetArrayFromImage(smooth)


def transform():
    made = sitk.AffineTransform(3)
    made.SetMatrix(tuple((numpy.eye(3) * 1.08 + 0.1 * random.standard_normal((3, 3))).ravel()))
    made.SetTranslation((4.5, -12.25, 7))
    made.SetCenter((3, -18, 20))
    sitk.WriteTransform(made, str(GOLDENS / "preprocessing.tfm"))
    points = random.uniform(-90, 90, (6, 3))
    stored["points/from"] = points
    stored["points/to"] = numpy.array([made.TransformPoint(point) for point in points.tolist()])


bias()
flow()
transform()
save_file(stored, GOLDENS / "preprocessing.safetensors", metadata={"SimpleITK": sitk.Version.VersionString()})
