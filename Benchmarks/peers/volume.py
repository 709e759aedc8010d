"""A stripped scan in template space to map and mask with a dense VAE in PyTorch and SciPy: volume.py SCAN OUT BUNDLE [--tuned]

The steps and settings of `norma segment` with a prepared scan, as one would write them with these libraries: brightness, the
network over all axial slices in batches of 32, residual, median filter, threshold, components. Writes map.nii.gz and mask.nii.gz
to OUT. Tuned: channels_last and inference mode (allocator settings are the caller's).
"""
import json
import sys
from pathlib import Path

import numpy
import SimpleITK as sitk
import torch
from safetensors.torch import load_file

from raw import along_axes, array, eroded, filtered, lesions, like, robust_z
from train import Dense

BATCH = 32


def network(state: dict[str, torch.Tensor]) -> Dense:
    """With Norma's tensors, which have other names."""
    result = Dense(random=True).eval()
    modules = {"heads.0": "code.mean", "heads.1": "code.log_variance", "squeeze": "code.squeeze", "expand": "code.expand",
               "widen": "code.widen", "decoder.12": "output"}
    for coder in "encoder", "decoder":
        for index in range(4):
            modules |= {f"{coder}.{3 * index}": f"{coder}.{index}.conv", f"{coder}.{3 * index + 1}": f"{coder}.{index}.norm"}
    places = {name: name.rsplit(".", 1) for name in result.state_dict()}
    result.load_state_dict({name: state[f"model.{modules[module]}.{leaf}"] for name, (module, leaf) in places.items()})
    return result


def residuals(images: numpy.ndarray, bundle: Path, tuned: bool) -> numpy.ndarray:
    """How much brighter than its reconstruction each slice is, in standard deviations of lesion-free slices."""
    state = load_file(bundle / "weights.safetensors")
    model, slices = network(state), torch.from_numpy(images)[:, None]
    if tuned:
        model, slices = [each.to(memory_format=torch.channels_last) for each in (model, slices)]
    with torch.inference_mode() if tuned else torch.no_grad():
        found = [(batch - model.decode(model.encode(batch)[0])).clamp(min=0) for batch in slices.split(BATCH)]
        return (torch.cat(found)[:, 0] / state["scoring.deviation"]).numpy()


def main(source: str, out: Path, bundle: Path, tuned: bool) -> None:
    manifest = json.loads((bundle / "bundle.json").read_text())
    recipe, scoring = [manifest["configuration"][part] for part in ("recipe", "scoring")]
    raw = sitk.ReadImage(source, sitk.sitkFloat32)
    original = sitk.DICOMOrientImageFilter_GetOrientationFromDirectionCosines(raw.GetDirection())
    scan = sitk.DICOMOrient(raw, "RAS")
    scored, spacing, origin = array(scan) > 0, numpy.array(scan.GetSpacing()), numpy.array(scan.GetOrigin()) * [-1, -1, 1]
    scored[scored.sum((1, 2)) * spacing[0] * spacing[1] < recipe["minimumBrainArea"]] = False

    # The model's grid, right and anterior; every slice is its own level.
    steps = numpy.array([recipe["gridSpacing"] / spacing[0], recipe["gridSpacing"] / spacing[1], 1])
    size, centre = recipe["gridSize"], numpy.array([*recipe["gridCentre"], origin[2]])
    first = (centre - origin) / spacing - [(size - 1) / 2 * steps[0], (size - 1) / 2 * steps[1], 0]

    def on_grid(values: numpy.ndarray) -> sitk.Image:
        return along_axes(like(values, scan), [size, size, len(scored)], first, steps)

    inside = array(on_grid(scored.astype(numpy.float32))) > 0.5
    slices = on_grid(robust_z(scan, scored))
    maps = filtered(residuals(array(slices), bundle, tuned) * inside, scoring)
    native = array(along_axes(like(maps, slices), scan.GetSize(), -first / steps, 1 / steps))
    native = numpy.where(eroded(scored, spacing, scoring["erosion"]), native, 0).astype(numpy.float32)
    labels = lesions(native, manifest)
    out.mkdir(parents=True, exist_ok=True)
    for name, values in {"map": native, "mask": (labels > 0).astype(numpy.uint8)}.items():
        sitk.WriteImage(sitk.DICOMOrient(like(values, scan), original), str(out / f"{name}.nii.gz"), True)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), "--tuned" in sys.argv)
