#!/usr/bin/env python3
"""The network of lesions and tissues in PyTorch, for Tests/NormaTests: outputs, losses and map of a small U-Net.

pip install torch safetensors. Written from the description of the method, not from the Swift code. One file holds
slices with those below and above them, brains, labels of lesions and tissues, the weights ("weights/<name>"), the
outputs, the losses, the gradient of their weighted sum with respect to the first weight, and the map.
"""

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from synthetic import GOLDENS, SIZE, SLICES, UNet

TISSUES, WHITE, Z = 8, 1, [-12.0, 40.0]
POSITIVE_WEIGHT, DICE_WEIGHT, TISSUE_WEIGHT, PRIOR_WEIGHT, FLOOR = 2.0, 0.5, 0.3, 2.0, -14.0


def inputs(images, adjacent, brain):
    line = (torch.arange(SIZE) * 2 + 1) / SIZE - 1
    x, y = line[None, :].expand(SIZE, SIZE).abs(), line[:, None].expand(SIZE, SIZE)
    intensities = torch.where(torch.cat([brain, adjacent], 1) > 0, (torch.cat([images, adjacent], 1) - 0.5) * 2.5, -1.5)
    intensities = torch.cat([intensities, intensities[:, :1].flip(3)], 1)
    position = torch.stack([x, y]).expand(SLICES, 2, SIZE, SIZE)
    height = torch.tensor(Z).div(90).reshape(SLICES, 1, 1, 1).expand(SLICES, 1, SIZE, SIZE)
    return torch.cat([intensities, position, height], 1)


def smoothed(probability, brain):
    """A Gaussian of one pixel inside the brain, each row of the matrix adding up to 1."""
    offsets = torch.arange(SIZE)[:, None] - torch.arange(SIZE)[None, :]
    kernel = torch.exp(-offsets.square() / 2.0)
    kernel = kernel / kernel.sum(1, keepdim=True)
    return (kernel @ (probability * brain) @ kernel.T) / (kernel @ brain @ kernel.T).clamp(min=1e-6)


def main():
    torch.manual_seed(67)
    network = UNet(inputs=7, outputs=1 + TISSUES)
    for name, weight in network.named_parameters():
        if "norm" in name:
            weight.data.uniform_(0.5, 1.5)
    brain = torch.zeros(SLICES, 1, SIZE, SIZE)
    brain[:, :, 4:28, 6:26] = 1
    images = torch.rand(SLICES, 1, SIZE, SIZE) * brain
    adjacent = torch.rand(SLICES, 2, SIZE, SIZE)
    adjacent[:, :, :3] = 0
    labels = torch.zeros_like(brain)
    labels[0, :, 8:14, 10:20] = 1
    # One tissue, two possible ones, and none.
    tissues = F.one_hot(torch.randint(TISSUES, (SLICES, SIZE, SIZE)), TISSUES).permute(0, 3, 1, 2).float()
    tissues[:, 3, 10:20] = 1
    tissues[:, :, :, 24:] = 0

    outputs = network(inputs(images, adjacent, brain))
    losses = F.binary_cross_entropy_with_logits(
        outputs[:, :1], labels, reduction="none", pos_weight=torch.tensor(POSITIVE_WEIGHT)
    )
    cross_entropy = losses[brain > 0].mean()
    lesion = outputs[:, :1].sigmoid() * brain
    overlap, total = (lesion * labels).sum((1, 2, 3)), (lesion + labels).sum((1, 2, 3))
    dice = (1 - (2 * overlap + 1) / (total + 1)).mean()
    of_possible = (outputs[:, 1:].softmax(1) * tissues).sum(1, keepdim=True)
    tissue = -of_possible[(brain > 0) & (of_possible > 0)].log().mean()
    loss = cross_entropy + DICE_WEIGHT * dice + TISSUE_WEIGHT * tissue
    (gradient,) = torch.autograd.grad(loss, [network.down[0][0].conv.weight])

    with torch.no_grad():
        mirrored = network(inputs(images.flip(3), adjacent.flip(3), brain.flip(3))).flip(3)
        mean = (network(inputs(images, adjacent, brain)) + mirrored) / 2
        white = mean[:, 1:].softmax(1)[:, WHITE : WHITE + 1]
        prior = (smoothed(white, brain) + 0.05).log()
        anomaly = F.relu(mean[:, :1] + PRIOR_WEIGHT * prior - FLOOR) * brain

    stored = {"images": images, "adjacent": adjacent, "brain": brain, "labels": labels, "tissues": tissues}
    stored |= {"outputs": outputs, "gradient": gradient, "map": anomaly, "total": loss}
    stored |= {"cross_entropy": cross_entropy, "dice": dice, "tissue": tissue}
    stored |= {f"weights/{name}": weight for name, weight in network.state_dict().items()}
    stored = {name: value.detach().contiguous().clone() for name, value in stored.items()}
    save_file(stored, GOLDENS / "lesion-tissue.safetensors", metadata={"torch": torch.__version__})


if __name__ == "__main__":
    main()
