#!/usr/bin/env python3
"""The brain extraction's network in PyTorch, for Tests/NormaTests: random weights, small volumes.

pip install torch safetensors. Written from the description of MeshNet (arXiv 1612.00940) and brainchop's names of the
weights. The cases:

- cropped/: 25 layers on a small head; the norms count the background of a whole volume of `count` voxels by the
  formulas of Documentation/explanation/brain-extraction.md, in double precision;
- surrounded/: three layers on a head in a large volume that is all there: convolutions continue the background beyond
  the border by the value of the corner, without the correction. `head` is cut out of `volume` with a
  margin as wide as the network sees, and `expected` out of its result.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
CHANNELS, EPSILON = 4, 1e-5
DILATIONS = [8, 4, 2, 1, 1] * 5


def weights(layers):
    inputs = [1] + [CHANNELS] * (layers - 1)
    named = {
        f"model.{3 * index}.weight": torch.randn(CHANNELS, width, 3, 3, 3) / (27 * width) ** 0.5
        for index, width in enumerate(inputs)
    }
    return named | {f"model.{3 * layers}.weight": torch.randn(2, CHANNELS, 1, 1, 1)}


def layers(named):
    return [value.double() for value in named.values()]


def logit(x, last):
    logits = F.conv3d(x, last)[0]
    return logits[1] - logits[0]


def cropped(head, named, dilations, count):
    *hidden, last = layers(named)
    x, background = head.double()[None, None], torch.zeros(1, 1, 1, 1, 1, dtype=torch.float64)
    share = head.numel() / count
    for weight, dilation in zip(hidden, dilations):
        x = F.conv3d(x - background, weight, padding=dilation, dilation=dilation)
        m, v = x.mean((2, 3, 4), keepdim=True), x.var((2, 3, 4), correction=0, keepdim=True)
        mean = share * m
        scale = (share * (v + m**2) - mean**2 + EPSILON).sqrt()
        x = F.gelu((x - mean) / scale, approximate="tanh")
        background = F.gelu(-mean / scale, approximate="tanh")
    return logit(x, last)


def surrounded(volume, named, dilations):
    *hidden, last = layers(named)
    x = volume.double()[None, None]
    for weight, dilation in zip(hidden, dilations):
        x = F.conv3d(F.pad(x, [dilation] * 6, mode="replicate"), weight, dilation=dilation)
        x = F.gelu(F.instance_norm(x, eps=EPSILON), approximate="tanh")
    return logit(x, last)


torch.manual_seed(3)
stored = {}


def store(case, **tensors):
    for name, value in tensors.items():
        stored[f"{case}/{name}"] = value.detach().float().contiguous().clone()


deep, head, count = weights(25), torch.rand(9, 12, 10), 20_000
stored |= {f"deep/{name}": value for name, value in deep.items()}
store("cropped", head=head, expected=cropped(head, deep, DILATIONS, count), count=torch.tensor(float(count)))

dilations = [2, 1, 1]
shallow, volume, margin = weights(3), torch.zeros(26, 22, 24), sum(dilations)
volume[10:16, 9:14, 8:15] = torch.rand(6, 5, 7)
box = (slice(10 - margin, 16 + margin), slice(9 - margin, 14 + margin), slice(8 - margin, 15 + margin))
stored |= {f"shallow/{name}": value for name, value in shallow.items()}
store("surrounded", head=volume[box], expected=surrounded(volume, shallow, dilations)[box])
store("surrounded", count=torch.tensor(float(volume.numel())))
save_file(stored, GOLDENS / "brain.safetensors", metadata={"torch": torch.__version__})
