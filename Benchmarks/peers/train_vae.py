"""Images per second of training steps of the 128 x 128 dense VAE in PyTorch eager.

train_vae.py BATCH STEPS [--channels-last]
Prints one number. The same network, loss and optimiser as Norma's preset dense-vae.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        encoder, width = [], 1
        for channels in (32, 64, 128, 128):
            encoder += [nn.Conv2d(width, channels, 5, 2, 2), nn.BatchNorm2d(channels), nn.LeakyReLU(0.3)]
            width = channels
        self.encoder = nn.Sequential(*encoder)
        self.squeeze = nn.Conv2d(128, 16, 1)
        self.mean = nn.Linear(1024, 128)
        self.log_variance = nn.Linear(1024, 128)
        self.expand = nn.Linear(128, 1024)
        self.widen = nn.Conv2d(16, 128, 1)
        decoder = []
        for channels in (128, 128, 64, 32):
            decoder += [nn.ConvTranspose2d(width, channels, 5, 2, 2, 1), nn.BatchNorm2d(channels), nn.LeakyReLU(0.3)]
            width = channels
        self.decoder = nn.Sequential(*decoder, nn.Conv2d(width, 1, 1))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        flat = self.squeeze(self.encoder(x)).flatten(1)
        mean, log_variance = self.mean(flat), self.log_variance(flat)
        code = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        return self.decoder(self.widen(self.expand(code).view(-1, 16, 8, 8))), mean, log_variance


def main(batch: int, steps: int, channels_last: bool) -> None:
    torch.manual_seed(0)
    network, images = VAE(), torch.rand(batch, 1, 128, 128)
    if channels_last:
        network, images = (value.to(memory_format=torch.channels_last) for value in (network, images))
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)

    def step() -> None:
        optimizer.zero_grad()
        reconstruction, mean, log_variance = network(images)
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum(1).mean()
        loss = F.l1_loss(reconstruction, images, reduction="sum") / batch + divergence
        loss.backward()
        optimizer.step()
        loss.item()

    for _ in range(3):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    print(batch * steps / (time.perf_counter() - start))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), "--channels-last" in sys.argv)
