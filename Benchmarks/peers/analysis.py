"""The same as AnalysisBenchmark in Python: analysis.py WORK PEER FOLDER; prints seconds without reading and imports, then results."""
import sys
import time

import numpy

shape = (160, 256, 256)


def ranking(peer: str, folder: str) -> list[float]:
    scores = numpy.fromfile(f"{folder}/scores.f32", numpy.float32)
    truth = numpy.fromfile(f"{folder}/truth.u8", numpy.uint8)
    if peer == "scikit-learn":
        from sklearn.metrics import average_precision_score, precision_recall_curve

        start = time.perf_counter()
        average = average_precision_score(truth, scores)
        precision, recall, _ = precision_recall_curve(truth, scores)
    else:
        import torch
        from torchmetrics.functional.classification import binary_average_precision, binary_precision_recall_curve

        # Negative, so that torchmetrics takes them for logits: it squashes them, which joins neighbouring scores.
        start = time.perf_counter()
        scores, truth = torch.from_numpy(scores), torch.from_numpy(truth).long()
        average = float(binary_average_precision(scores, truth))
        precision, recall, _ = (part.numpy() for part in binary_precision_recall_curve(scores, truth))
    dice = float((2 * precision * recall / (precision + recall).clip(1e-12)).max())
    return [time.perf_counter() - start, average, dice]


def median(peer: str, folder: str) -> list[float]:
    volume = numpy.fromfile(f"{folder}/volume.f32", numpy.float32).reshape(shape)
    if peer == "SciPy":
        from scipy import ndimage

        start = time.perf_counter()
        filtered = ndimage.median_filter(volume, 5, mode="constant")
        return [time.perf_counter() - start, float(filtered.sum(dtype=float))]
    import SimpleITK as sitk

    # ITK repeats the border; zeros around give the same filter as the other two.
    padded = sitk.ConstantPad(sitk.GetImageFromArray(volume), [2] * 3, [2] * 3, 0.0)
    start = time.perf_counter()
    filtered = sitk.Median(padded, [2, 2, 2])
    seconds = time.perf_counter() - start
    return [seconds, float(sitk.GetArrayViewFromImage(filtered)[2:-2, 2:-2, 2:-2].sum(dtype=float))]


def read_mask(folder: str) -> numpy.ndarray:
    return numpy.fromfile(f"{folder}/mask.u8", numpy.uint8).reshape(shape)


def components(peer: str, folder: str) -> list[float]:
    mask = read_mask(folder)
    if peer == "SciPy":
        from scipy import ndimage

        start = time.perf_counter()
        _, count = ndimage.label(mask, numpy.ones((3, 3, 3)))
        return [time.perf_counter() - start, count]
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(mask)
    start = time.perf_counter()
    component = sitk.ConnectedComponentImageFilter()
    component.FullyConnectedOn()
    component.Execute(image)
    return [time.perf_counter() - start, component.GetObjectCount()]


def holes(peer: str, folder: str) -> list[float]:
    mask = 1 - read_mask(folder)
    if peer == "SciPy":
        from scipy import ndimage

        start = time.perf_counter()
        filled = ndimage.binary_fill_holes(mask)
        return [time.perf_counter() - start, int(filled.sum())]
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(mask)
    start = time.perf_counter()
    filled = sitk.BinaryFillhole(image, fullyConnected=False, foregroundValue=1)
    return [time.perf_counter() - start, int(sitk.GetArrayViewFromImage(filled).sum())]


def distances(peer: str, folder: str) -> list[float]:
    mask = read_mask(folder)
    if peer == "SciPy":
        from scipy import ndimage

        start = time.perf_counter()
        distance = ndimage.distance_transform_edt(mask == 0)
        return [time.perf_counter() - start, float(distance.sum(dtype=float))]
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(mask)
    start = time.perf_counter()
    # Negative inside the mask.
    squared = sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=True, useImageSpacing=True)
    seconds = time.perf_counter() - start
    outside = sitk.GetArrayViewFromImage(squared).clip(0).astype(float)
    return [seconds, float(numpy.sqrt(outside).sum())]


def erosion(peer: str, folder: str) -> list[float]:
    mask = read_mask(folder)
    if peer == "SciPy":
        from scipy import ndimage

        y, x = numpy.ogrid[-2:3, -2:3]
        start = time.perf_counter()
        eroded = ndimage.binary_erosion(mask, (x * x + y * y <= 5)[None], border_value=1)
        return [time.perf_counter() - start, int(eroded.sum())]
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(mask)
    start = time.perf_counter()
    eroded = sitk.BinaryErode(image, [2, 2, 0], sitk.sitkBall, 0, 1, True)
    return [time.perf_counter() - start, int(sitk.GetArrayViewFromImage(eroded).sum())]


if __name__ == "__main__":
    work, peer, folder = sys.argv[1:]
    works = {
        "ranking": ranking, "median": median, "components": components, "holes": holes, "distances": distances, "erosion": erosion
    }
    print(*works[work](peer, folder))
