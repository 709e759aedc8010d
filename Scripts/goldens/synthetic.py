#!/usr/bin/env python3
"""The segmenter of synthetic anomalies in PyTorch, for Tests/NormaTests: logits and losses of a small U-Net.

pip install torch safetensors. Written from the description of the network, not from the Swift code. One file holds
slices, brains, labels, the weights ("weights/<name>"), the logits, the losses and the gradient of their sum with
respect to the first weight.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
SIZE, SLICES, CHANNELS, POSITIVE_WEIGHT = 32, 2, [4, 8, 12], 2.0
GROUPS = {4: 4, 8: 8, 12: 6}


class Block(nn.Module):
    def __init__(self, width, channels):
        super().__init__()
        self.conv = nn.Conv2d(width, channels, 3, padding=1)
        self.norm = nn.GroupNorm(GROUPS[channels], channels)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x)))


def level(width, channels):
    return nn.Sequential(Block(width, channels), Block(channels, channels))


class UNet(nn.Module):
    def __init__(self, inputs=2, outputs=1):
        super().__init__()
        self.down = nn.ModuleList(level(a, b) for a, b in zip([inputs, *CHANNELS], CHANNELS))
        self.up = nn.ModuleList(level(a + b, a) for a, b in reversed(list(zip(CHANNELS, CHANNELS[1:]))))
        self.output = nn.Conv2d(CHANNELS[0], outputs, 1)

    def forward(self, x):
        skips = []
        for index, block in enumerate(self.down):
            x = block(x if index == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for block in self.up:
            larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = block(torch.cat([skips.pop(), larger], 1))
        return self.output(x)


def inputs(images, brain):
    line = (torch.arange(SIZE) * 2 + 1) / SIZE - 1
    radius = torch.hypot(line[None, :], line[:, None]).expand(SLICES, 1, SIZE, SIZE)
    brightness = torch.where(brain > 0, (images - 0.5) * 10 / 4, torch.tensor(-1.5))
    return torch.cat([brightness, radius], 1)


def main():
    torch.manual_seed(61)
    network = UNet()
    for name, weight in network.named_parameters():
        if "norm" in name:
            weight.data.uniform_(0.5, 1.5)
    brain = torch.zeros(SLICES, 1, SIZE, SIZE)
    brain[:, :, 4:28, 6:26] = 1
    images = torch.rand(SLICES, 1, SIZE, SIZE) * brain
    labels = torch.zeros_like(brain)
    labels[0, :, 8:14, 10:20] = 1

    logits = network(inputs(images, brain))
    losses = F.binary_cross_entropy_with_logits(
        logits, labels, reduction="none", pos_weight=torch.tensor(POSITIVE_WEIGHT)
    )
    cross_entropy = losses[brain > 0].mean()
    probabilities = logits.sigmoid() * brain
    overlap, total = (probabilities * labels).sum((1, 2, 3)), (probabilities + labels).sum((1, 2, 3))
    dice = (1 - (2 * overlap + 1) / (total + 1)).mean()
    (gradient,) = torch.autograd.grad(cross_entropy + dice, [network.down[0][0].conv.weight])
    stored = {"images": images, "brain": brain, "labels": labels, "logits": logits, "gradient": gradient}
    stored |= {"cross_entropy": cross_entropy, "dice": dice}
    stored |= {f"weights/{name}": weight for name, weight in network.state_dict().items()}
    stored = {name: value.detach().contiguous().clone() for name, value in stored.items()}
    save_file(stored, GOLDENS / "synthetic.safetensors", metadata={"torch": torch.__version__})


if __name__ == "__main__":
    main()
