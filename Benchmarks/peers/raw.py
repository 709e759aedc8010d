"""A raw FLAIR to a lesion mask in SimpleITK, PyTorch and SciPy: raw.py SCAN OUT DEPS BUNDLE

The steps and settings of `norma segment` with a bundle of one normative map, as one would write them with these
libraries. DEPS is the checkout's .deps (weights of the brain extraction, template), BUNDLE a bundle's folder. Writes
masks, map, labels, transform and seconds.json (wall and CPU seconds of each step) to OUT.
"""
import time

clock = [(time.perf_counter(), time.process_time())]
seconds = {}


def step(name: str) -> None:
    """Books the time since the last call."""
    now = (time.perf_counter(), time.process_time())
    seconds[name] = [b - a for a, b in zip(clock[0], now)]
    clock[0] = now


import json
import sys
from pathlib import Path

import numpy
import SimpleITK as sitk
import torch
from safetensors.torch import load_file
from scipy import ndimage
from torch.nn import functional as F

step("imports")
EVERYWHERE = numpy.ones((3, 3, 3))


def array(image: sitk.Image) -> numpy.ndarray:
    return sitk.GetArrayFromImage(image)


def like(values: numpy.ndarray, image: sitk.Image) -> sitk.Image:
    result = sitk.GetImageFromArray(values)
    result.CopyInformation(image)
    return result


def largest_component(mask: numpy.ndarray) -> numpy.ndarray:
    labels, _ = ndimage.label(mask, EVERYWHERE)
    sizes = numpy.bincount(labels.ravel())
    sizes[0] = 0
    return labels == sizes.argmax()


def box(mask: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Of a mask in z, y, x: the first index and the one behind the last in x, y, z."""
    (found,) = ndimage.find_objects(mask.astype(numpy.uint8))
    return numpy.array([axis.start for axis in found[::-1]]), numpy.array([axis.stop for axis in found[::-1]])


# Resampling along the axes: the mean under a triangle as wide as the coarser voxel.


def along_axes(image: sitk.Image, count, first, steps) -> sitk.Image:
    """`count` voxels, the first at index `first` of the image, `steps` of its voxels apart; x, y, z."""
    values, spacing = array(image).astype(numpy.float32), numpy.array(image.GetSpacing())
    for axis in range(3):
        length, reach = image.GetSize()[axis], max(1, steps[axis])
        weights = numpy.zeros((count[axis], length), numpy.float32)
        for target in range(count[axis]):
            centre = first[axis] + steps[axis] * target
            support = numpy.arange(numpy.floor(centre - reach), numpy.ceil(centre + reach) + 1)
            shares = numpy.clip(1 - abs(support - centre) / reach, 0, None)
            numpy.add.at(weights[target], support.clip(0, length - 1).astype(int), shares / shares.sum())
        values = numpy.moveaxis(numpy.tensordot(weights, values, (1, 2 - axis)), 0, 2 - axis)
    result = sitk.GetImageFromArray(numpy.ascontiguousarray(values))
    result.SetOrigin(image.TransformContinuousIndexToPhysicalPoint([float(x) for x in first]))
    result.SetSpacing([float(x) for x in spacing * steps])
    result.SetDirection(image.GetDirection())
    return result


def isotropic(image: sitk.Image, spacing: float, bounds, margin: float = 0) -> tuple:
    """The grid of cubes around a box as arguments of `along_axes`."""
    size = numpy.array(image.GetSpacing())
    low = numpy.maximum(0, bounds[0] * size - margin)
    high = numpy.minimum(image.GetSize() * size, bounds[1] * size + margin)
    count = numpy.maximum(1, numpy.round((high - low) / spacing).astype(int))
    return count, ((low + high - (count - 1) * spacing) / size - 1) / 2, spacing / size


# Brain extraction


def head_grid(scan: sitk.Image, spacing: float) -> sitk.Image:
    """An empty image around the head, its array's axes left, inferior, anterior."""
    values = array(scan)
    otsu = sitk.OtsuThresholdImageFilter()
    otsu.SetNumberOfHistogramBins(256)
    otsu.Execute(like(values.clip(max=numpy.quantile(values, 0.995)), scan))
    head = largest_component(values > otsu.GetThreshold())
    z, y = numpy.nonzero(head.any(2))
    lines = head[z, y]
    ends = [lines.argmax(1), head.shape[2] - 1 - lines[:, ::-1].argmax(1)]
    direction = numpy.array(scan.GetDirection()).reshape(3, 3) * scan.GetSpacing()
    points = numpy.concatenate([numpy.stack([x, y, z], 1) for x in ends]) @ direction.T + scan.GetOrigin()
    half = abs(direction).sum(1) / 2
    low, high = points.min(0) - half - 4, points.max(0) + half + 4
    count = numpy.ceil((high - low) / spacing).astype(int)
    grid = sitk.Image([int(count[1]), int(count[2]), int(count[0])], sitk.sitkUInt8)
    grid.SetSpacing([spacing] * 3)
    grid.SetDirection([0, 0, 1, -1, 0, 0, 0, -1, 0])
    grid.SetOrigin((low + high) / 2 + (count - 1) / 2 * spacing * numpy.array([-1, 1, 1]))
    return grid


def mindgrab(head: numpy.ndarray, whole: int, weights: Path) -> numpy.ndarray:
    """The brain's logit; norms count the background of a whole volume of `whole` voxels."""
    *hidden, last = [value.float() for _, value in sorted(load_file(weights).items(), key=lambda item: int(item[0].split(".")[1]))]
    with torch.inference_mode():
        x, background = torch.from_numpy(head)[None, None], torch.zeros(1)
        for weight, dilation in zip(hidden, [8, 4, 2, 1, 1] * 5):
            x = F.conv3d(x - background.view(1, -1, 1, 1, 1), weight, padding=dilation, dilation=dilation)
            mean = x.sum((0, 2, 3, 4)) / whole
            variance = (torch.linalg.vector_norm(x, dim=(0, 2, 3, 4)).square() / whole - mean.square()).clamp(min=0)
            x = F.gelu(F.batch_norm(x, mean, variance), approximate="tanh")
            background = F.gelu(-mean / (variance + 1e-5).sqrt(), approximate="tanh")
        logits = F.conv3d(x, last)[0]
        return (logits[1] - logits[0]).numpy()


def brain_of(scan: sitk.Image, deps: Path) -> sitk.Image:
    grid = head_grid(scan, 2.0)
    head = array(sitk.Resample(scan, grid, sitk.Transform(), sitk.sitkLinear, 0.0))
    whole = max(head.size, round(256**3 / 8))
    low, high = numpy.quantile(numpy.concatenate([head.ravel(), numpy.zeros(whole - head.size, head.dtype)]), [0.02, 0.98])
    scaled = ((head - low) / (high - low)).clip(0, 1).astype(numpy.float32)
    brain = largest_component(mindgrab(scaled, whole, deps / "brainchop/net.safetensors") > 0)
    brain = ndimage.binary_fill_holes(brain).astype(numpy.uint8)
    return sitk.Resample(like(brain, grid), scan, sitk.Transform(), sitk.sitkNearestNeighbor, 0)


# Bias field


def corrected(scan: sitk.Image, brain: sitk.Image) -> sitk.Image:
    count, first, steps = isotropic(scan, 4.0, box(array(brain)))
    coarse = along_axes(scan, count, first, steps)
    share = along_axes(brain, count, first, steps)
    mask = sitk.And(share > 0.5, coarse > 0)
    n4 = sitk.N4BiasFieldCorrectionImageFilter()
    n4.SetNumberOfControlPoints([4] * 3)
    n4.SetMaximumNumberOfIterations([50] * 4)
    n4.SetConvergenceThreshold(0.003)
    n4.SetBiasFieldFullWidthAtHalfMaximum(0.15)
    n4.SetWienerFilterNoise(0.01)
    n4.Execute(coarse, mask)
    field = along_axes(n4.GetLogBiasFieldAsImage(coarse), scan.GetSize(), -first / steps, 1 / steps)
    return like(array(scan) / numpy.exp(array(field)), scan)


# Registration


def masked(scan: sitk.Image, brain: sitk.Image) -> sitk.Image:
    values, inside = array(scan), array(brain) > 0
    return like(numpy.where(inside, values.clip(0, numpy.quantile(values[inside], 0.995)), 0).astype(numpy.float32), scan)


def coarse(image: sitk.Image, brain: sitk.Image, spacing: float) -> sitk.Image:
    return along_axes(image, *isotropic(brain, spacing, box(array(brain)), 8))


def extent(brain: sitk.Image) -> tuple[numpy.ndarray, float, float]:
    """Centre (LPS), sum of the variances and height in mm."""
    share = coarse(brain, brain, 4.0)
    values = array(share)
    z, y, x = numpy.nonzero(values)
    direction = numpy.array(share.GetDirection()).reshape(3, 3) * share.GetSpacing()
    points = numpy.stack([x, y, z], 1) @ direction.T + share.GetOrigin()
    weights = values[z, y, x]
    centre = numpy.average(points, axis=0, weights=weights)
    height = numpy.ptp(points[weights > 0.5][:, 2])
    return centre, numpy.average((points - centre) ** 2, axis=0, weights=weights).sum(), height


def register(fixed, region, moving, start, spacing, iterations, bins, sampling):
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(bins)
    method.SetMetricFixedMask(region)
    method.SetMetricUseFixedImageGradientFilter(False)
    method.SetMetricUseMovingImageGradientFilter(False)
    if sampling < 1:
        method.SetMetricSamplingStrategy(method.REGULAR)
        method.SetMetricSamplingPercentage(sampling, 1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        1.0, 1e-3, iterations, relaxationFactor=0.6, estimateLearningRate=method.Once,
        maximumStepSizeInPhysicalUnits=spacing)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([1])
    method.SetSmoothingSigmasPerLevel([0])
    method.SetInitialTransform(start, inPlace=True)
    method.Execute(fixed, moving)
    return method.GetMetricValue()


def middle(image: sitk.Image) -> tuple:
    return image.TransformContinuousIndexToPhysicalPoint([(count - 1) / 2 for count in image.GetSize()])


def affine(matrix: numpy.ndarray, offset: numpy.ndarray, centre, kind):
    transform = kind()
    transform.SetCenter(centre)
    transform.SetMatrix(matrix.ravel().tolist())
    transform.SetTranslation((offset - centre + matrix @ centre).tolist())
    return transform


def parts(transform) -> tuple[numpy.ndarray, numpy.ndarray]:
    matrix = numpy.array(transform.GetMatrix()).reshape(3, 3)
    centre = numpy.array(transform.GetCenter())
    return matrix, transform.GetTranslation() + centre - matrix @ centre


def to_template(scan: sitk.Image, brain: sitk.Image, deps: Path) -> sitk.AffineTransform:
    """Template to scan, LPS mm."""
    template = sitk.DICOMOrient(
        sitk.ReadImage(str(deps / "template/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"), sitk.sitkFloat32), "LPS")
    inside = like(ndimage.binary_fill_holes(array(template) > 0).astype(numpy.uint8), template)
    fixed_brain, moving_brain = masked(template, inside), masked(scan, brain)

    def images(spacing: float) -> tuple:
        region = coarse(inside, inside, spacing) > 0.5
        region = sitk.BinaryDilate(region, [round(8 / spacing)] * 3, sitk.sitkBox)
        return coarse(fixed_brain, inside, spacing), region, coarse(moving_brain, brain, spacing)

    (centre, variance, _), (found_centre, found_variance, height) = extent(inside), extent(brain)
    if height < 110:
        raise SystemExit("a slab: not done here")
    scale, best = (found_variance / variance) ** 0.5, None
    fixed, region, moving = images(8.0)
    for pitch in -0.35, -0.12, 0.12, 0.35:
        sine, cosine = numpy.sin(pitch), numpy.cos(pitch)
        # Against the right-hand rule: LPS+ turns y around.
        matrix = scale * numpy.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]])
        start = affine(matrix, found_centre - matrix @ centre, middle(fixed), sitk.Similarity3DTransform)
        value = register(fixed, region, moving, start, 8.0, 30, 32, 1)
        if best is None or value < best[0]:
            best = (value, start)
    found = best[1]
    for spacing, bins, sampling in (6.0, 32, 1), (4.0, 32, 0.25), (3.0, 48, 1):
        fixed, region, moving = images(spacing)
        found = affine(*parts(found), middle(fixed), lambda: sitk.AffineTransform(3))
        register(fixed, region, moving, found, spacing, 60, bins, sampling)
    return found


# Scoring


def slices_grid(levels: numpy.ndarray, recipe: dict) -> sitk.Image:
    size, spacing = recipe["gridSize"], recipe["gridSpacing"]
    first = numpy.array(recipe["gridCentre"]) - (size - 1) / 2 * spacing
    grid = sitk.Image([size, size, len(levels)], sitk.sitkFloat32)
    grid.SetSpacing([spacing, spacing, 3.0])
    grid.SetDirection([-1, 0, 0, 0, -1, 0, 0, 0, 1])
    grid.SetOrigin([-first[0], -first[1], levels[0]])
    return grid


def z_map(images: numpy.ndarray, brain: numpy.ndarray, bundle: Path, settings: dict) -> numpy.ndarray:
    state = {name: value.numpy() for name, value in load_file(bundle / "weights.safetensors").items()}
    count = state["model.count"].clip(min=1)
    mean, deviation = state["model.mean"], numpy.sqrt(state["model.m2"] / count)
    sigma = (0, settings["sigma"], settings["sigma"])
    smooth = ndimage.gaussian_filter(images * brain, sigma, mode="constant") / ndimage.gaussian_filter(
        brain, sigma, mode="constant").clip(min=1e-6)
    return ((smooth - mean) / deviation.clip(min=settings["minimumDeviation"]) * brain).clip(min=0)


def eroded(mask: numpy.ndarray, spacing, distance: float) -> numpy.ndarray:
    """In plane."""
    result = numpy.zeros_like(mask)
    for level in numpy.nonzero(mask.any((1, 2)))[0]:
        result[level] = ndimage.distance_transform_edt(mask[level], sampling=spacing[1::-1]) > distance
    return result


def robust_z(scan: sitk.Image, scored: numpy.ndarray) -> numpy.ndarray:
    """The brain in the scale of the network, 0 around it."""
    values = array(scan)[scored]
    median = numpy.median(values)
    spread = 1.4826 * numpy.median(abs(values - median))
    return numpy.where(scored, (0.5 + (array(scan) - median) / (10 * spread)).clip(0, 1.5), 0).astype(numpy.float32)


def filtered(maps: numpy.ndarray, scoring: dict) -> numpy.ndarray:
    return ndimage.median_filter(maps, (scoring["medianDepth"], scoring["median"], scoring["median"]), mode="constant")


def lesions(native: numpy.ndarray, manifest: dict) -> numpy.ndarray:
    """What exceeds the bundle's threshold, numbered from the largest."""
    rate = manifest["configuration"]["calibration"]["defaultRate"]
    threshold = next(point["threshold"] for point in manifest["calibration"]["curve"] if point["rate"] == rate)
    labels, found = ndimage.label(native > threshold, EVERYWHERE)
    sizes = numpy.bincount(labels.ravel(), minlength=found + 1)
    sizes[0] = labels.size + 1
    numbers = numpy.empty(found + 1, numpy.int32)
    numbers[numpy.argsort(-sizes, kind="stable")] = numpy.arange(found + 1)
    return numbers[labels]


def segment(scan: sitk.Image, brain: sitk.Image, to_scan, bundle: Path) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Anomaly map and numbered lesions on the scan's grid."""
    manifest = json.loads((bundle / "bundle.json").read_text())
    configuration = manifest["configuration"]
    recipe, scoring = configuration["recipe"], configuration["scoring"]
    low, high = recipe["zRange"]
    levels = numpy.arange(numpy.ceil(low / 3), numpy.floor(high / 3) + 1) * 3

    # The brain at these levels: template-space z of every voxel.
    matrix, offset = parts(to_scan)
    inverse = numpy.linalg.inv(matrix)
    direction = numpy.array(scan.GetDirection()).reshape(3, 3) * scan.GetSpacing()
    row, start = inverse[2] @ direction, inverse[2] @ (numpy.array(scan.GetOrigin()) - offset)
    axes = numpy.ogrid[tuple(slice(count) for count in scan.GetSize()[::-1])]
    height = start + sum(row[2 - axis] * axes[axis] for axis in range(3))
    scored = (array(brain) > 0) & (height >= levels[0] - 1.5) & (height <= levels[-1] + 1.5)

    grid = slices_grid(levels, recipe)
    steps = numpy.linalg.inv(direction) @ matrix @ numpy.diag([-1, -1, 1]) @ numpy.diag(grid.GetSpacing())
    ratios = abs(steps).max(1)
    size = numpy.array(scan.GetSize())
    count = numpy.where(ratios < 1.5, size, numpy.maximum(1, numpy.round(size / ratios))).astype(int)

    def on_grid(values: numpy.ndarray) -> numpy.ndarray:
        averaged = along_axes(like(values, scan), count, (size / count - 1) / 2, size / count)
        return array(sitk.Resample(averaged, grid, to_scan, sitk.sitkLinear, 0.0))

    inside = (on_grid(scored.astype(numpy.float32)) > 0.5).astype(numpy.float32)
    maps = z_map(on_grid(robust_z(scan, scored)), inside, bundle, configuration["model"])
    maps = filtered(maps, scoring)
    native = array(sitk.Resample(like(maps.astype(numpy.float32), grid), scan, to_scan.GetInverse(), sitk.sitkLinear, 0.0))
    native = numpy.where(eroded(scored, scan.GetSpacing(), scoring["erosion"]), native, 0)
    return native, lesions(native, manifest)


def main(source: str, out: Path, deps: Path, bundle: Path) -> None:
    raw = sitk.ReadImage(source, sitk.sitkFloat32)
    original = sitk.DICOMOrientImageFilter_GetOrientationFromDirectionCosines(raw.GetDirection())
    scan = sitk.DICOMOrient(raw, "LPS")
    scan = like(array(scan).clip(min=0), scan)
    step("read")
    brain = brain_of(scan, deps)
    step("brain extraction")
    scan = corrected(scan, brain)
    step("bias correction")
    transform = to_template(scan, brain, deps)
    step("registration")
    native, labels = segment(scan, brain, transform, bundle)
    step("scoring")
    out.mkdir(parents=True, exist_ok=True)
    results = {"map": native, "labels": labels, "mask": (labels > 0).astype(numpy.uint8), "brain": array(brain)}
    for name, values in results.items():
        sitk.WriteImage(sitk.DICOMOrient(like(values, scan), original), str(out / f"{name}.nii.gz"), True)
    sitk.WriteTransform(transform, str(out / "transform.txt"))
    step("writing")
    (out / "seconds.json").write_text(json.dumps(seconds, indent=1))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], *map(Path, sys.argv[2:]))
