#!/usr/bin/env python3
"""Denoising and restoration in PyTorch and SciPy, for Tests/NormaTests.

pip install torch safetensors scipy. Written from the papers, not from the Swift code. One file holds

- unet/…: images, the weights ("weights/<name>") of a small U-Net of standardised filters (but for the first layer's),
  its output, and the gradient of the output's sum of squares with respect to its second weight;
- variation/…: images and a region, the total variation of each image, and for a small and a large weight the images
  of least ½ Σ(u - v)² + weight · TV(u) among those that are 0 outside the region, which is a bounded least-squares
  problem in the flows between neighbours.
"""

from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from scipy.optimize import lsq_linear
from torch import nn

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
CHANNELS, GROUPS = [4, 8], {4: 4, 8: 8}
WEIGHTS = {"small": 0.1, "large": 1.0}


class Convolution(nn.Conv2d):
    def forward(self, x):
        weight = self.weight
        if self.in_channels > 1:
            weight = weight - weight.mean((1, 2, 3), keepdim=True)
            weight = weight / weight.square().mean((1, 2, 3), keepdim=True).sqrt()
        return F.conv2d(x, weight, self.bias, padding=1)


class Block(nn.Module):
    def __init__(self, width, channels):
        super().__init__()
        self.conv = Convolution(width, channels, 3)
        self.norm = nn.GroupNorm(GROUPS[channels], channels)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x)))


def level(width, channels):
    return nn.Sequential(Block(width, channels), Block(channels, channels))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        fine, coarse = CHANNELS
        self.down = nn.ModuleList([level(1, fine), level(fine, coarse)])
        self.up = nn.ModuleList([level(fine + coarse, fine)])
        self.output = nn.Conv2d(fine, 1, 1)

    def forward(self, x):
        skip = self.down[0](x)
        larger = F.interpolate(self.down[1](F.max_pool2d(skip, 2)), scale_factor=2, mode="bilinear")
        return self.output(self.up[0](torch.cat([skip, larger], 1)))


def unet():
    network, images = UNet(), torch.rand(2, 1, 16, 16)
    output = network(images)
    (gradient,) = torch.autograd.grad(output.square().sum(), [network.down[0][1].conv.weight])
    weights = {f"weights/{name}": value for name, value in network.state_dict().items()}
    return weights | {"images": images, "output": output, "gradient": gradient}


def differences(height, width):
    """The matrix that takes an image, row by row, to the differences of its neighbours."""
    pixels = numpy.arange(height * width).reshape(height, width)
    pairs = numpy.concatenate([
        numpy.stack([pixels[1:].ravel(), pixels[:-1].ravel()], 1),
        numpy.stack([pixels[:, 1:].ravel(), pixels[:, :-1].ravel()], 1),
    ])
    matrix = numpy.zeros((len(pairs), pixels.size))
    rows = numpy.arange(len(pairs))
    matrix[rows, pairs[:, 0]], matrix[rows, pairs[:, 1]] = 1, -1
    return matrix


def variation():
    images = torch.randn(2, 1, 9, 7)
    region = torch.zeros(2, 1, 9, 7)
    region[0, :, 1:8, 1:6] = 1
    region[1, :, :, 2:] = 1
    matrix = differences(9, 7)
    stored = {
        "images": images,
        "region": region,
        "value": torch.tensor([abs(matrix @ image.numpy().ravel()).sum() for image in images]).float(),
    }
    for name, weight in WEIGHTS.items():
        smoothed = []
        for image, inside in zip(images.double().numpy(), region.double().numpy()):
            flows, target = inside.reshape(-1, 1) * matrix.T, (image * inside).ravel()
            best = lsq_linear(flows, target, (-weight, weight), tol=1e-14, method="bvls").x
            smoothed.append((target - flows @ best).reshape(image.shape))
        stored[name] = torch.tensor(numpy.array(smoothed)).float()
    return stored


torch.manual_seed(71)
cases = {"unet": unet(), "variation": variation()}
stored = {f"{case}/{name}": value for case, values in cases.items() for name, value in values.items()}
save_file(
    {name: value.detach().contiguous().clone() for name, value in stored.items()},
    GOLDENS / "comparators.safetensors",
    metadata={"torch": torch.__version__},
)
