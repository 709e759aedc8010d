#!/usr/bin/env python3
"""The variational autoencoder in PyTorch: its losses, score and three training steps for Tests/NormaTests.

pip install torch safetensors. Written from the description in the paper and the names of the bundle, not from
the Swift code; the noise of step n is torch.randn from a generator seeded with n.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

GOLDENS = Path(__file__).resolve().parents[2] / "Tests" / "NormaTests" / "Goldens"
SIZE, CHANNELS, KERNEL, SLOPE, KL_WEIGHT, RATE = 32, [4, 8], 5, 0.3, 0.5, 1e-3
DENSE_SIZE, DENSE_CHANNELS, SPATIAL_CHANNELS = 6, 2, 3


class Block(nn.Module):
    def __init__(self, conv, width):
        super().__init__()
        self.conv, self.norm = conv, nn.BatchNorm2d(width)

    def forward(self, x):
        return nn.functional.leaky_relu(self.norm(self.conv(x)), SLOPE)


class Dense(nn.Module):
    def __init__(self, channels, side):
        super().__init__()
        self.shape = (DENSE_CHANNELS, side, side)
        flat = DENSE_CHANNELS * side * side
        self.squeeze = nn.Conv2d(channels, DENSE_CHANNELS, 1)
        self.mean, self.log_variance = nn.Linear(flat, DENSE_SIZE), nn.Linear(flat, DENSE_SIZE)
        self.expand, self.widen = nn.Linear(DENSE_SIZE, flat), nn.Conv2d(DENSE_CHANNELS, channels, 1)
        self.width = channels

    def encode(self, x):
        flat = self.squeeze(x).flatten(1)
        return self.mean(flat), self.log_variance(flat)

    def decode(self, z):
        return self.widen(self.expand(z).reshape(len(z), *self.shape))


class Spatial(nn.Module):
    def __init__(self, channels, side):
        super().__init__()
        self.mean = nn.Conv2d(channels, SPATIAL_CHANNELS, 3, padding=1)
        self.log_variance = nn.Conv2d(channels, SPATIAL_CHANNELS, 3, padding=1)
        self.width = SPATIAL_CHANNELS

    def encode(self, x):
        return self.mean(x), self.log_variance(x)

    def decode(self, z):
        return z


class VAE(nn.Module):
    def __init__(self, head):
        super().__init__()
        pad, width = KERNEL // 2, 1
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        for channels in CHANNELS:
            self.encoder.append(Block(nn.Conv2d(width, channels, KERNEL, 2, pad), channels))
            width = channels
        self.code = head(width, SIZE >> len(CHANNELS))
        width = self.code.width
        for channels in reversed(CHANNELS):
            up = nn.ConvTranspose2d(width, channels, KERNEL, 2, pad, output_padding=1)
            self.decoder.append(Block(up, channels))
            width = channels
        self.output = nn.Conv2d(width, 1, 1)

    def encode(self, x):
        for block in self.encoder:
            x = block(x)
        return self.code.encode(x)

    def decode(self, z):
        x = self.code.decode(z)
        for block in self.decoder:
            x = block(x)
        return self.output(x)


def losses(images, reconstruction, mean, log_variance):
    distance = (images - reconstruction).abs().sum() / len(images)
    posterior = torch.distributions.Normal(mean, (log_variance / 2).exp())
    kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    kl = kl.flatten(1).sum(1).mean()
    return distance + KL_WEIGHT * kl, distance, kl


def golden(name, head):
    torch.manual_seed(5)
    model = VAE(head)
    for key, value in model.named_buffers():
        if value.is_floating_point():
            value.uniform_(0.5, 1.5)
    y, x = torch.meshgrid(torch.linspace(-1, 1, SIZE), torch.linspace(-1, 1, SIZE), indexing="ij")
    brain = ((x**2 + y**2) < 0.7).float().expand(3, 1, SIZE, SIZE)
    images = (0.5 + 0.2 * torch.randn(3, 1, SIZE, SIZE)).clamp(0, 1.5) * brain
    stored = {"images": images, "brain": brain}
    stored |= {f"before/{key}": value.clone() for key, value in model.state_dict().items()}

    model.eval()
    with torch.no_grad():
        mean, log_variance = model.encode(images)
        reconstruction = model.decode(mean)
        stored["validation"] = torch.stack(losses(images, reconstruction, mean, log_variance))
        stored["reconstruction"] = reconstruction * brain
        stored["score"] = (images - reconstruction * brain).clamp(min=0) * brain

    model.train()
    optimizer, steps = torch.optim.Adam(model.parameters(), lr=RATE), []
    for step in range(3):
        optimizer.zero_grad()
        mean, log_variance = model.encode(images)
        noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(step))
        reconstruction = model.decode(mean + (log_variance / 2).exp() * noise)
        values = losses(images, reconstruction, mean, log_variance)
        values[0].backward()
        optimizer.step()
        steps.append(torch.stack(values).detach())
        if step == 0:
            stored |= {f"after/{key}": value.clone() for key, value in model.state_dict().items()}
    stored["steps"] = torch.stack(steps)
    stored = {key: value.detach().contiguous().clone() for key, value in stored.items()}
    save_file(stored, GOLDENS / f"vae-{name}.safetensors", metadata={"torch": torch.__version__})


golden("dense", Dense)
golden("spatial", Spatial)
